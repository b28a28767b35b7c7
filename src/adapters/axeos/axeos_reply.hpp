#pragma once
// What AxeOS (Bitaxe and its kin) says of itself and of its chip.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace bitgrid::adapters::axeos {

/// Absent is what was not said; a temperature of -1 or 0 is a chip without power, not a cold one.
struct Info {
    std::optional<double> temp_c;  ///< hottest of its chips' sensors
    std::optional<double> power_w;
    std::optional<double> hashrate_ths;
    std::optional<double> fan_rpm;
    std::optional<double> uptime_s;
    std::optional<double> frequency_mhz;
    std::optional<bool> is_paused;  ///< absent: this firmware knows no pause
    bool is_overheated{false};
    std::string fault;  ///< in its own words; empty: none
};

/// From `/api/system/info`; pure, any JSON. Yes and no may be numbers. Damaged where it is none.
core::Result<Info> read_info(const nlohmann::json&);

/// Frequencies that the maker offers, MHz, rising, from `/api/system/asic`; empty where none.
std::vector<double> read_frequencies(const nlohmann::json&);

/// The highest offered frequency not above `wanted_mhz`, or the lowest of all; absent where none is
/// offered.
std::optional<double> offered(const std::vector<double>& frequencies, double wanted_mhz);

}  // namespace bitgrid::adapters::axeos
