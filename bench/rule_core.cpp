#include <vector>

#include "bench/benchmark.hpp"
#include "bench/sample_year.hpp"
#include "core/decide.hpp"

namespace bitgrid::bench {
namespace {

using core::admit;
using core::Signal;
using Clock = std::chrono::steady_clock;

constexpr int kRepetitions = 9;

std::vector<core::EnergyState> recorded_states() {
    const research::RecordedHome year = sample_year();
    std::vector<core::EnergyState> states(year.times.size());
    for (std::size_t i = 0; i < states.size(); ++i) {
        core::EnergyState& s = states[i];
        const double net_w = year.house_w[i] - year.pv_w[i];
        s.time = year.times[i];
        s.site.pv_power = admit<core::Watts>(Signal::PvPower, year.pv_w[i]);
        s.site.house_load = admit<core::Watts>(Signal::HouseLoad, year.house_w[i]);
        s.site.grid_import = admit<core::Watts>(Signal::GridImport, std::max(net_w, 0.0) / 4);
        s.site.grid_export = admit<core::Watts>(Signal::GridExport, std::max(-net_w, 0.0) / 4);
        s.site.battery_soc =
            admit<core::Percent>(Signal::BatterySoc, 40 + static_cast<double>(i % 600) / 10);
        s.site.price = admit<core::CentPerKwh>(Signal::EnergyPrice, static_cast<double>(i % 36));
        s.site.price_peak = s.site.price;
        s.site.pv_forecast = admit<core::Kilowatts>(Signal::PvForecast, year.pv_w[i] / 900);
        core::LoadReadings& load = s.loads.emplace_back();
        load.is_expected_on = i % 3 != 0;
        load.temp = admit<core::Celsius>(Signal::LoadTemp, 55 + static_cast<double>(i % 40));
        load.heartbeat_age = admit<core::Seconds>(Signal::LoadHeartbeat, 2);
        load.power = admit<core::Watts>(Signal::LoadPower, 1674);
    }
    return states;
}

/// Runs all states through the rules, the memory handed on. Returns what keeps the work from being
/// left out.
std::size_t replay(const core::Config& config, const std::vector<core::EnergyState>& states) {
    core::Memory memory;
    memory.loads.emplace_back();
    std::size_t sum = 0;
    for (const core::EnergyState& state : states) {
        const core::Outcome outcome = core::decide(config, memory, state);
        memory = outcome.memory;
        sum += static_cast<std::size_t>(outcome.decisions[0].code);
    }
    return sum;
}

double replay_ms() {
    const std::vector<core::EnergyState> states = recorded_states();
    const core::Config config;
    std::vector<double> times_ms;
    volatile std::size_t seen = 0;
    for (int i = 0; i < kRepetitions; ++i) {
        const auto start = Clock::now();
        seen = seen + replay(config, states);
        times_ms.push_back(milliseconds_since(start));
    }
    return median(times_ms);
}

double evaluations_per_s() {
    constexpr std::size_t kStates = 512;  // they stay in the cache: the rules are measured
    constexpr int kRounds = 400;
    std::vector<core::EnergyState> states = recorded_states();
    states.erase(states.begin(), states.begin() + kRowsOfYear / 2);
    states.resize(kStates);
    const core::Config config;
    std::vector<double> per_s;
    volatile std::size_t seen = 0;
    for (int i = 0; i < kRepetitions; ++i) {
        const auto start = Clock::now();
        for (int round = 0; round < kRounds; ++round) seen = seen + replay(config, states);
        per_s.push_back(kStates * kRounds / milliseconds_since(start) * 1000);
    }
    return median(per_s);
}

}  // namespace

Figure decide_per_s() {
    return {evaluations_per_s(), "1/s", kRepetitions,
            "whole rule core, one load, all votes and facts, memory handed on, one core; median"};
}

Figure year_replay_ms() {
    return {replay_ms(), "ms", kRepetitions, "52,560 states in memory, one load; median"};
}

}  // namespace bitgrid::bench
