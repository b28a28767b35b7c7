// The steps of an update, each as a thing that is done or says why not.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <thread>

#include "app/backup_place.hpp"
#include "app/bitgrid/update_database.hpp"
#include "app/bitgrid/update_record.hpp"
#include "app/bitgrid/update_run.hpp"
#include "app/make_backup.hpp"
#include "app/restore_backup.hpp"
#include "backup/tree.hpp"

namespace bitgrid::app {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr auto kRhythm = std::chrono::milliseconds{500};
constexpr int kStopPatienceS = 60;
constexpr int kOrderedOffS = 180;
constexpr std::int64_t kSpareProgram = 50'000'000;

core::Error refused(std::string what) { return {core::ErrorCode::Refused, std::move(what)}; }
core::Error unavailable(std::string what) {
    return {core::ErrorCode::Unavailable, std::move(what)};
}

double seconds_since(SteadyClock::time_point began) {
    return std::chrono::duration<double>{SteadyClock::now() - began}.count();
}

std::string joined(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
    return all;
}

}  // namespace

core::Result<void> UpdateRun::check_order() {
    const auto current = places_.current();
    if (o_.is_first && current)
        return refused(o_.programs + "/current is there already; without --first it is updated");
    if (!o_.is_first) {
        if (!current)
            return refused("no program stands in " + o_.programs +
                           "; --first puts the first one there (docs/update.md)");
        from_ = *current;
        auto service = UpdateService::choose(o_.service, o_.units);
        if (!service) return service.error();
        service_ = std::move(*service);
    }
    std::error_code error;
    if (!o_.is_first && !std::filesystem::is_directory(o_.look.data, error))
        return unavailable("no data at " + o_.look.data +
                           "; --data names the folder of the daemon");
    return {};
}

core::Result<void> UpdateRun::check_tables(std::int64_t most) const {
    const auto tables = tables_of(o_.look.data);
    if (!tables) return tables.error();
    if (*tables <= most) return {};
    return refused("the database is of version " + std::to_string(*tables) +
                   ", that program reads up to " + std::to_string(most) +
                   "; restore a backup from before the newer program instead");
}

core::Result<void> UpdateRun::verify() {
    auto bundle = update::Bundle::open(o_.file, o_.key);
    if (!bundle) return core::Error{bundle.error().code, o_.file + ": " + bundle.error().what};
    bundle_.emplace(std::move(*bundle));
    const update::Manifest& manifest = bundle_->manifest();
    to_ = manifest.version;
    if (!o_.is_first) {
        const std::string both = update::text_of(to_) + " is older than " + update::text_of(from_);
        const auto way = update::way_between(from_, to_);
        if (way == update::Way::Same)
            return refused(update::text_of(to_) + " is the version that runs here");
        if (way == update::Way::TooFarBack)
            return refused(both + " by more than one minor version: that way is closed");
        if (way == update::Way::MinorBack && !o_.may_be_older)
            return refused(both + "; where that is what you want: --older");
    }
    if (auto fits = check_tables(manifest.tables); !fits) return fits;
    if (auto made = places_.prepare(); !made) return made;
    return check_room(places_.versions(), manifest.bytes() + kSpareProgram);
}

core::Result<void> UpdateRun::unpack() {
    places_.remove_unfinished();
    if (const auto proved = bundle_->unpack_below(places_.versions()); !proved)
        return core::Error{proved.error().code, o_.file + ": " + proved.error().what};
    places_.remove(to_);
    if (auto moved = bundle_->move_to(places_.folder_of(to_)); !moved) return moved;
    has_unpacked_ = true;
    return {};
}

core::Result<void> UpdateRun::place_first() {
    if (auto done = unpack(); !done) return done;
    const NewProgram program{places_.folder_of(to_), to_};
    if (auto runs = program.runs(); !runs) return runs;
    if (auto kept = places_.keep_as_proven(to_); !kept) return kept;
    if (auto placed = places_.switch_to(to_); !placed) return placed;
    say(words_.placed, update::text_of(to_), o_.programs + "/current");
    return {};
}

core::Result<void> UpdateRun::try_out() {
    const NewProgram program{places_.folder_of(to_), to_};
    if (auto runs = program.runs(); !runs) return runs;
    return program.takes_config(o_.config);
}

core::Result<void> UpdateRun::back_up() {
    using namespace std::chrono;
    if (auto made = backup::make_folders(o_.backups); !made) return made;
    BackupOrder order;
    order.data = o_.look.data;
    order.config = o_.config;
    order.shelf = o_.backups;
    order.now = {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
    const auto made = make_backup(order);
    if (!made) return made.error();
    state_.backup = made->folder;
    RestoreOrder check;
    check.backup = made->folder;
    if (const auto whole = check_backup(check); !whole) return whole.error();
    say(words_.backup, made->folder);
    return {};
}

core::Result<void> UpdateRun::replay() {
    const auto gate = NewProgram{places_.folder_of(to_), to_}.replay(o_.look.data);
    if (!gate) return gate.error();
    if (gate->changed == 0) return say(words_.same_decisions, gate->decisions), Done{};
    say(words_.changed, gate->changed, gate->decisions);
    for (const ChangedDecision& one : gate->first)
        say("      {:<18} {:<10} {} -> {}\n", on_the_clock(one.time), one.load, one.recorded,
            one.now);
    const auto more = gate->changed - static_cast<std::int64_t>(gate->first.size());
    if (more > 0) say(words_.more_changed, more);
    return o_.accepts_changes ? Done{} : Done{refused(words_.how_to_accept)};
}

core::Result<void> UpdateRun::self_test() {
    return NewProgram{places_.folder_of(to_), to_}.self_test();
}

core::Result<void> UpdateRun::wait_for_quiet() {
    const auto began = SteadyClock::now();
    double patience_s = o_.wait_min * 60.0;
    bool is_ordered = false;
    for (std::vector<std::string> told;; std::this_thread::sleep_for(kRhythm)) {
        const HouseSeen house = look_at_house(o_.daemon);
        if (!house.answers && o_.is_now) return {};
        if (!house.answers)
            return unavailable("whether a load runs cannot be known: " + house.trouble +
                               ". Where nothing runs, or all of it may go off: --now");
        if (house.version != state_.from)
            return refused("the service at " + o_.daemon.url() + " is version " + house.version +
                           ", not " + state_.from + " of " + o_.programs +
                           "/current: let it start that one");
        state_.was_ready = house.is_ready;
        state_.errors.assign(house.errors.begin(), house.errors.end());
        if (house.running.empty()) return {};
        if (o_.is_now && !std::exchange(is_ordered, true)) {
            if (auto ordered = order_all_off(o_.daemon); !ordered) return ordered;
            patience_s = seconds_since(began) + kOrderedOffS;
            say(words_.orders_off);
        }
        if (told != house.running) say(words_.waits_for, joined(told = house.running));
        if (is_asked_to_end()) return refused("it was ended by you");
        if (seconds_since(began) > patience_s)
            return refused("still running: " + joined(house.running) +
                           "; try again later, or --now");
    }
}

core::Result<void> UpdateRun::stop() {
    down_since_ = SteadyClock::now();
    return service_->stop();
}

core::Result<void> UpdateRun::save() {
    const auto last = save_database(o_.look.data, kStopPatienceS);
    if (!last) return last.error();
    state_.last_event = *last;
    return keep();
}

core::Result<void> UpdateRun::change_over() {
    if (auto kept = places_.keep_as_proven(from_); !kept) return kept;
    return places_.switch_to(to_);
}

core::Result<void> UpdateRun::start() { return service_->start(); }

core::Result<void> UpdateRun::watch() {
    const std::string why = wait_until_well(state_.to, o_.watch_s, o_.patience_s, true);
    return why.empty() ? Done{} : Done{refused(why)};
}

core::Result<void> UpdateRun::bring_back() {
    // Where it does not stop, the lock of its folder says so.
    if (const auto stopped = service_->stop(); !stopped)
        std::cerr << "bitgrid: " << stopped.error().what << '\n';
    if (has_saved_database(o_.look.data)) {
        state_.is_held = state_.is_held || has_stop_since(o_.look.data, state_.last_event);
        if (auto kept = keep(); !kept) return kept;
    }
    // The program first: the old one never runs on a database that it does not know, it refuses.
    if (auto switched = places_.switch_to(from_); !switched) return switched;
    if (auto back = bring_database_back(o_.look.data, evidence(), kStopPatienceS); !back)
        return back;
    return service_->start();
}

std::string UpdateRun::why_not_well(const HouseSeen& house, const std::string& version,
                                    bool is_strict) const {
    if (!house.answers) return "it does not answer: " + house.trouble;
    if (house.version != version) return "it is version " + house.version + ", not " + version;
    if (!is_strict) return {};
    if (state_.was_ready && !house.is_ready) return "it does not decide";
    for (const std::string& part : house.errors)
        if (std::ranges::find(state_.errors, part) == state_.errors.end())
            return "an error that was not there before: " + part;
    if (newest_event(o_.look.data) <= state_.last_event) return "its journal does not grow";
    return {};
}

std::string UpdateRun::wait_until_well(const std::string& version, int watch_s, int patience_s,
                                       bool is_strict) {
    const auto began = SteadyClock::now();
    for (;; std::this_thread::sleep_for(kRhythm)) {
        const HouseSeen house = look_at_house(o_.daemon);
        if (house.answers && house.version == version && down_since_) {
            const double down_s = seconds_since(*std::exchange(down_since_, std::nullopt));
            state_.down_ms = static_cast<std::int64_t>(down_s * 1'000);
        }
        std::string why = why_not_well(house, version, is_strict);
        const double took_s = seconds_since(began);
        if (why.empty() && took_s >= watch_s) return {};
        if (took_s >= std::max(patience_s, watch_s)) return why;
    }
}

}  // namespace bitgrid::app
