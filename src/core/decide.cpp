#include "core/decide.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

#include "core/rules/order.hpp"
#include "core/rules/r3_safety.hpp"

namespace bitgrid::core {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kLongestLockoutMin = 1e9;  // what a time can hold, whatever is configured

double battery_charge_request_w(const Config& config, double soc_pct) {
    const RuleConfig& r = config.rules;
    if (!r.battery_first || !(soc_pct < r.battery_first_until.value)) return 0;
    const double block_hours = static_cast<double>(config.site.block_minutes) / 60;
    const double missing_wh =
        (r.battery_first_until.value - soc_pct) / 100 * r.battery_capacity.value * 1000;
    return std::min(r.battery_max_charge.value, missing_wh / (r.eta * block_hours));
}

double surplus_w(const Config& config, const EnergyState& state) {
    const SiteReadings& site = state.site;
    if (!site.pv_power || !site.house_load) return kUnknown;
    const double watts = std::max(site.pv_power->value, 0.0) - site.house_load->value;
    if (!config.site.has_battery || !site.battery_soc) return watts;
    const double soc = site.battery_soc->value;
    const double may_feed =
        soc > config.rules.soc_soft_min.value ? config.rules.battery_may_feed.value : 0;
    return watts - battery_charge_request_w(config, soc) + may_feed;
}

void keep_lockout(LoadMemory& memory, LoadDecision& decision, const Situation& s) {
    const RuleConfig& rules = s.rules();
    const Vote& safety = decision.votes[static_cast<std::size_t>(Rule::R3)];
    const auto reason = safety.is_binding ? lockout_after(safety.code) : std::nullopt;
    if (reason) {
        // One trip, one lockout: while the cause stays, its end does not move.
        if (memory.lockout && memory.lockout->reason == *reason) return;
        const double minutes = std::clamp(rules.safety_lockout.value, 0.0, kLongestLockoutMin);
        const auto lockout_ms = static_cast<std::int64_t>(minutes * 60'000);
        UnixTime until = s.state.time + lockout_ms;
        if (memory.lockout) until = std::max(until, memory.lockout->until);
        memory.lockout = Lockout{*reason, until, rules.require_ack, false};
        decision.is_trip = true;
    } else if (memory.lockout &&
               !is_locked_out(*memory.lockout, rules, s.readings().temp, s.state.time)) {
        memory.lockout.reset();
        decision.is_clear = true;
    }
}

void keep_change(LoadMemory& memory, const LoadDecision& decision, const Situation& s,
                 Trigger trigger) {
    if (s.uses_soc_band()) memory.mode = decision.mode;
    memory.accepted.reset();
    if (!decision.changes_level()) return;
    memory.target = decision.target;
    switch (decision.target.level) {
        case Level::Off:
            memory.last_action = Action::Stop;
            break;
        case Level::Full:
            memory.last_action = Action::Start;
            break;
        case Level::Eco:
        case Level::Limited:
            memory.last_action = Action::Throttle;
            break;
    }
    // A change inside a block: that block is not a whole one.
    memory.unchanged_since = trigger == Trigger::BlockTick ? s.block : s.block + 1;
}

void judge(const Situation& s, Trigger trigger, LoadMemory& next, LoadDecision& decision) {
    decision.load = s.load;
    decision.before = s.load_memory().target;
    decision.surplus_kw = s.surplus_kw;
    decision.missing = s.missing;
    rule(s, decision);
    if (decision.has_override_ended) next.wish.reset();
    keep_lockout(next, decision, s);
    keep_change(next, decision, s, trigger);
}

}  // namespace

double surplus_kw(const Config& config, const EnergyState& state) {
    return surplus_w(config, state) / 1000;
}

Watts power_at(const LoadConfig& load, Target target) {
    switch (target.level) {
        case Level::Off:
            return Watts{0};
        case Level::Eco:
            return load.eco_w;
        case Level::Full:
            return load.full_w;
        case Level::Limited:
            return target.limit;
    }
    return Watts{0};
}

Watts standby_of(const RuleConfig& rules, const LoadConfig& load) {
    const double smallest_w = load.can_throttle ? load.eco_w.value : load.full_w.value;
    return Watts{std::min(rules.standby.value, smallest_w / 2)};
}

Outcome decide(const Config& config, const Memory& memory, const EnergyState& state,
               Occasion occasion) {
    assert(config.loads.size() == memory.loads.size() && memory.loads.size() == state.loads.size());
    Outcome out;
    out.memory = memory;
    out.path = judge_energy_path(config, state, surplus_kw(config, state));

    const BlockId block = block_of(state.time, config.site.block_ms());
    double left_w = surplus_w(config, state);
    for (std::size_t i = 0; i < config.loads.size(); ++i) {
        const SignalSet missing =
            unusable_signals(config, state, i, memory.loads[i].target.is_on());
        const Situation situation{config, memory,        state,   out.path,
                                  i,      left_w / 1000, missing, block};
        if (occasion.concerns(i))
            judge(situation, occasion.trigger, out.memory.loads[i], out.decisions.emplace_back());
        left_w -= power_at(config.loads[i], out.memory.loads[i].target).value;
    }
    return out;
}

Vote judge_safety(const Config& config, const Memory& memory, const EnergyState& state,
                  std::size_t load) {
    static constexpr EnergyPathDecision kNoPath{};
    const SignalSet missing =
        unusable_signals(config, state, load, memory.loads[load].target.is_on());
    const BlockId block = block_of(state.time, config.site.block_ms());
    return r3_safety({config, memory, state, kNoPath, load, kUnknown, missing, block});
}

}  // namespace bitgrid::core
