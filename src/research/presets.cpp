#include "research/presets.hpp"

#include <array>

namespace bitgrid::research {
namespace {

constexpr std::array<std::string_view, 2> kNames{"surplus", "battery-first"};

core::Config for_house(const Battery& battery) {
    core::Config config;
    config.site.has_battery = battery.kwh > 0;
    config.rules.battery_capacity = core::KilowattHours{battery.kwh};
    config.rules.battery_max_charge = core::Watts{battery.kw * 1000};
    config.rules.eta = battery.eta;
    return config;
}

// The battery takes the sun first, so that the load lives on what would leave the house. The
// thresholds stay those of `surplus`.
core::Config battery_first(const Battery& battery) {
    core::Config config = for_house(battery);
    config.rules.battery_first = true;
    return config;
}

}  // namespace

std::span<const std::string_view> preset_names() { return kNames; }

std::optional<core::Config> preset_named(std::string_view name, const Battery& battery) {
    if (name == kNames[0]) return for_house(battery);
    if (name == kNames[1]) return battery_first(battery);
    return std::nullopt;
}

}  // namespace bitgrid::research
