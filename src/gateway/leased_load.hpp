#pragma once
// One load beside a gateway: runs only as long as a controller renews its lease, and stops by
// itself when it is too hot, whatever anybody says.
#include <memory>
#include <optional>
#include <string>

#include "core/config.hpp"
#include "engine/actuator.hpp"
#include "ports/setpoint.hpp"

namespace bitgrid::gateway {

/// Engine thread only; config, driver, relay and clock must outlive it.
class LeasedLoad {
public:
    struct Calls {
        engine::Actuator::Reporter reporter;
        /// The setpoint of this id was not renewed in time, and the load is told to stop.
        std::function<void(const std::string& command_id)> lapsed;
    };
    struct Hands {
        ports::LoadDriver& driver;
        ports::Relay* relay;
    };

    LeasedLoad(const core::LoadConfig&, const core::RuleConfig&, Hands, ports::Clock&, Calls);

    /// `newest`: the highest epoch that was ever heard of. Off is obeyed from everybody who may
    /// speak here at all; on only by the newest epoch.
    ports::Refusal take(const ports::Setpoint&, std::int64_t newest);
    /// Stops at once where it is too hot.
    void felt(core::Celsius);
    /// Called often: lets lapse, retries, cuts the relay, renews the device's dead man's switch.
    void look(const core::LoadReadings&);
    void stop();

    engine::LoadControl control() const { return actuator_.control(); }
    bool is_off() const;
    bool is_on() const { return lease_until_.has_value(); }
    bool is_too_hot() const { return cools_until_.has_value(); }

    static constexpr std::int64_t kMostLeaseMs = 30'000;

private:
    void order(const std::string& id, core::Target, bool is_urgent);
    void look_at_the_heat(const core::LoadReadings&);

    const core::LoadConfig& config_;
    const core::RuleConfig& rules_;
    ports::Clock& clock_;
    Calls calls_;
    engine::Actuator actuator_;
    std::string command_id_;                     ///< of the newest order
    core::Target target_;                        ///< that it asks for
    std::optional<core::MonoTime> lease_until_;  ///< while it may run
    std::string lapsed_id_;                      ///< of what ran last, and is over
    std::optional<core::MonoTime> cools_until_;  ///< it was too hot: off at least until then
    std::uint64_t own_orders_{0};
};

}  // namespace bitgrid::gateway
