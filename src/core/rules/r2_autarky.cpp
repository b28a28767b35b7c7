#include "core/rules/r2_autarky.hpp"

namespace bitgrid::core {
namespace {

bool tests_battery(const Situation& s) {
    return s.config.site.has_battery && !s.uses_soc_band() && s.site().battery_soc;
}

// True while the grid gives no more than is allowed.
bool respects_grid(Vote& vote, const Situation& s) {
    const SiteReadings& site = s.site();
    if (site.fast_import_for &&
        !vote.test(Measure::FastImportS, site.fast_import_for->value, Op::Less,
                   Bound::GridImportFastS, s.rules().grid_import_fast_for.value))
        return false;
    if (!site.grid_import) return true;
    const double net_w =
        site.grid_import->value - (site.grid_export ? site.grid_export->value : 0.0);
    return vote.test(Measure::NetImportW, net_w, Op::LessEqual, Bound::MaxGridImportW,
                     s.rules().max_grid_import.value);
}

}  // namespace

Vote r2_autarky(const Situation& s) {
    const RuleConfig& rules = s.rules();
    Vote vote{Rule::R2};

    bool has_hard_reserve = true;
    bool has_soft_reserve = true;
    if (tests_battery(s)) {
        const double soc = s.site().battery_soc->value;
        has_hard_reserve = vote.test(Measure::BatterySocPct, soc, Op::Greater, Bound::SocHardMinPct,
                                     rules.soc_hard_min.value);
        has_soft_reserve = vote.test(Measure::BatterySocPct, soc, Op::Greater, Bound::SocSoftMinPct,
                                     rules.soc_soft_min.value);
    }
    const bool is_grid_fine = respects_grid(vote, s);

    if (!has_hard_reserve) vote.bind(Code::Stop_R2_SOC_HARD_MIN);
    else if (!is_grid_fine) vote.bind(Code::Stop_R2_GRID_IMPORT_EXCEEDED);
    else if (!has_soft_reserve) vote.bind(Code::Noop_R2_SOC_SOFT_MIN);
    return vote;
}

std::optional<Code> hard_reserve(const Situation& s) {
    const auto& soc = s.site().battery_soc;
    if (!s.config.site.has_battery || !soc) return std::nullopt;
    if (s.uses_soc_band()) {
        if (soc->value < s.rules().soc_stop.value) return Code::Stop_R1_SOC_RESERVE_STOP;
    } else if (soc->value <= s.rules().soc_hard_min.value) {
        return Code::Stop_R2_SOC_HARD_MIN;
    }
    return std::nullopt;
}

}  // namespace bitgrid::core
