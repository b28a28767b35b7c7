#pragma once
// What the rules remember as JSON, both ways and without loss.
#include <nlohmann/json.hpp>

#include "core/config.hpp"
#include "core/memory.hpp"
#include "core/result.hpp"

namespace bitgrid::wire {

/// Loads by the ids of the configuration, in its order.
nlohmann::json memory_json(const core::Memory&, const core::Config&);
/// Damaged names what is wrong or missing.
core::Result<core::Memory> memory_from_json(const nlohmann::json&, const core::Config&);

nlohmann::json load_memory_json(const core::LoadMemory&);
/// False: something in it is wrong; what was read until then is of no use.
bool read_load_memory(const nlohmann::json&, core::LoadMemory&);

}  // namespace bitgrid::wire
