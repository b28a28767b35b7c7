#include "app/bitgrid/update_run.hpp"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <iostream>

#include "app/backup_place.hpp"
#include "app/bitgrid/update_database.hpp"
#include "app/bitgrid/update_record.hpp"
#include "backup/tree.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;
using SteadyClock = std::chrono::steady_clock;
using wire::UpdateOutcome;
using wire::UpdateStep;

constexpr int kReturnPatienceS = 180;

std::atomic<bool> is_ending{false};
static_assert(std::atomic<bool>::is_always_lock_free);

core::Error refused(std::string what) { return {core::ErrorCode::Refused, std::move(what)}; }

core::UnixTime now() {
    using namespace std::chrono;
    return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

double seconds_since(SteadyClock::time_point began) {
    return std::chrono::duration<double>{SteadyClock::now() - began}.count();
}

// Whatever happens inside a step, it is a step that failed: what was begun is brought to its end.
template <class Work>
core::Result<void> without_throwing(const Work& work) {
    try {
        return work();
    } catch (const std::exception& error) {
        return core::Error{core::ErrorCode::Unavailable, error.what()};
    }
}

}  // namespace

void listen_for_end() {
    struct sigaction end {};
    end.sa_handler = [](int) { is_ending = true; };
    sigaction(SIGINT, &end, nullptr);
    sigaction(SIGTERM, &end, nullptr);
    // A terminal that goes away must not leave the house half-way.
    std::signal(SIGHUP, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
}
bool is_asked_to_end() { return is_ending; }

UpdateRun::UpdateRun(const UpdateOrder& order)
    : o_{order}, words_{update_words(order.look.is_german())}, places_{order.programs} {}

core::Result<void> UpdateRun::keep() const { return write_update(o_.look.data, state_); }

std::string UpdateRun::evidence() const { return o_.look.data + "/update-returned-" + state_.to; }

// --- the verbs ---

int UpdateRun::apply() {
    static constexpr std::array kTasks{Task{Step::Unpacking, &UpdateRun::unpack},
                                       Task{Step::Trying, &UpdateRun::try_out},
                                       Task{Step::BackingUp, &UpdateRun::back_up},
                                       Task{Step::Replaying, &UpdateRun::replay},
                                       Task{Step::Testing, &UpdateRun::self_test},
                                       Task{Step::Waiting, &UpdateRun::wait_for_quiet}};
    if (const auto fits = check_order(); !fits) return give_up(fits.error());
    say("{}\n", words_.steps[0]);
    if (const auto good = verify(); !good) return give_up(good.error());
    if (!o_.is_first) return go_through(kTasks);
    const auto placed = place_first();
    return placed ? kOk : give_up(placed.error());
}

int UpdateRun::back() {
    static constexpr std::array kTasks{Task{Step::Trying, &UpdateRun::try_out},
                                       Task{Step::BackingUp, &UpdateRun::back_up},
                                       Task{Step::Waiting, &UpdateRun::wait_for_quiet}};
    if (const auto fits = check_order(); !fits) return give_up(fits.error());
    const auto previous = places_.previous();
    if (!previous || previous == from_)
        return give_up(refused("there is no previous program in " + o_.programs));
    to_ = *previous;
    const auto text = backup::read_file(places_.folder_of(to_) + "/" + update::kManifestName,
                                        update::kMostManifest);
    if (!text) return give_up(text.error());
    const auto manifest = update::read_manifest(*text);
    if (!manifest) return give_up(manifest.error());
    if (const auto fits = check_tables(manifest->tables); !fits) return give_up(fits.error());
    return go_through(kTasks);
}

std::optional<int> UpdateRun::carry_on() {
    static constexpr std::array kRest{Task{Step::Starting, &UpdateRun::start},
                                      Task{Step::Watching, &UpdateRun::watch}};
    const auto state = read_update(o_.look.data);
    if (!state && state.error().code == core::ErrorCode::NotFound) return std::nullopt;
    if (!state) return refuse(kNo, state.error().what);
    if (state->outcome != UpdateOutcome::UnderWay) return std::nullopt;
    state_ = *state;
    const auto from = update::read_version(state_.from), to = update::read_version(state_.to);
    if (!from || !to) return refuse(kNo, o_.look.data + "/update.json names no versions");
    from_ = *from;
    to_ = *to;
    if (state_.step <= Step::Waiting) return undo(), std::nullopt;
    auto service = UpdateService::choose(o_.service, o_.units);
    if (!service) return refuse(kNo, service.error().what);
    service_ = std::move(*service);
    if (state_.step == Step::Returning) return return_to_old(state_.why);
    if (places_.current() == to_) {
        say(words_.goes_on, state_.to, words_.steps[static_cast<std::size_t>(state_.step)]);
        return change_over_and_watch(kRest);
    }
    if (const auto started = service_->start(); !started)
        return refuse(kUnavailable, started.error().what);
    const std::string why = wait_until_well(state_.from, 0, kReturnPatienceS, false);
    if (!why.empty()) return refuse(kUnavailable, why);
    return undo(), std::nullopt;
}

// --- how it goes ---

core::Result<void> UpdateRun::take(const Task& task) {
    if (is_asked_to_end() && task.step <= Step::Waiting) return refused("it was ended by you");
    state_.step = task.step;
    if (auto kept = keep(); !kept) return kept;
    say("{}\n", words_.steps[static_cast<std::size_t>(task.step)]);
    const auto began = SteadyClock::now();
    auto done = without_throwing([&] { return (this->*task.work)(); });
    const double took_s = seconds_since(began);
    state_.took_ms.push_back(static_cast<std::int64_t>(took_s * 1'000));
    if (o_.look.is_json)
        std::cout << Json{{"step", wire::word(task.step)},
                          {"done", done.has_value()},
                          {"took_s", took_s}}
                         .dump()
                  << std::endl;
    if (done) say(words_.step_done, took_s);
    return done;
}

int UpdateRun::go_through(std::span<const Task> before) {
    static constexpr std::array kChange{
        Task{Step::Stopping, &UpdateRun::stop}, Task{Step::Saving, &UpdateRun::save},
        Task{Step::Switching, &UpdateRun::change_over}, Task{Step::Starting, &UpdateRun::start},
        Task{Step::Watching, &UpdateRun::watch}};
    state_ = {};
    state_.from = update::text_of(from_);
    state_.to = update::text_of(to_);
    state_.began = now();
    for (const Task& task : before)
        if (const auto done = take(task); !done) return give_up(done.error());
    return change_over_and_watch(kChange);
}

int UpdateRun::change_over_and_watch(std::span<const Task> tasks) {
    for (const Task& task : tasks) {
        const auto done = take(task);
        if (done) continue;
        if (places_.current() == to_) return return_to_old(done.error().what);
        const auto started = service_->start();
        return give_up(started ? done.error()
                               : core::Error{core::ErrorCode::Unavailable,
                                             done.error().what + "; and " + started.error().what});
    }
    return commit();
}

int UpdateRun::commit() {
    for (const auto& kept : {places_.keep_as_previous(from_), places_.keep_as_proven(to_)})
        if (!kept) return refuse(kUnavailable, kept.error().what);
    finish(UpdateOutcome::Done, "");
    forget_saved_database(o_.look.data);
    say(words_.done, state_.from, state_.to, static_cast<double>(state_.down_ms) / 1'000);
    for (const update::Version& gone : places_.remove_older())
        say(words_.removed, update::text_of(gone));
    return kOk;
}

void UpdateRun::finish(UpdateOutcome outcome, const std::string& why) {
    state_.outcome = outcome;
    state_.ended = now();
    state_.why = why.substr(0, 1'000);
    if (const auto kept = keep(); !kept) std::cerr << "bitgrid: " << kept.error().what << '\n';
    if (o_.look.is_json) std::cout << wire::update_json(state_).dump() << std::endl;
}

void UpdateRun::undo() {
    bundle_.reset();
    places_.remove_unfinished();
    if (places_.current() != to_ && places_.previous() != to_) places_.remove(to_);
    forget_saved_database(o_.look.data);
    finish(UpdateOutcome::GivenUp, "it was cut off");
    say(words_.undone, state_.to);
}

int UpdateRun::give_up(const core::Error& error) {
    bundle_.reset();
    if (has_unpacked_ && places_.current() != to_) places_.remove(to_);
    if (state_.began.ms != 0) {
        forget_saved_database(o_.look.data);
        finish(UpdateOutcome::GivenUp, error.what);
    }
    std::cerr << "bitgrid: " << fmt::format(fmt::runtime(words_.given_up), error.what);
    switch (error.code) {
        case core::ErrorCode::BadInput:
            return kUsage;
        case core::ErrorCode::Damaged:
        case core::ErrorCode::Refused:
        case core::ErrorCode::TooLarge:
        case core::ErrorCode::NotFound:
            return kNo;
        default:
            return kUnavailable;
    }
}

int UpdateRun::return_to_old(const std::string& why) {
    const auto began = SteadyClock::now();
    state_.why = why;
    std::cerr << "bitgrid: " << fmt::format(fmt::runtime(words_.returning), why);
    const bool had_saved = has_saved_database(o_.look.data);
    if (const auto back = take({Step::Returning, &UpdateRun::bring_back}); !back)
        return refuse(kUnavailable,
                      fmt::format(fmt::runtime(words_.not_well_again), back.error().what));
    const std::string trouble = wait_until_well(state_.from, 0, kReturnPatienceS, false);
    if (state_.is_held) hold();
    finish(UpdateOutcome::Returned, why);
    if (places_.previous() != to_) places_.remove(to_);
    say(words_.returned, state_.from, seconds_since(began));
    if (had_saved) say(words_.evidence, evidence());
    if (trouble.empty()) return kReturned;
    return refuse(kUnavailable, fmt::format(fmt::runtime(words_.not_well_again), trouble));
}

void UpdateRun::hold() const {
    const auto held = hold_all_off(o_.daemon);
    if (held) return say(words_.held);
    std::cerr << "bitgrid: " << fmt::format(fmt::runtime(words_.not_held), held.error().what);
}

}  // namespace bitgrid::app
