#pragma once
// The values that a decision hung on and that somebody may want to move: signals and thresholds
// that its rules compared, the deciding rule's first.
#include <nlohmann/json.hpp>

#include "core/case.hpp"

namespace bitgrid::research {

/// `[{"kind", "name", "unit", "value", "min", "max", "step"}]` with the values of `moment`: what
/// the rules looked at before, then what they look at after the changes. A signal that is missing
/// has the value null.
nlohmann::json what_if_fields(const core::Case& moment, const core::DecisionEvent& before,
                              const core::DecisionEvent& after);

}  // namespace bitgrid::research
