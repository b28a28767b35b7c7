#pragma once
// What a measure of the rules is in a state, before anything is computed from it.
#include "core/energy_state.hpp"
#include "core/vote.hpp"

namespace bitgrid::core {

/// In the unit that the measure is compared in; NaN where the signal is missing, and for measures
/// that are computed (surplus, blocks, lockouts).
double reading_of(const EnergyState&, std::size_t load, Measure);

}  // namespace bitgrid::core
