#pragma once
// The environment variables that may override the configuration: BITGRID_<FILE>_<KEY>, handed in as
// a value.
#include <map>
#include <string>
#include <string_view>

namespace bitgrid::ops {

using Environment = std::map<std::string, std::string>;

/// Those of this process that start with BITGRID_. Not to be called while another thread changes
/// the environment.
Environment environment_of_process();

/// BITGRID_<words>, in capitals, everything else as `_`: ("rules", "eta") is BITGRID_RULES_ETA.
std::string variable_name(std::string_view prefix, std::string_view key);

}  // namespace bitgrid::ops
