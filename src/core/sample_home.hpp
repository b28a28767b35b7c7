#pragma once
// A home for the tests: sunny, cool, complete. A test changes what it is about.
#include <string>

#include "core/decide.hpp"

namespace bitgrid::core::sample {

inline constexpr UnixTime kTenOClock{1'781'517'600'000};  // 2026-06-15T10:00:00Z, start of a block

struct Home {
    Config config;
    Memory memory;
    EnergyState state;

    explicit Home(std::size_t loads = 1) {
        config.loads.assign(loads, LoadConfig{});
        state.time = kTenOClock;
        pv(3000);
        house(500);
        grid_import(0);
        soc(80);
        for (std::size_t i = 0; i < loads; ++i) {
            config.loads[i].id = "miner" + std::to_string(i + 1);
            memory.loads.push_back({});
            LoadReadings readings;
            readings.temp = admit<Celsius>(Signal::LoadTemp, 60);
            readings.heartbeat_age = admit<Seconds>(Signal::LoadHeartbeat, 2);
            readings.power = admit<Watts>(Signal::LoadPower, 0);
            state.loads.push_back(readings);
        }
    }

    Home& pv(double w) { return state.site.pv_power = admit<Watts>(Signal::PvPower, w), *this; }
    Home& house(double w) {
        return state.site.house_load = admit<Watts>(Signal::HouseLoad, w), *this;
    }
    Home& grid_import(double w) {
        return state.site.grid_import = admit<Watts>(Signal::GridImport, w), *this;
    }
    Home& soc(double pct) {
        return state.site.battery_soc = admit<Percent>(Signal::BatterySoc, pct), *this;
    }
    Home& price(double ct) {
        state.site.price = state.site.price_peak = admit<CentPerKwh>(Signal::EnergyPrice, ct);
        return *this;
    }
    Home& forecast(double kw) {
        return state.site.pv_forecast = admit<Kilowatts>(Signal::PvForecast, kw), *this;
    }
    Home& temp(double c) {
        return state.loads[0].temp = admit<Celsius>(Signal::LoadTemp, c), *this;
    }
    Home& heartbeat_age(double s) {
        return state.loads[0].heartbeat_age = admit<Seconds>(Signal::LoadHeartbeat, s), *this;
    }
    Home& surplus(double kw) { return pv(500 + kw * 1000), *this; }
    Home& running(Target target = kFull) {
        memory.loads[0].target = target;
        state.loads[0].is_expected_on = true;
        state.loads[0].power = admit<Watts>(Signal::LoadPower, 1674);
        return *this;
    }
    Home& changed(Action action, std::int64_t blocks_ago) {
        memory.loads[0].last_action = action;
        memory.loads[0].unchanged_since = block_of(state.time, config.site.block_ms()) - blocks_ago;
        return *this;
    }
    Home& wish(OverrideAction action, bool use_reserve = false) {
        memory.loads[0].wish =
            Override{action, Watts{900}, use_reserve, state.time + 3'600'000, kOff};
        return *this;
    }
    Home& autonomy(AutonomyLevel level) { return memory.autonomy = level, *this; }

    Outcome outcome() const { return decide(config, memory, state); }
    LoadDecision decision(std::size_t load = 0) const { return outcome().decisions[load]; }
    std::string_view code(std::size_t load = 0) const { return name_of(decision(load).code); }
};

}  // namespace bitgrid::core::sample
