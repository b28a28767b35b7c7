#include "app/drill.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;
using core::DrillCheck;
using core::DrillResult;
using Holds = std::function<bool(const Json& live, const Json& load)>;

constexpr int kWishMinutes = 15;
constexpr double kTooHotC = 99;
constexpr double kRhythmS = 0.25;    ///< between two looks
constexpr double kSlowRhythmS = 30;  ///< while an hour goes by

bool is_confirmed(const Json& load) { return load.value("confirmation", "") == "confirmed"; }
bool runs(const Json& load) { return load.value("running", false); }
bool is_off(const Json& live, const Json& load) {
    return live.value("emergency", false) && !runs(load) && is_confirmed(load);
}
bool is_cut(const Json& load) { return load["relay_closed"] == false; }
bool has_dead_man(const Json& load) { return load["dead_man_left_s"].is_number(); }

/// What ends a drill: nobody answers, or the person wants it.
struct Broken {
    std::string why;
};

class Drill {
public:
    Drill(const DrillHouse& house, std::string load, DrillPatience patience)
        : house_{house}, load_{std::move(load)}, patience_{patience} {}

    DrillOutcome run() {
        out_.report.load_id = load_;
        try {
            if (why_not().empty()) test();
        } catch (const Broken& broken) {
            out_.trouble = broken.why;
            if (out_.is_begun) leave_off();
        }
        const auto& steps = out_.report.steps;
        out_.report.is_passed =
            out_.trouble.empty() &&
            std::ranges::any_of(steps,
                                [](const auto& s) { return s.result == DrillResult::Passed; }) &&
            std::ranges::none_of(steps,
                                 [](const auto& s) { return s.result == DrillResult::Failed; });
        return std::move(out_);
    }

private:
    // A house that is already held off would pass without having been tested.
    const std::string& why_not() {
        const Json live = look();
        const Json load = load_of(live);
        if (!live.value("ready", false)) out_.trouble = "NOT_READY";
        else if (live.value("emergency", false)) out_.trouble = "EMERGENCY";
        else if (load["lockout"].is_object()) out_.trouble = "LOCKOUT";
        return out_.trouble;
    }

    void test() {
        if (!start()) return;
        const bool has_relay = load_of(look()).value("relay", false);
        check(DrillCheck::RelayClosed, has_relay, patience_.relay_s,
              [](const Json&, const Json& load) { return load["relay_closed"] == true; });
        check(DrillCheck::DeadManArmed, has_relay || has_dead_man(load_of(look())),
              patience_.relay_s, [](const Json&, const Json& load) {
                  return has_dead_man(load) && load["dead_man_left_s"].get<double>() > 0;
              });
        watch_renewal();
        ask_guard();
        if (!stop(has_relay)) return;
        release();
        if (house_.order && start_again()) overheat(has_relay);
    }

    bool start() {
        const auto answer =
            must_ask("POST", "/override",
                     {{"load_id", load_}, {"action", "START"}, {"duration_min", kWishMinutes}});
        if (!answer.is_good()) {
            out_.trouble = answer.body.value("code", "REFUSED");
            return false;
        }
        out_.is_begun = true;
        const bool is_running =
            check(DrillCheck::StartConfirmed, true, patience_.start_s,
                  [](const Json&, const Json& load) { return runs(load) && is_confirmed(load); });
        if (!is_running) end_wish();
        return is_running;
    }

    // A countdown that goes up again was renewed.
    void watch_renewal() {
        std::optional<double> last;
        check(DrillCheck::DeadManRenewed, has_dead_man(load_of(look())), patience_.renewal_s,
              [&last](const Json&, const Json& load) {
                  if (!has_dead_man(load)) return false;
                  const double left = load["dead_man_left_s"].get<double>();
                  const bool is_renewed = last && left > *last + 1;
                  last = left;
                  return is_renewed;
              });
    }

    void ask_guard() {
        const auto part_of = [](const Json& live) -> std::string {
            for (const Json& part : live["health"]["parts"])
                if (part.value("part", "") == "guard") return part.value("status", "");
            return "";
        };
        check(DrillCheck::GuardArmed, !part_of(look()).empty(), patience_.relay_s,
              [part_of](const Json& live, const Json&) { return part_of(live) == "ok"; });
    }

    bool stop(bool has_relay) {
        const double began = seconds(look());
        const auto pressed = must_ask("POST", "/emergency-stop", Json::object());
        if (!pressed.is_good()) throw Broken{pressed.body.value("code", "REFUSED")};
        const bool is_stopped =
            check(DrillCheck::StopConfirmed, true, patience_.stop_s, is_off, began);
        check(DrillCheck::RelayOpen, has_relay, patience_.relay_s,
              [](const Json&, const Json& load) { return is_cut(load); });
        if (!is_stopped) out_.trouble = "NOT_STOPPED";
        return is_stopped;
    }

    void release() {
        must_ask("POST", "/safety/ack", Json::object());
        end_wish();
        check(DrillCheck::Released, true, patience_.release_s,
              [](const Json& live, const Json& load) {
                  return !live.value("emergency", true) && load["override"].is_null();
              });
    }

    bool start_again() {
        rhythm_s_ = kSlowRhythmS;
        wait_for(patience_.lockout_s,
                 [](const Json&, const Json& load) { return load["lockout"].is_null(); });
        rhythm_s_ = kRhythmS;
        must_ask("POST", "/override",
                 {{"load_id", load_}, {"action", "START"}, {"duration_min", kWishMinutes}});
        return wait_for(patience_.start_s, [](const Json&, const Json& load) {
            return runs(load) && is_confirmed(load);
        });
    }

    // A simulated load says that it is too hot and does not obey: off by its relay alone.
    void overheat(bool has_relay) {
        house_.order("ignore_stop on");
        const double began = seconds(look());
        house_.order("report " + load_ + ".temp_c " + std::to_string(kTooHotC));
        check(
            DrillCheck::HeatStopped, true, patience_.stop_s,
            [](const Json&, const Json& load) { return load["lockout"].is_object(); }, began);
        check(
            DrillCheck::StuckLoadCut, has_relay, patience_.stop_s,
            [](const Json&, const Json& load) { return !runs(load) && is_cut(load); }, began);
    }

    // A wish that was beaten or is over is gone already: that is no trouble.
    void end_wish() { must_ask("DELETE", "/override/" + load_, nullptr); }
    // Whatever happened: nothing runs by our wish, and what cannot be told is held off.
    void leave_off() {
        const auto stopped = house_.ask("POST", "/emergency-stop", Json::object());
        if (!stopped || !stopped->is_good()) out_.trouble = "LEFT_RUNNING";
        const auto ended = house_.ask("DELETE", "/override/" + load_, nullptr);
        static_cast<void>(ended);  // the stop holds without it
    }

    bool check(DrillCheck what, bool is_there, double patience_s, const Holds& holds,
               std::optional<double> began = std::nullopt) {
        core::DrillStep step{what, DrillResult::Skipped, 0};
        if (is_there) {
            const double from = began.value_or(seconds(look()));
            step.result = wait_for(patience_s, holds) ? DrillResult::Passed : DrillResult::Failed;
            const double took_ms = std::round((seconds(last_) - from) * 1000);
            step.took_s = std::max(0.0, took_ms / 1000);
        }
        out_.report.steps.push_back(step);
        if (house_.told) house_.told(step);
        return step.result == DrillResult::Passed;
    }

    bool wait_for(double patience_s, const Holds& holds) {
        const double from = seconds(look());
        while (!holds(last_, load_of(last_))) {
            if (seconds(last_) - from > patience_s) return false;
            if (!house_.pause(rhythm_s_)) throw Broken{"INTERRUPTED"};
            look();
        }
        return true;
    }

    DrillHouse::Answer must_ask(const std::string& method, const std::string& path,
                                const Json& body) {
        auto answer = house_.ask(method, path, body);
        if (!answer) throw Broken{answer.error().what};
        return std::move(*answer);
    }
    const Json& look() {
        auto answer = must_ask("GET", "/state", nullptr);
        if (!answer.is_good()) throw Broken{answer.body.value("code", "NO_STATE")};
        return last_ = std::move(answer.body);
    }
    Json load_of(const Json& live) const {
        for (const Json& load : live.value("loads", Json::array()))
            if (load.value("id", "") == load_) return load;
        throw Broken{"UNKNOWN_LOAD"};
    }
    static double seconds(const Json& live) {
        const auto time = wire::parse_time(live.value("time", ""));
        if (!time) throw Broken{"NO_STATE"};
        return static_cast<double>(time->ms) / 1000;
    }

    const DrillHouse& house_;
    std::string load_;
    DrillPatience patience_;
    DrillOutcome out_;
    Json last_;
    double rhythm_s_{kRhythmS};
};

}  // namespace

DrillOutcome drill(const DrillHouse& house, const std::string& load_id, DrillPatience patience) {
    return Drill{house, load_id, patience}.run();
}

std::string drill_load(const Json& live) {
    const Json loads = live.value("loads", Json::array());
    for (const Json& load : loads)
        if (load.value("relay", false)) return load.value("id", "");
    return loads.empty() ? std::string{} : loads[0].value("id", "");
}

}  // namespace bitgrid::app
