#pragma once
// What is recorded of a decision, computed from what it was made of: the same when it is made, when
// it is only tried, and when it is replayed years later.
#include "core/config.hpp"
#include "core/events.hpp"

namespace bitgrid::core {

/// Everything but ids, versions and words. `before`: the memory that the decision was made with.
DecisionEvent describe(const Config&, const LoadDecision&, const Memory& before, const EnergyState&,
                       Occasion);

/// What would change the decision: of a load that runs in full the nearest limit, of any other the
/// way to a start. Costs a few dozen evaluations of the rules.
void look_ahead(const Config&, DecisionEvent&);

}  // namespace bitgrid::core
