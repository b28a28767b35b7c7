#pragma once
// For tests: JSON Schema as far as schemas/ use it. A word that it does not know is a fault of the
// schema, so that nothing passes unread.
#include <nlohmann/json.hpp>
#include <string>

namespace bitgrid::api {

/// Where the document is not what the schema says, or empty. `name`: `live`, or `live/load` for one
/// of its $defs.
std::string fault_of(const nlohmann::json& document, const std::string& name);

}  // namespace bitgrid::api
