#include "core/rules/r1_profit.hpp"

namespace bitgrid::core {
namespace {

Vote surplus_vote(const Situation& s) {
    const RuleConfig& rules = s.rules();
    Vote vote{Rule::R1};
    const auto& price = s.site().price;

    const double least = least_surplus(rules, s.load_config()).value;
    const bool reaches_least = s.load_config().can_throttle
                                   ? vote.test(Measure::SurplusKw, s.surplus_kw, Op::GreaterEqual,
                                               Bound::SurplusThrottleMinKw, least)
                                   : s.surplus_kw >= least;
    const bool is_affordable = !rules.price_max || !price ||
                               vote.test(Measure::EnergyPrice, price->value, Op::LessEqual,
                                         Bound::PriceMaxCtKwh, rules.price_max->value);
    const bool reaches_full = vote.test(Measure::SurplusKw, s.surplus_kw, Op::GreaterEqual,
                                        Bound::SurplusMinKw, rules.surplus_min.value);

    if (!reaches_least)
        vote.bind(s.is_on() ? Code::Stop_R1_INSUFFICIENT_SURPLUS
                            : Code::Noop_R1_INSUFFICIENT_SURPLUS);
    else if (!is_affordable)
        vote.bind(s.is_on() ? Code::Stop_R1_PRICE_TOO_HIGH : Code::Noop_R1_PRICE_TOO_HIGH);
    else vote.bind(reaches_full ? Code::Start_R1_SURPLUS_OK : Code::Throttle_R1_SURPLUS_THROTTLE);
    return vote;
}

// A running load keeps a band down to the band's own stop value.
bool is_super(Vote& vote, const Situation& s, double soc) {
    const RuleConfig& rules = s.rules();
    if (vote.test(Measure::BatterySocPct, soc, Op::GreaterEqual, Bound::SocSuperPct,
                  rules.soc_super.value))
        return true;
    return s.is_on() && s.load_memory().mode == Mode::Super &&
           vote.test(Measure::BatterySocPct, soc, Op::GreaterEqual, Bound::SocSuperStopPct,
                     rules.soc_super_stop.value);
}

bool is_standard(Vote& vote, const Situation& s, double soc) {
    const RuleConfig& rules = s.rules();
    if (vote.test(Measure::BatterySocPct, soc, Op::GreaterEqual, Bound::SocStandardPct,
                  rules.soc_standard.value))
        return true;
    const Mode mode = s.load_memory().mode;
    return s.is_on() && (mode == Mode::Super || mode == Mode::Standard) &&
           vote.test(Measure::BatterySocPct, soc, Op::GreaterEqual, Bound::SocStandardStopPct,
                     rules.soc_standard_stop.value);
}

Vote band_vote(const Situation& s) {
    const RuleConfig& rules = s.rules();
    Vote vote{Rule::R1};
    const double soc = s.site().battery_soc->value;

    const bool has_reserve = vote.test(Measure::BatterySocPct, soc, Op::GreaterEqual,
                                       Bound::SocStopPct, rules.soc_stop.value);
    if (!has_reserve) vote.bind(Code::Stop_R1_SOC_RESERVE_STOP);
    else if (is_super(vote, s, soc)) vote.bind(Code::Start_R1_SUPER);
    else if (is_standard(vote, s, soc)) vote.bind(Code::Start_R1_STANDARD);
    else if (!vote.test(Measure::BatterySocPct, soc, Op::GreaterEqual, Bound::SocEcoStartPct,
                        rules.soc_eco_start.value))
        vote.bind(Code::Noop_R1_SOC_HOLD);
    else if (vote.test(Measure::PvPowerW, s.site().pv_power->value, Op::GreaterEqual,
                       Bound::PvStartW, rules.pv_start.value) ||
             s.is_on())
        vote.bind(Code::Throttle_R1_ECO);
    else vote.bind(Code::Noop_R1_SOC_HOLD_PV);
    return vote;
}

Path own_path(LoadKind kind) { return kind == LoadKind::Heater ? Path::Heat : Path::Hodl; }

Code path_code(Path preferred, bool is_on) {
    switch (preferred) {
        case Path::Export:
            return is_on ? Code::Stop_R1_PATH_EXPORT : Code::Noop_R1_PATH_EXPORT;
        case Path::Store:
            return is_on ? Code::Stop_R1_PATH_STORE : Code::Noop_R1_PATH_STORE;
        case Path::Heat:
        case Path::Hodl:
            break;
    }
    return is_on ? Code::Stop_R1_PATH_HEAT : Code::Noop_R1_PATH_HEAT;
}

// The policy may only make R1 more careful. A heater may use what the miners before it leave.
void apply_policy(Vote& vote, const Situation& s) {
    const Action action = action_of(vote.code);
    if (action != Action::Start && action != Action::Throttle) return;
    const LoadKind kind = s.load_config().kind;
    const Path preferred = s.path.preferred;
    if (kind == LoadKind::Plug || preferred == Path::Hodl || preferred == own_path(kind)) return;

    const auto value = [&](Path p) { return s.path.value_ct_kwh[static_cast<std::size_t>(p)]; };
    vote.test(Measure::PathValue, value(own_path(kind)), Op::GreaterEqual, Bound::PreferredPath,
              value(preferred));
    vote.bind(path_code(preferred, s.is_on()));
}

}  // namespace

Vote r1_profit(const Situation& s) {
    if (s.is_degraded()) return Vote{Rule::R1};
    Vote vote = s.uses_soc_band() ? band_vote(s) : surplus_vote(s);
    if (s.path.has_surplus) apply_policy(vote, s);
    return vote;
}

Mode mode_of(const Vote& r1) {
    if (!r1.is_binding) return Mode::None;
    switch (r1.code) {
        case Code::Stop_R1_SOC_RESERVE_STOP:
            return Mode::Standby;
        case Code::Noop_R1_SOC_HOLD:
        case Code::Noop_R1_SOC_HOLD_PV:
            return Mode::Hold;
        case Code::Throttle_R1_ECO:
            return Mode::Eco;
        case Code::Start_R1_STANDARD:
            return Mode::Standard;
        case Code::Start_R1_SUPER:
            return Mode::Super;
        default:
            return Mode::None;
    }
}

}  // namespace bitgrid::core
