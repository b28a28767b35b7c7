#include "bench/sample_year.hpp"

#include <cmath>
#include <cstdlib>
#include <iostream>
#include <numbers>

#include "research/simulate_files.hpp"

namespace bitgrid::bench {

research::RecordedHome sample_year() {
    const auto recorded = research::read_home(BITGRID_SOURCE_DIR "/data/home_may.csv");
    if (!recorded) {
        std::cerr << recorded.error().what << '\n';
        std::exit(EXIT_FAILURE);
    }
    constexpr core::UnixTime kNewYear{1'735'689'600'000};  // 2025-01-01
    constexpr std::size_t kRowsOfDay = 144;
    const research::RecordedHome& days = recorded->home;
    research::RecordedHome year;
    for (std::size_t i = 0; i < kRowsOfYear; ++i) {
        const std::size_t row = i % days.times.size();
        const auto day = static_cast<double>(i / kRowsOfDay);
        const double season = 0.6 - 0.4 * std::cos(day / 365 * 2 * std::numbers::pi);
        const double cloud = 0.5 + 0.5 * std::abs(std::sin(day * 12.9898));
        year.times.push_back(kNewYear + static_cast<std::int64_t>(i) * year.row_ms);
        year.pv_w.push_back(std::floor(days.pv_w[row] * season * cloud));
        year.house_w.push_back(days.house_w[row]);
    }
    return year;
}

}  // namespace bitgrid::bench
