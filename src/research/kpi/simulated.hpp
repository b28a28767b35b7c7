#pragma once
// A simulated run as the figures take it: the same blocks and decisions that a recorded house has.
// Words, delays and temperatures are not made there, so they are not known. Pure.
#include "research/kpi/tally.hpp"
#include "research/simulate_summary.hpp"

namespace bitgrid::research {

struct RowRange {
    std::size_t first{};
    std::size_t end{};  ///< not included
};

/// Of the loads that were simulated. `tariff`: what a kWh is worth; without figures of bitcoin
/// the mined value is not known.
KpiParts parts_of(const RecordedHome&, const Experiment&, const std::vector<SimulatedRow>&,
                  const Tariff&, RowRange);

/// The same rows for the baselines.
std::vector<HouseRecord> records_of(const RecordedHome&, const std::vector<SimulatedRow>&);

}  // namespace bitgrid::research
