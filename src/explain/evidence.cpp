#include "explain/evidence.hpp"

#include <algorithm>
#include <limits>

#include "core/reading_of.hpp"

namespace bitgrid::explain {
namespace {

using core::Bound;
using core::Code;
using core::DecisionEvent;
using core::Fact;
using core::Measure;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

template <class Wanted>
const Fact* find_fact(const DecisionEvent& event, Wanted&& is_wanted) {
    for (const core::Vote& vote : event.decision.votes)
        for (const Fact& fact : vote.facts)
            if (is_wanted(fact)) return &fact;
    return nullptr;
}

double setting_of(const core::RuleConfig& rules, const core::LoadConfig& load, Bound bound) {
    switch (bound) {
        case Bound::SurplusThrottleMinKw:
            return core::least_surplus(rules, load).value;
        case Bound::SurplusMinKw:
            return rules.surplus_min.value;
        case Bound::PriceMaxCtKwh:
            return rules.price_max ? rules.price_max->value : kMissing;
        case Bound::SocStopPct:
            return rules.soc_stop.value;
        case Bound::SocStandardPct:
            return rules.soc_standard.value;
        case Bound::SocEcoStartPct:
            return rules.soc_eco_start.value;
        case Bound::PvStartW:
            return rules.pv_start.value;
        case Bound::SocHardMinPct:
            return rules.soc_hard_min.value;
        case Bound::SocSoftMinPct:
            return rules.soc_soft_min.value;
        case Bound::MaxGridImportW:
            return rules.max_grid_import.value;
        case Bound::GridImportFastS:
            return rules.grid_import_fast_for.value;
        case Bound::MaxChipTempC:
            return std::min(rules.max_chip_temp.value, core::kHardMaxChipTemp.value);
        case Bound::TResumeC:
            return rules.t_resume.value;
        case Bound::CommTimeoutS:
            return std::min(rules.comm_timeout.value, core::kHardCommTimeout.value);
        case Bound::StandbyW:
            return rules.standby.value;
        case Bound::MinPredictedSurplusKw:
            return rules.min_predicted_surplus.value;
        case Bound::PriceSpikeThresholdCt:
            return rules.price_spike_threshold.value;
        default:
            return kMissing;
    }
}

std::optional<core::LockoutReason> trip_of(Code code) {
    switch (code) {
        case Code::Stop_R3_OVERTEMP:
            return core::LockoutReason::Overtemp;
        case Code::Stop_R3_COMM_TIMEOUT:
            return core::LockoutReason::CommTimeout;
        case Code::Stop_R3_ACTUATOR_STUCK:
            return core::LockoutReason::ActuatorStuck;
        case Code::Stop_R3_EMERGENCY:
            return core::LockoutReason::Emergency;
        default:
            return std::nullopt;
    }
}

std::optional<core::UnixTime> end_of_hold(const core::Config& config, const DecisionEvent& event) {
    const core::LoadMemory& memory = event.memory.loads[event.load_index];
    if (!memory.unchanged_since) return std::nullopt;
    const core::RuleConfig& rules = config.rules;
    const int wait =
        std::max(memory.target.is_on() ? rules.min_runtime_blocks : rules.min_pause_blocks,
                 rules.deadband_hold_blocks);
    return core::block_start(*memory.unchanged_since + wait, config.site.block_ms());
}

}  // namespace

const Fact* failed_fact(const DecisionEvent& event, Measure measure) {
    return find_fact(event, [&](const Fact& f) { return f.measure == measure && !f.holds; });
}

double value_of(const DecisionEvent& event, Measure measure) {
    const Fact* fact = find_fact(event, [&](const Fact& f) { return f.measure == measure; });
    if (fact) return fact->value;
    if (measure == Measure::SurplusKw) return event.decision.surplus_kw;
    return core::reading_of(event.state, event.load_index, measure);
}

double bound_of(const core::Config& config, const DecisionEvent& event, Bound bound) {
    const Fact* fact = find_fact(event, [&](const Fact& f) { return f.bound_id == bound; });
    return fact ? fact->bound : setting_of(config.rules, config.loads[event.load_index], bound);
}

double band_of(const DecisionEvent& event) {
    double band = kMissing;
    for (const Fact& fact : event.decision.votes[static_cast<std::size_t>(core::Rule::R1)].facts)
        if (fact.measure == Measure::BatterySocPct && fact.holds) band = fact.bound;
    return band;
}

std::optional<core::Lockout> lockout_of(const core::Config& config, const DecisionEvent& event) {
    const auto& before = event.memory.loads[event.load_index].lockout;
    const auto reason = trip_of(event.decision.code);
    // One trip, one lockout: while the cause stays, its end does not move.
    if (!reason || (before && before->reason == *reason)) return before;
    const auto pause_ms = static_cast<std::int64_t>(config.rules.safety_lockout.value * 60'000);
    core::UnixTime until = event.time + pause_ms;
    if (before) until = std::max(until, before->until);
    return core::Lockout{*reason, until, config.rules.require_ack, false};
}

std::optional<core::UnixTime> end_of(const core::Config& config, const DecisionEvent& event) {
    switch (core::rule_of(event.decision.code)) {
        case core::Rule::R3:
            if (const auto lockout = lockout_of(config, event)) return lockout->until;
            return std::nullopt;
        case core::Rule::R5:
            return end_of_hold(config, event);
        case core::Rule::Override:
            if (const auto& wish = event.memory.loads[event.load_index].wish) return wish->until;
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

std::optional<Code> proposal_of(const DecisionEvent& event) {
    if (event.decision.proposal) return event.decision.proposal;
    return event.memory.loads[event.load_index].accepted;
}

}  // namespace bitgrid::explain
