#pragma once
// A year of ten-minute rows made from the recorded days of data/home_may.csv, with shorter suns in
// winter and clouds that differ from day to day; the same on every machine.
#include "research/simulate.hpp"

namespace bitgrid::bench {

inline constexpr std::size_t kRowsOfYear = 52'560;

research::RecordedHome sample_year();

}  // namespace bitgrid::bench
