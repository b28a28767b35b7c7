#include "core/energy_path.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrid::core {
namespace {

constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();
constexpr double kCtPerEur = 100;
constexpr double kSatPerBitcoin = 1e8;

double known(const std::optional<CentPerKwh>& price) { return price ? price->value : kNoValue; }
double known(const std::optional<double>& number) { return number.value_or(kNoValue); }

double store_ct_kwh(const Config& config, const SiteReadings& site) {
    if (!config.site.has_battery || !site.battery_soc) return kNoValue;
    const bool is_full = site.battery_soc->value >= 100;
    const bool charges_at_its_limit =
        site.battery_power && -site.battery_power->value >= config.rules.battery_max_charge.value;
    if (is_full || charges_at_its_limit) return kNoValue;
    return known(config.policy.avoided_import) * config.policy.round_trip_efficiency;
}

double heat_ct_kwh(const PolicyConfig& policy) {
    if (!policy.heat_useful) return kNoValue;
    return known(policy.heat_value) * policy.heat_useful->value / 100;
}

// The miner that goes first takes the next kWh.
double site_sats_per_kwh(const Config& config) {
    const auto miner = std::ranges::find(config.loads, LoadKind::Miner, &LoadConfig::kind);
    if (miner == config.loads.end()) return kNoValue;
    return sats_per_kwh(config.policy,
                        JoulePerTerahash{miner->full_w.value / miner->full_ths.value});
}

// Equal values leave the load its own way. Asked as "greater", so that an unknown value never wins.
Path most_valuable(const EnergyPathDecision& decision) {
    Path best = Path::Hodl;
    for (const Path path : {Path::Heat, Path::Store, Path::Export}) {
        const double highest = decision.value(best);
        const double value = decision.value(path);
        if (value > highest || (std::isnan(highest) && !std::isnan(value))) best = path;
    }
    return best;
}

Path preferred_path(Policy policy, const EnergyPathDecision& decision) {
    switch (policy) {
        case Policy::ExportFirst:
            return Path::Export;
        case Policy::HeatFirst:
            return decision.value(Path::Heat) > 0 ? Path::Heat : Path::Hodl;
        case Policy::HodlFirst:
            return Path::Hodl;
        case Policy::Adaptive:
            return most_valuable(decision);
    }
    return Path::Hodl;
}

}  // namespace

double sats_per_kwh(const PolicyConfig& policy, JoulePerTerahash efficiency) {
    const double reward = known(policy.btc_block_reward_sat);
    const double difficulty = known(policy.btc_difficulty);
    if (!(efficiency.value > 0) || std::isinf(efficiency.value) || !(difficulty > 0))
        return kNoValue;
    const double hashes_per_kwh = 3.6e6 / efficiency.value * 1e12;
    const double sats =
        hashes_per_kwh * reward / (difficulty * 0x1p32) * (1 - policy.pool_fee.value / 100);
    return std::isfinite(sats) ? sats : kNoValue;
}

EnergyPathDecision judge_energy_path(const Config& config, const EnergyState& state,
                                     double surplus_kw) {
    EnergyPathDecision decision;
    decision.has_surplus = surplus_kw > 0;
    decision.sats_per_kwh = site_sats_per_kwh(config);
    const double hodl_ct =
        decision.sats_per_kwh / kSatPerBitcoin * known(config.policy.btc_price_eur) * kCtPerEur;
    decision.value_ct_kwh = {known(config.policy.feed_in), store_ct_kwh(config, state.site),
                             heat_ct_kwh(config.policy), hodl_ct};
    decision.preferred = preferred_path(config.policy.policy, decision);
    return decision;
}

}  // namespace bitgrid::core
