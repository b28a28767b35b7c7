#pragma once
// The numbers behind a decision: what the rules compared, else what the state and the settings say.
#include <optional>

#include "core/events.hpp"

namespace bitgrid::explain {

/// The first recorded comparison of the measure that did not hold, if any.
const core::Fact* failed_fact(const core::DecisionEvent&, core::Measure);

double value_of(const core::DecisionEvent&, core::Measure);  ///< NaN where it is missing
double bound_of(const core::Config&, const core::DecisionEvent&, core::Bound);

/// Lower edge of the band that a load in strategy soc_band was put into.
double band_of(const core::DecisionEvent&);

/// The lockout that holds after the decision.
std::optional<core::Lockout> lockout_of(const core::Config&, const core::DecisionEvent&);

/// Until when the decision's own reason holds: R5's hold, a lockout, a wish.
std::optional<core::UnixTime> end_of(const core::Config&, const core::DecisionEvent&);

/// What ASSIST proposed or a person accepted.
std::optional<core::Code> proposal_of(const core::DecisionEvent&);

}  // namespace bitgrid::explain
