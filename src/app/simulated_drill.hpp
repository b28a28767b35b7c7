#pragma once
// A drill in a simulated house of its own, in lock-step: time moves only when nothing is under way,
// so the same seconds are measured on every machine.
#include <functional>

#include "app/drill.hpp"

namespace bitgrid::app {

/// Blocks for some seconds. Nothing is left of the house; no broker, no page, a free port of this
/// machine. `is_ending` is asked now and then. An error: the house could not be set up.
core::Result<DrillOutcome> drill_in_simulated_house(
    const std::function<void(const core::DrillStep&)>& told,
    const std::function<bool()>& is_ending);

}  // namespace bitgrid::app
