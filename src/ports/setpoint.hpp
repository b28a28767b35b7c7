#pragma once
// What a controller tells a gateway about a load, and what the gateway answers. A setpoint is a
// lease: the gateway lets it lapse to off by itself.
#include <string>
#include <string_view>

#include "core/level.hpp"
#include "core/time.hpp"

namespace bitgrid::ports {

struct Setpoint {
    std::string command_id;  ///< the same id again renews it
    core::Target target;
    core::Watts watts{};
    core::UnixTime expires_at{};  ///< only of a level that is on; off does not lapse
    std::int64_t epoch{0};        ///< the take-over of the site by which it is given
};

/// Why a setpoint is not obeyed.
enum class Refusal : std::uint8_t {
    None,
    StaleEpoch,       ///< another controller has the site by now
    Expired,          ///< it came too late, or one of the two clocks is wrong
    Lapsed,           ///< it was not renewed in time and is over; on again is a new command
    OverTemperature,  ///< the load was too hot, and rests
    Ending            ///< the gateway is about to end
};

/// Engine thread only; never blocks.
class SetpointSink {
public:
    virtual Refusal take(std::string_view load, const Setpoint&) = 0;
    /// A controller says that it has the site by this take-over.
    virtual void heard_epoch(std::int64_t) = 0;

protected:
    ~SetpointSink() = default;
};

}  // namespace bitgrid::ports
