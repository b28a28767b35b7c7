#pragma once
// What the power supply of the host says: mains or battery, and how long the battery lasts.
#include <optional>
#include <string_view>

namespace bitgrid::ports {

/// One look at a UPS. Percent 0 to 100, seconds >= 0; missing where the UPS does not know.
struct PowerReading {
    bool is_on_battery{false};       ///< the grid is gone
    bool is_low{false};              ///< the battery will end soon
    bool is_forced_shutdown{false};  ///< whoever watches the UPS has begun to end everything
    bool is_overloaded{false};
    bool wants_service{false};  ///< replace the battery, or another alarm
    std::optional<double> charge_pct;
    std::optional<double> runtime_s;
};

/// Engine thread only; never blocks. Loads that must stop are commanded before the call returns.
class PowerSink {
public:
    virtual void power(const PowerReading&) = 0;

protected:
    ~PowerSink() = default;
};

}  // namespace bitgrid::ports
