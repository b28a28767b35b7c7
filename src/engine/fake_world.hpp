#pragma once
// A small world for the engine's tests: a clock moved by hand, a journal and devices that remember
// what they were told.
#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/uuid.hpp"

namespace bitgrid::engine::fake {

class Clock final : public ports::Clock {
public:
    explicit Clock(core::UnixTime start) : wall_{start} {}
    core::UnixTime wall() const override { return wall_; }
    core::MonoTime mono() const override { return mono_; }
    std::unique_ptr<ports::Timer> after(std::int64_t delay_ms,
                                        std::function<void()> call) override {
        auto entry = std::make_shared<Entry>(
            Entry{mono_ + std::max<std::int64_t>(delay_ms, 1), std::move(call)});
        entries_.push_back(entry);
        return std::make_unique<Handle>(entry);
    }
    /// Runs everything that falls due on the way.
    void advance(std::int64_t ms) {
        const core::MonoTime end = mono_ + ms;
        while (const auto next = next_due(end)) {
            wall_ = wall_ + (next->due - mono_);
            mono_ = next->due;
            std::erase(entries_, next);
            if (next->call) std::exchange(next->call, nullptr)();
        }
        wall_ = wall_ + (end - mono_);
        mono_ = end;
    }
    void jump_wall(std::int64_t ms) { wall_ = wall_ + ms; }
    /// The machine sleeps: time passes, nothing runs.
    void sleep(std::int64_t ms) {
        wall_ = wall_ + ms;
        mono_ = mono_ + ms;
    }

private:
    struct Entry {
        core::MonoTime due;
        std::function<void()> call;
    };
    struct Handle final : ports::Timer {
        explicit Handle(std::shared_ptr<Entry> e) : entry{std::move(e)} {}
        ~Handle() override { entry->call = nullptr; }
        std::shared_ptr<Entry> entry;
    };
    std::shared_ptr<Entry> next_due(core::MonoTime end) const {
        std::shared_ptr<Entry> next;
        for (const auto& entry : entries_)
            if (entry->due <= end && (!next || entry->due < next->due)) next = entry;
        return next;
    }

    core::UnixTime wall_;
    core::MonoTime mono_{1'000'000};
    std::vector<std::shared_ptr<Entry>> entries_;
};

/// Answers at once, fails, or keeps silent, as told.
class Journal final : public ports::Journal {
public:
    enum class Mood { Writes, Fails, KeepsSilent };
    void append(std::vector<core::Event> batch, ports::Checkpoint saved,
                ports::Committed done) override {
        checkpoint = std::move(saved);
        for (core::Event& event : batch) events.push_back(std::move(event));
        if (mood == Mood::Writes)
            done(ports::Receipt{static_cast<std::int64_t>(events.size()), "hash"});
        if (mood == Mood::Fails) done(core::Error{core::ErrorCode::Unavailable, "disk full"});
        if (mood == Mood::KeepsSilent) waiting.push_back(std::move(done));
    }
    template <class T>
    std::vector<T> all() const {
        std::vector<T> found;
        for (const core::Event& event : events)
            if (const T* what = std::get_if<T>(&event.what)) found.push_back(*what);
        return found;
    }
    std::vector<std::shared_ptr<const core::DecisionEvent>> decisions() const {
        return all<std::shared_ptr<const core::DecisionEvent>>();
    }

    Mood mood{Mood::Writes};
    std::vector<core::Event> events;
    ports::Checkpoint checkpoint;
    std::vector<ports::Committed> waiting;
};

class Driver final : public ports::LoadDriver {
public:
    void command(const ports::Command& command, ports::CommandDone done) override {
        commands.push_back(command);
        if (on_command) on_command();
        if (obeys) done({});
        else done(core::Error{core::ErrorCode::Unreachable, "no answer"});
    }
    void renew(const ports::Command&) override { ++renewals; }
    core::Target last() const { return commands.empty() ? core::kOff : commands.back().target; }

    bool obeys{true};
    std::function<void()> on_command;
    std::vector<ports::Command> commands;
    int renewals{0};
};

class Relay final : public ports::Relay {
public:
    void cut(ports::CommandDone done) override {
        is_closed = false;
        ++cuts;
        done({});
    }
    void close(int, ports::CommandDone done) override {
        is_closed = true;
        done({});
    }
    void renew(int) override { ++renewals; }

    bool is_closed{false};
    int cuts{0};
    int renewals{0};
};

class Narrator final : public ports::Narrator {
public:
    core::Explanation decision(const core::Config&,
                               const core::DecisionEvent& event) const override {
        core::Explanation text;
        text.en.brief = core::name_of(event.decision.code);
        return text;
    }
    core::Explanation refusal(const core::Config&, std::string_view code,
                              const core::DecisionEvent&) const override {
        core::Explanation text;
        text.en.brief = code;
        return text;
    }
};

}  // namespace bitgrid::engine::fake
