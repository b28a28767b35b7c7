#pragma once
// What survives a restart as JSON, both ways; it names its loads itself.
#include <nlohmann/json.hpp>

#include "core/result.hpp"
#include "ports/journal.hpp"

namespace bitgrid::wire {

nlohmann::json checkpoint_json(const ports::Checkpoint&);
/// Damaged names what is wrong. What an older program did not write keeps its default.
core::Result<ports::Checkpoint> checkpoint_from_json(const nlohmann::json&);

}  // namespace bitgrid::wire
