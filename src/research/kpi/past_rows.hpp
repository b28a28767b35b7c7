#pragma once
// Rows of the past, from wherever they were read, as the parts of the figures. Pure; a day takes
// well below a millisecond.
#include <vector>

#include "research/kpi/tally.hpp"
#include "wire/past.hpp"

namespace bitgrid::research {

/// Of the same stretch of time, each in the order of the journal. Of the events those that are not
/// decisions are enough.
struct PastRows {
    std::vector<wire::DecisionRow> decisions;
    std::vector<wire::StateRow> states;
    std::vector<wire::ValueRow> values;
    std::vector<wire::EventRow> events;
    bool has_events{false};  ///< else nothing is known about safety
};

/// from <= time < to: what should have been decided.
struct Stretch {
    core::UnixTime from;
    core::UnixTime to;
};

/// Loads that the facts do not name are added to them. A block's energy counts where its tick lies:
/// at its end.
KpiParts parts_of(const PastRows&, KpiFacts, Stretch);

/// The blocks that the ticks of the states measured, oldest first. `facts` must name the loads.
std::vector<HouseRecord> records_of(const PastRows&, const KpiFacts&);

/// Adds the loads that only the rows name.
KpiFacts with_loads_of(KpiFacts, const PastRows&);

}  // namespace bitgrid::research
