#include "core/rules/order.hpp"

#include <new>

#include "core/rules/r1_profit.hpp"
#include "core/rules/r2_autarky.hpp"
#include "core/rules/r3_safety.hpp"
#include "core/rules/r4_forecast.hpp"
#include "core/rules/r5_stability.hpp"

namespace bitgrid::core {
namespace {

const Vote& vote_of(const LoadDecision& d, Rule r) { return d.votes[static_cast<std::size_t>(r)]; }

Target target_after(Code code, Target now) {
    switch (action_of(code)) {
        case Action::Start:
            return kFull;
        case Action::Throttle:
            return kEco;
        case Action::Stop:
            return kOff;
        case Action::Noop:
            return now;
    }
    return kOff;
}

void settle(LoadDecision& d, Code code) {
    d.code = code;
    d.target = target_after(code, d.before);
}

bool vote_decides(LoadDecision& d, Rule r) {
    const Vote& vote = vote_of(d, r);
    if (vote.is_binding) settle(d, vote.code);
    return vote.is_binding;
}

bool is_running_wish(const Situation& s) {
    const auto& wish = s.load_memory().wish;
    return wish && s.state.time < wish->until;
}

bool safety(const Situation& s, LoadDecision& d) {
    if (!vote_decides(d, Rule::R3)) return false;
    const auto& wish = s.load_memory().wish;
    if (wish && wish->action != OverrideAction::Stop) d.has_override_ended = true;
    return true;
}

// A person's wish; R2's hard reserve beats it unless the person said that it may be used.
bool wish(const Situation& s, LoadDecision& d) {
    if (!is_running_wish(s)) return false;
    const Override& w = *s.load_memory().wish;
    if (w.action == OverrideAction::Stop) {
        settle(d, Code::Stop_Override_OVERRIDE);
        return true;
    }
    if (const auto reserve = hard_reserve(s); reserve && !w.use_reserve) {
        settle(d, *reserve);
        d.has_override_ended = true;
        return true;
    }
    if (w.action == OverrideAction::Start) {
        settle(d, Code::Start_Override_OVERRIDE);
    } else {
        settle(d, Code::Throttle_Override_OVERRIDE);
        d.target = {Level::Limited, w.limit};
    }
    return true;
}

bool manual_mode(const Situation& s, LoadDecision& d) {
    if (s.memory.autonomy != AutonomyLevel::Manual) return false;
    settle(d, Code::Noop_Autonomy_MANUAL_MODE);
    return true;
}

// In strategy soc_band the reserve stands where R2's stands otherwise, and breaks R5 as it does.
bool reserve(const Situation&, LoadDecision& d) {
    const Vote& profit = vote_of(d, Rule::R1);
    return profit.is_binding && profit.code == Code::Stop_R1_SOC_RESERVE_STOP &&
           vote_decides(d, Rule::R1);
}

bool autarky(const Situation&, LoadDecision& d) { return vote_decides(d, Rule::R2); }

bool stability(const Situation&, LoadDecision& d) {
    if (!vote_decides(d, Rule::R5)) return false;
    const Vote& next =
        vote_of(d, Rule::R4).is_binding ? vote_of(d, Rule::R4) : vote_of(d, Rule::R1);
    d.is_deadband_held = next.is_binding && !(target_after(next.code, d.before) == d.before);
    return true;
}

bool forecast(const Situation&, LoadDecision& d) { return vote_decides(d, Rule::R4); }
bool profit(const Situation&, LoadDecision& d) { return vote_decides(d, Rule::R1); }

/// The order of the rules, the only place where it is written. Safety first; the first that binds
/// decides.
using Step = bool (*)(const Situation&, LoadDecision&);
constexpr Step kOrder[] = {safety,  wish,      manual_mode, reserve,
                           autarky, stability, forecast,    profit};

Code noop_of(Code stop) {
    switch (stop) {
        case Code::Stop_R1_INSUFFICIENT_SURPLUS:
            return Code::Noop_R1_INSUFFICIENT_SURPLUS;
        case Code::Stop_R1_PRICE_TOO_HIGH:
            return Code::Noop_R1_PRICE_TOO_HIGH;
        case Code::Stop_R1_SOC_RESERVE_STOP:
            return Code::Noop_R1_SOC_RESERVE_STOP;
        case Code::Stop_R1_PATH_EXPORT:
            return Code::Noop_R1_PATH_EXPORT;
        case Code::Stop_R1_PATH_STORE:
            return Code::Noop_R1_PATH_STORE;
        case Code::Stop_R1_PATH_HEAT:
            return Code::Noop_R1_PATH_HEAT;
        case Code::Stop_R2_SOC_HARD_MIN:
            return Code::Noop_R2_SOC_HARD_MIN;
        case Code::Stop_R2_GRID_IMPORT_EXCEEDED:
            return Code::Noop_R2_GRID_IMPORT_EXCEEDED;
        default:
            return stop;
    }
}

Code accepted_of(Action action) {
    if (action == Action::Start) return Code::Start_Autonomy_ASSIST_ACCEPTED;
    if (action == Action::Throttle) return Code::Throttle_Autonomy_ASSIST_ACCEPTED;
    return Code::Stop_Autonomy_ASSIST_ACCEPTED;
}

void propose(const Situation& s, LoadDecision& d) {
    if (d.target == d.before) return;
    if (s.load_memory().accepted == d.code) {
        d.code = accepted_of(action_of(d.code));
        return;
    }
    d.proposal = d.code;
    settle(d, Code::Noop_Autonomy_ASSIST_PROPOSAL);
}

// How much of R1's and R2's wish the autonomy level lets through.
void temper(const Situation& s, LoadDecision& d) {
    if (is_running_wish(s)) return;
    const Rule decided = rule_of(d.code);
    if (decided != Rule::R1 && decided != Rule::R2) return;
    if (s.memory.autonomy == AutonomyLevel::Semi && action_of(d.code) == Action::Stop)
        settle(d, noop_of(d.code));
    if (s.memory.autonomy == AutonomyLevel::Assist) propose(s, d);
}

// After a START or LIMIT wish the load never runs on by inertia: where the rules change nothing, it
// goes back.
void end_wish(const Situation& s, LoadDecision& d) {
    const auto& w = s.load_memory().wish;
    if (!w || is_running_wish(s)) return;
    d.has_override_ended = true;
    if (w->action == OverrideAction::Stop || action_of(d.code) != Action::Noop) return;
    const Target back = w->before.value_or(kOff);
    if (back == d.before) return;
    d.target = back;
    if (back.level == Level::Off) d.code = Code::Stop_Override_OVERRIDE_ENDED;
    else if (back.level == Level::Full) d.code = Code::Start_Override_OVERRIDE_ENDED;
    else d.code = Code::Throttle_Override_OVERRIDE_ENDED;
}

}  // namespace

void rule(const Situation& s, LoadDecision& d) {
    // Each vote is made where it stays, not copied there.
    const auto take = [&](Rule r, Vote (*vote)(const Situation&)) {
        new (&d.votes[static_cast<std::size_t>(r)]) Vote(vote(s));
    };
    take(Rule::R1, r1_profit);
    take(Rule::R2, r2_autarky);
    take(Rule::R3, r3_safety);
    take(Rule::R4, r4_forecast);
    take(Rule::R5, r5_stability);
    d.mode = s.uses_soc_band() ? mode_of(vote_of(d, Rule::R1)) : Mode::None;

    settle(d, Code::Noop_Autonomy_NO_CHANGE);
    for (const Step decides : kOrder)
        if (decides(s, d)) break;
    temper(s, d);
    end_wish(s, d);
}

}  // namespace bitgrid::core
