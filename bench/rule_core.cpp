#include <vector>

#include "bench/benchmark.hpp"
#include "bench/sample_year.hpp"
#include "core/decide.hpp"

namespace bitgrid::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRepetitions = 9;

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
    const std::vector<core::EnergyState> states = sample_states(1);
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
    std::vector<core::EnergyState> states = sample_states(1);
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

Figures rule_core(const Effort&) {
    return {{"decide_per_s",
             {evaluations_per_s(), "1/s", kRepetitions,
              "whole rule core, one load, all votes and facts, memory handed on, one core; "
              "median"}},
            {"year_replay_ms",
             {replay_ms(), "ms", kRepetitions, "52,560 states in memory, one load; median"}}};
}

}  // namespace bitgrid::bench
