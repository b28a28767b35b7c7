#pragma once
// "Starts when: …": every change that is needed, never a promise.
#include <string>

#include "core/events.hpp"
#include "explain/locale.hpp"

namespace bitgrid::explain {

/// What the load needs, or, while it runs at full power, what would end it first. Empty where
/// nothing was proved.
std::string foil_sentence(const Locale&, const core::Config&, const core::DecisionEvent&);

}  // namespace bitgrid::explain
