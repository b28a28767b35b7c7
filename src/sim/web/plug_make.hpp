#pragma once
// Which make the simulated plugs are of: the same contact, timer and meter, spoken to differently.
#include <memory>
#include <string_view>

#include "sim/web/shelly.hpp"

namespace bitgrid::sim {

enum class PlugMake : std::uint8_t { Shelly, Shelly1, Tasmota };
inline constexpr std::string_view kPlugMakes[] = {"shelly", "shelly1", "tasmota"};

/// The house must outlive it.
std::unique_ptr<WebDevice> make_plug(House&, PlugMake, ShellyConfig);

}  // namespace bitgrid::sim
