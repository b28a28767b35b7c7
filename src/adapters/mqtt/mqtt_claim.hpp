#pragma once
// One controller on a site: who controls it says so on `<root>/controller/claim`, stored and again
// every few seconds. Who comes second hears that, keeps quiet and may not act until the first has
// been silent for a while; where two began at once, the elder stays. Without a broker nobody can
// know of another: then we may act.
// Engine thread only; bus, clock and sinks must outlive it. Health: part `controller`.
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adapters/mqtt/mqtt_bus.hpp"
#include "ports/clock.hpp"
#include "ports/signals.hpp"

namespace bitgrid::adapters {

class MqttClaim {
public:
    struct Identity {
        std::string root;           ///< `bitgrid/<site>`
        std::string controller_id;  ///< the same after a restart of the same installation
    };
    /// `changed` hears whether we may act, each time that it changes; at first we may.
    MqttClaim(MqttBus&, ports::Clock&, ports::HealthSink&, Identity,
              std::function<void(bool may_act)> changed);

    bool may_act() const { return !rival_; }
    void give_up();  ///< before a clean end: who waits need not wait longer

private:
    struct Rival {
        std::string controller_id;
        core::MonoTime heard;
    };
    void heard(const MqttMessage&);
    void beat();
    void yield_to(std::string controller_id);
    bool is_elder(core::UnixTime since, const std::string& controller_id) const;

    MqttBus& bus_;
    ports::Clock& clock_;
    ports::HealthSink& health_;
    const Identity identity_;
    const std::string topic_;
    const std::function<void(bool)> changed_;
    const core::UnixTime since_;
    std::optional<Rival> rival_;
    std::unique_ptr<ports::Timer> heartbeat_;
    Subscription claims_;
};

}  // namespace bitgrid::adapters
