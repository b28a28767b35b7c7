#pragma once
// A smart plug of any make over MQTT: a topic to command it, a topic that tells its contact, a
// topic that tells its watts. A load's driver, or the relay before one. What it did counts, not
// what it was told: a command is done when the plug's own messages agree.
// Engine thread only; bus, sinks and clock must outlive it.
#include <memory>
#include <optional>
#include <vector>

#include "adapters/lifeline.hpp"
#include "adapters/mqtt/mqtt_bus.hpp"
#include "core/config.hpp"
#include "net/exchanges.hpp"
#include "ports/clock.hpp"
#include "ports/load_driver.hpp"
#include "ports/signals.hpp"

namespace bitgrid::adapters {

struct MqttPlugConfig {
    std::string id;    ///< in health: `device/<id>`
    std::string load;  ///< the load behind it
    std::string command_topic;
    std::string payload_on{"on"};
    std::string payload_off{"off"};
    std::string payload_on_for;  ///< on with the plug's own timer, e.g. `on,{s}`; empty: has none
    std::string state_topic;     ///< empty: the plug does not tell
    std::string state_pointer;   ///< JSON pointer; empty: plain text
    std::string state_on{"on"};
    std::string state_off{"off"};
    std::string power_topic;  ///< empty: not measured
    std::string power_pointer;
    std::string power_unit{"W"};
    double off_below_w{5};     ///< less than this is off
    int confirm_s{5};          ///< time for the plug's messages to agree
    bool is_heartbeat{false};  ///< its messages are the load's signs of life: it has no other
    friend bool operator==(const MqttPlugConfig&, const MqttPlugConfig&) = default;
};

/// All but id and load, which every device has.
template <class Visitor>
void describe_topics(Visitor& v, MqttPlugConfig& c) {
    v("command_topic", c.command_topic, "mqtt_plug, mqtt_relay: where it is told");
    v("payload_on", c.payload_on, "mqtt_*: what switches it on");
    v("payload_off", c.payload_off, "mqtt_*: what switches it off");
    v("payload_on_for", c.payload_on_for,
      "mqtt_*: on with its own timer, {s} for seconds; empty: none");
    v("state_topic", c.state_topic, "mqtt_*: where it tells its contact; empty: nowhere");
    v("state_pointer", c.state_pointer, "mqtt_*: JSON pointer to it; empty: plain text");
    v("state_on", c.state_on, "mqtt_*: what it says when it is on");
    v("state_off", c.state_off, "mqtt_*: what it says when it is off");
    v("power_topic", c.power_topic, "mqtt_*: where it tells its power; empty: nowhere");
    v("power_pointer", c.power_pointer, "mqtt_*: JSON pointer to it; empty: plain number");
    v("power_unit", c.power_unit, "mqtt_*: W, kW or mW");
    v("off_below_w", c.off_below_w, core::Range{0, 1'000}, "mqtt_*: less than this is off");
    v("confirm_s", c.confirm_s, core::Range{1, 60}, "mqtt_*: time for its messages to agree");
    v("heartbeat", c.is_heartbeat, "mqtt_*: its messages are the load's signs of life");
}

class MqttPlug final : public ports::LoadDriver, public ports::Relay {
public:
    struct World {
        MqttBus& bus;
        ports::Clock& clock;
        net::Exchanges& exchanges;
        ports::SignalSink& signals;
        ports::HealthSink& health;
    };
    MqttPlug(World, MqttPlugConfig);

    void command(const ports::Command&, ports::CommandDone) override;
    void renew(const ports::Command&) override;
    void cut(ports::CommandDone) override;
    void close(int dead_man_s, ports::CommandDone) override;
    void renew(int dead_man_s) override;

private:
    /// One switching under way; a newer one ends it with Refused.
    struct Attempt {
        std::uint64_t number;
        bool is_on;
        ports::CommandDone done;
        net::Exchanges::Exchange token;
        std::unique_ptr<ports::Timer> deadline;
    };

    void switch_to(bool on, int seconds, ports::CommandDone);
    std::string payload(bool on, int seconds) const;
    void heard_state(const MqttMessage&);
    void heard_power(const MqttMessage&);
    void sign_of_life();
    bool agrees(bool on) const;
    void finish_if_agreed();
    void finish(core::Result<void>);

    World world_;
    const MqttPlugConfig config_;
    const std::string part_;
    std::optional<Attempt> attempt_;
    std::uint64_t attempts_{0};
    std::optional<bool> contact_;    ///< told since the last command
    std::optional<double> power_w_;  ///< told since the last command
    Lifeline lifeline_;
    std::vector<Subscription> subscriptions_;
};

}  // namespace bitgrid::adapters
