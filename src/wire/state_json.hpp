#pragma once
// State and memory of the rules as JSON, both ways and without loss: what replay computes a
// decision from again.
#include <nlohmann/json.hpp>

#include "core/config.hpp"
#include "core/energy_state.hpp"
#include "core/memory.hpp"
#include "core/result.hpp"
#include "ports/journal.hpp"

namespace bitgrid::wire {

/// A number, or null where it is not finite.
nlohmann::json number(double);
/// `off`, `eco`, `full`, or watts.
nlohmann::json target_json(core::Target);

nlohmann::json state_json(const core::EnergyState&, const core::Config&);
core::Result<core::EnergyState> state_from_json(const nlohmann::json&, const core::Config&);

/// Loads by the ids of the configuration, in its order.
nlohmann::json memory_json(const core::Memory&, const core::Config&);
core::Result<core::Memory> memory_from_json(const nlohmann::json&, const core::Config&);

/// What survives a restart; it names its loads itself.
nlohmann::json checkpoint_json(const ports::Checkpoint&);
core::Result<ports::Checkpoint> checkpoint_from_json(const nlohmann::json&);

}  // namespace bitgrid::wire
