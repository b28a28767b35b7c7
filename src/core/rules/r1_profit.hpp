#pragma once
#include "core/rules/situation.hpp"

namespace bitgrid::core {

/// Runs the load on what would leave the house. Example: surplus 1.6 kW >= surplus_min_kw 1.5 ->
/// START_R1_SURPLUS_OK. Silent while a required signal is missing.
Vote r1_profit(const Situation&);

/// The band that a vote of strategy soc_band stands for; None for other votes.
Mode mode_of(const Vote& r1);

}  // namespace bitgrid::core
