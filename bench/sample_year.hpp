#pragma once
// A year of ten-minute rows made from the recorded days of data/home_may.csv, with shorter suns in
// winter and clouds that differ from day to day; the same on every machine.
#include <filesystem>
#include <vector>

#include "core/energy_state.hpp"
#include "research/simulate.hpp"

namespace bitgrid::bench {

inline constexpr std::size_t kRowsOfYear = 52'560;

research::RecordedHome sample_year();
/// The same as a packed CSV, as `bitgrid --home` reads it.
void write_sample_home(const std::filesystem::path&);

/// A state for each row, with everything that the rules ask for, and so many loads, of which each
/// runs two rows of three.
std::vector<core::EnergyState> sample_states(std::size_t loads);

}  // namespace bitgrid::bench
