#pragma once
// A gateway's end of MQTT: takes `command/<load>`, answers at `/ack`, tells what its devices
// measure at `telemetry/…`, and how it is at `gateway/<name>/…`. What the devices say goes to the
// local sink first: a load that is too hot does not wait for a broker.
// Engine thread only; bus, sinks and clock must outlive it.
#include <string>
#include <vector>

#include "adapters/mqtt/mqtt_bus.hpp"
#include "ports/clock.hpp"
#include "ports/setpoint.hpp"
#include "ports/signals.hpp"

namespace bitgrid::adapters {

class GatewayLink final : public ports::SignalSink, public ports::HealthSink {
public:
    struct Identity {
        std::string root;  ///< `bitgrid/<site>`
        std::string name;  ///< the gateway's; the signals of the site are told under it
        std::vector<std::string> loads;
    };
    struct Sinks {
        ports::SetpointSink& setpoints;
        ports::SignalSink& signals;
        ports::HealthSink& health;
    };
    GatewayLink(MqttBus&, Sinks, ports::Clock&, Identity);

    /// Says that the lease of a load has lapsed.
    void lapsed(const std::string& load, const std::string& command_id);

    // SignalSink
    void measured(const ports::Measurement&) override;
    void alive(std::string_view load) override;
    void price_series(std::vector<ports::Slot>, core::UnixTime) override {}
    void forecast_series(std::vector<ports::Slot>, core::UnixTime) override {}
    // HealthSink
    void health(std::string_view part, ports::Condition, std::string_view reason) override;
    void rejected(std::string_view part, const core::Error&) override;

private:
    void heard_command(const std::string& load, const MqttMessage&);
    void heard_claim(const MqttMessage&);
    void answer(const std::string& load, const std::string& command_id, ports::Refusal);
    std::string telemetry(std::string_view device, std::string_view signal) const;

    MqttBus& bus_;
    Sinks sinks_;
    ports::Clock& clock_;
    const Identity identity_;
    std::vector<Subscription> subscriptions_;
};

}  // namespace bitgrid::adapters
