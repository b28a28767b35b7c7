#pragma once
// A figure of bench.json: what was measured, in which unit, how often.
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace bitgrid::bench {

struct Figure {
    double value{};
    std::string unit;
    std::size_t n{};  ///< repetitions behind the value
    std::string note;
};

struct Benchmark {
    const char* name;
    Figure (*run)();
};

inline double milliseconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
        .count();
}

/// The middle one; leaves the others in any order.
inline double median(std::vector<double> values) {
    const auto middle = values.begin() + std::ssize(values) / 2;
    std::ranges::nth_element(values, middle);
    return *middle;
}

Figure decide_per_s();
Figure year_replay_ms();
Figure simulate_year_ms();

}  // namespace bitgrid::bench
