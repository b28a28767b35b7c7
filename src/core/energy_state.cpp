#include "core/energy_state.hpp"

#include <algorithm>

namespace bitgrid::core {

Reading<Watts> derive_house_load(const SiteConfig& site, const EnergyState& state) {
    const SiteReadings& s = state.site;
    if (!s.pv_power || !s.grid_import) return {};
    if (site.has_battery && !s.battery_power) return {};

    double watts = std::max(s.pv_power->value, 0.0) + s.grid_import->value;
    std::int32_t age_ms = std::max(s.pv_power.age_ms, s.grid_import.age_ms);
    if (s.grid_export) watts -= s.grid_export->value;
    if (site.has_battery) {
        watts += s.battery_power->value;
        age_ms = std::max(age_ms, s.battery_power.age_ms);
    }
    for (const LoadReadings& load : state.loads) {
        if (load.power) watts -= load.power->value;
        else if (load.is_expected_on) return {};
    }
    return admit<Watts>(Signal::HouseLoad, std::max(watts, 0.0), age_ms);
}

SignalSet missing_site_signals(const SiteConfig& site, const EnergyState& state) {
    SignalSet missing;
    if (!state.site.pv_power) missing.add(Signal::PvPower);
    if (!state.site.grid_import) missing.add(Signal::GridImport);
    if (!state.site.house_load) missing.add(Signal::HouseLoad);
    if (site.has_battery && !state.site.battery_soc) missing.add(Signal::BatterySoc);
    return missing;
}

SignalSet missing_load_signals(const LoadConfig& config, const LoadReadings& load) {
    SignalSet missing;
    if (!load.is_expected_on) return missing;
    if (config.has_temperature && !load.temp) missing.add(Signal::LoadTemp);
    if (!load.heartbeat_age) missing.add(Signal::LoadHeartbeat);
    return missing;
}

SignalSet unusable_signals(const Config& config, const EnergyState& state, std::size_t load,
                           bool is_on) {
    const SignalSet missing = missing_site_signals(config.site, state) |
                              missing_load_signals(config.loads[load], state.loads[load]);
    if (is_on) return missing;
    return missing | state.distrusted | state.loads[load].distrusted;
}

bool is_degraded(const Config& config, const EnergyState& state) {
    if (!missing_site_signals(config.site, state).empty()) return true;
    for (std::size_t i = 0; i < state.loads.size(); ++i)
        if (!missing_load_signals(config.loads[i], state.loads[i]).empty()) return true;
    return false;
}

}  // namespace bitgrid::core
