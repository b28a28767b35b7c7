#pragma once
#include "core/rules/situation.hpp"

namespace bitgrid::core {

/// Keeps the house's reserve and the grid. Example: SoC 50 % <= soc_hard_min_pct 50 ->
/// STOP_R2_SOC_HARD_MIN. Every STOP is tested before any NOOP, so that the soft band never hides an
/// import. What is missing is not tested here: R3 answers for it.
Vote r2_autarky(const Situation&);

/// Whether R2's hard reserve (in strategy soc_band: R1's) stands against running. The code that
/// says so, or none.
std::optional<Code> hard_reserve(const Situation&);

}  // namespace bitgrid::core
