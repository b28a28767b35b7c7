#pragma once
// For tests of this room: a folder of its own, and events as the journal would hand them over.
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "archive/sealer.hpp"
#include "core/describe.hpp"
#include "core/sample_home.hpp"
#include "crypto/digest.hpp"
#include "wire/event_json.hpp"
#include "wire/past.hpp"

namespace bitgrid::archive {

class TestFolder {
public:
    TestFolder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "bitgrid-archive-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;
    ~TestFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

/// Makes one event after the other, each chained to the one before.
class TestJournal {
public:
    static constexpr std::int64_t kDayMs = 86'400'000;

    /// The two minutes before a moment.
    wire::EventRow minutes(core::UnixTime end) {
        core::MinutesMeasured measured{core::block_of(end + -1, 600'000), {}};
        for (const std::int64_t before : {std::int64_t{60'000}, std::int64_t{0}}) {
            home_.state.time = end + -before;
            measured.minutes.push_back(home_.state);
        }
        return next({end, measured});
    }

    /// A day with `blocks` decisions, an energy path each, and a note at its end.
    std::vector<wire::EventRow> day(int number, int blocks = 6) {
        std::vector<wire::EventRow> events;
        const core::UnixTime midnight{core::sample::kTenOClock.ms / kDayMs * kDayMs +
                                      number * kDayMs};
        for (int i = 0; i < blocks; ++i) {
            const core::UnixTime time = midnight + i * std::int64_t{600'000};
            events.push_back(next(decision(time, 0.1 * i)));
            core::EnergyPathDecided path{};
            path.block = core::block_of(time, 600'000);
            events.push_back(next({time, path}));
        }
        events.push_back(next({midnight + (kDayMs - 1), core::Stopped{"end of the day"}}));
        return events;
    }

    wire::EventRow next(const core::Event& event) {
        const nlohmann::json json = wire::event_json(event, home_.config);
        wire::EventRow row;
        row.seq = ++sequence_;
        row.time = event.time;
        row.type = core::type_of(event);
        row.load_id = json.value("load_id", "");
        row.decision_id = json.value("decision_id", "");
        row.code = json.value("decision_code", "");
        row.canonical = json.dump();
        row.prev_hash = crypto::hex(head_);
        head_ = crypto::link(head_, row.canonical);
        row.hash = crypto::hex(head_);
        return row;
    }

    std::string head() const { return crypto::hex(head_); }

private:
    core::Event decision(core::UnixTime time, double surplus_kw) {
        home_.surplus(surplus_kw).price(7.5);
        home_.state.time = time;
        auto event = std::make_shared<core::DecisionEvent>(core::describe(
            home_.config, home_.decision(), home_.memory, home_.state, core::Occasion::tick()));
        core::look_ahead(home_.config, *event);
        event->decision_id = "d" + std::to_string(sequence_ + 1);
        event->config_version = "c";
        event->rule_version = "1";
        for (core::ExplanationText* text : {&event->text.de, &event->text.en})
            *text = {"short 'words'", "longer words", ""};
        return {time, std::shared_ptr<const core::DecisionEvent>{std::move(event)}};
    }

    core::sample::Home home_;
    std::int64_t sequence_{0};
    crypto::Hash head_{};
};

inline constexpr core::UnixTime kSealedAt{1'800'000'000'000};

inline wire::Packed test_inputs(const nlohmann::json&) { return {"inputs"}; }

inline const Sealer::Makers kTestMakers{
    test_inputs, [](const DayRows& rows) {
        return std::vector<wire::KpiRow>{
            {rows.events.front().time, rows.events.back().time, "blocks", "", 6.0, "", 1, ""}};
    }};

}  // namespace bitgrid::archive
