#pragma once
// Rule sets with a name, fitted to the physics of a house and its load.
#include <optional>
#include <span>
#include <string_view>

#include "core/config.hpp"
#include "research/house_model.hpp"

namespace bitgrid::research {

/// Names of the presets that preset_named() knows.
std::span<const std::string_view> preset_names();

/// `surplus`: the default thresholds. `battery-first`: the load lives on what would leave the
/// house. Nothing for any other name.
std::optional<core::Config> preset_named(std::string_view name, const Battery&);

}  // namespace bitgrid::research
