#pragma once
// Tells the house on MQTT: states as retained text and documents when they change, at most once a
// second; events as they happen; all states again whenever the broker is back. Engine thread only;
// never blocks, never fails: what cannot be sent waits in the bus or is said anew.
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "adapters/mqtt/mqtt_bus.hpp"
#include "ports/announcer.hpp"
#include "ports/clock.hpp"
#include "ports/live_view.hpp"

namespace bitgrid::adapters {

class MqttPublisher final : public ports::Announcer {
public:
    /// `root` is `bitgrid/<site>`. Bus, house and clock must outlive it.
    MqttPublisher(MqttBus&, const ports::House&, ports::Clock&, std::string root);

    void told(const core::Event&, const ports::Receipt*) override;
    void changed() override;

private:
    void say_all();
    void say_state();
    void say_site(const ports::LiveView&);
    void say_load(const ports::LoadView&);
    void say_decision(const core::DecisionEvent&);
    void say_health(const ports::LiveView&);
    /// Retained, and only where it differs from what was said last.
    void say(const std::string& topic, std::string payload);

    MqttBus& bus_;
    const ports::House& house_;
    ports::Clock& clock_;
    const std::string root_;
    std::unordered_map<std::string, std::string> said_;
    std::optional<core::MonoTime> last_state_;
    std::unique_ptr<ports::Timer> later_;
    Subscription connected_;
};

}  // namespace bitgrid::adapters
