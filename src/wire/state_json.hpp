#pragma once
// The state that the rules see as JSON, both ways and without loss: with what they remember
// (memory_json.hpp) all that replay computes a decision from again.
#include <nlohmann/json.hpp>

#include "core/config.hpp"
#include "core/energy_state.hpp"
#include "core/level.hpp"
#include "core/result.hpp"

namespace bitgrid::wire {

/// A number, or null where it is not finite.
nlohmann::json number(double);
/// `off`, `eco`, `full`, or watts.
nlohmann::json target_json(core::Target);

nlohmann::json state_json(const core::EnergyState&, const core::Config&);
core::Result<core::EnergyState> state_from_json(const nlohmann::json&, const core::Config&);

}  // namespace bitgrid::wire
