#pragma once
// A figure of bench.json: what was measured, in which unit, how often.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace bitgrid::bench {

struct Figure {
    double value{};
    std::string unit;
    std::size_t n{};  ///< repetitions behind the value
    std::string note;
};

/// How long and how often; smaller only for trying.
struct Effort {
    int trials{10'000};  ///< of the safety reaction
    int seconds{60};     ///< of what is watched over time
};

using Figures = std::vector<std::pair<std::string, Figure>>;

struct Benchmark {
    const char* name;
    Figures (*run)(const Effort&);
};

using SteadyTime = std::chrono::steady_clock::time_point;

inline double milliseconds_between(SteadyTime from, SteadyTime to) {
    return std::chrono::duration<double, std::milli>(to - from).count();
}
inline double milliseconds_since(SteadyTime start) {
    return milliseconds_between(start, std::chrono::steady_clock::now());
}

/// The smallest value that `share` (0 to 1) of all values do not exceed. Of nothing: NaN.
inline double quantile(std::vector<double> values, double share) {
    if (values.empty()) return std::nan("");
    const auto rank =
        static_cast<std::ptrdiff_t>(std::ceil(share * static_cast<double>(values.size())) - 1);
    const auto place = values.begin() + std::clamp<std::ptrdiff_t>(rank, 0, std::ssize(values) - 1);
    std::ranges::nth_element(values, place);
    return *place;
}
inline double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }
inline double largest(const std::vector<double>& values) { return quantile(values, 1); }

// In process.
Figures rule_core(const Effort&);
Figures simulate_year(const Effort&);
Figures sweep_years(const Effort&);
Figures kpi_day(const Effort&);
Figures archive_year(const Effort&);
// The daemon in a house of real sockets.
Figures block_tick(const Effort&);
Figures safety_reaction(const Effort&);
Figures daemon_start(const Effort&);
Figures idle_daemon(const Effort&);
Figures mqtt_ingest(const Effort&);
Figures api_state(const Effort&);
Figures live_readers(const Effort&);

}  // namespace bitgrid::bench
