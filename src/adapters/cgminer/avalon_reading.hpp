#pragma once
// What an Avalon says of itself in `estats`: the only place where the chips' temperatures are.
#include <nlohmann/json.hpp>
#include <optional>

#include "core/result.hpp"

namespace bitgrid::adapters::cgminer {

enum class Phase : std::uint8_t { Unknown, Starting, Working, Standby };

/// Absent is what was not said, or in a way that means nothing: a temperature of -273 or 0 is no
/// temperature, and a power of 0 no power.
struct AvalonReading {
    std::optional<double> temp_c;        ///< hottest chip
    std::optional<double> power_w;       ///< AC
    bool is_power_estimated{false};      ///< from the DC side, by a typical efficiency
    std::optional<double> hashrate_ths;  ///< now
    std::optional<double> fan_rpm;
    std::optional<double> elapsed_s;  ///< since the mining program started
    std::optional<int> work_mode;
    Phase phase{Phase::Unknown};
};

/// From the JSON of an `estats`, `stats` or `litestats` reply; pure, any JSON. NotFound where no
/// module reports.
core::Result<AvalonReading> read_avalon(const nlohmann::json& reply);

}  // namespace bitgrid::adapters::cgminer
