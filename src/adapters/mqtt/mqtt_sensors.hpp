#pragma once
// Signals from MQTT topics: named ones of anybody's devices, and telemetry/<device>/<signal> under
// our own root. Stored messages count only where the payload says when it was measured; what is
// older than the last, from the future, or not a number is refused and counted, never used.
// Engine thread only; bus, sinks and clock must outlive it.
#include <map>
#include <vector>

#include "adapters/mqtt/mqtt_bus.hpp"
#include "adapters/mqtt/sensor_payload.hpp"
#include "core/config.hpp"
#include "ports/clock.hpp"
#include "ports/signals.hpp"

namespace bitgrid::adapters {

/// One topic that carries one signal.
struct MqttSensorConfig {
    std::string topic;
    std::string signal;        ///< a signal's name, `grid_power_w` (+ = import) or `heartbeat`
    std::string load;          ///< whose; empty for signals of the site
    std::string pointer;       ///< JSON pointer to the value; empty: a plain number
    std::string time_pointer;  ///< JSON pointer to the time; empty: none
    std::string unit{};        ///< of the payload; empty: the signal's own
    double scale{1};           ///< factor, after the unit
    bool invert{false};        ///< turns the sign
    double max_age_s{0};       ///< 0: the signal's default
    friend bool operator==(const MqttSensorConfig&, const MqttSensorConfig&) = default;
};

template <class Visitor>
void describe(Visitor& v, MqttSensorConfig& c) {
    v("topic", c.topic, "topic of one signal, without wildcards");
    v("signal", c.signal, "name of the signal; grid_power_w is split; heartbeat: any message");
    v("load", c.load, "id of the load that it belongs to; empty: the site");
    v("pointer", c.pointer, "JSON pointer to the value; empty: plain number");
    v("time_pointer", c.time_pointer, "JSON pointer to the time of measurement; empty: none");
    v("unit", c.unit, "unit of the payload; empty: the signal's own");
    v("scale", c.scale, core::Range{-1e9, 1e9}, "factor to the unit");
    v("invert", c.invert, "turn the sign");
    v("max_age_s", c.max_age_s, core::Range{0, 86'400}, "older is missing; 0: the default");
}

/// What is wrong with it, in words; empty: nothing.
std::vector<std::string> problems(const MqttSensorConfig&, const std::vector<std::string>& loads);

class MqttSensors {
public:
    struct Sinks {
        ports::SignalSink& signals;
        ports::HealthSink& health;
    };
    /// Throws where a sensor has problems(): configuration is checked before.
    MqttSensors(MqttBus&, Sinks, ports::Clock&, std::vector<MqttSensorConfig>);
    MqttSensors(const MqttSensors&) = delete;
    MqttSensors& operator=(const MqttSensors&) = delete;
    ~MqttSensors();

    /// Takes `<root>/telemetry/<device>/<signal>` too: a load's signals from the device that has
    /// the load's id, the site's from any one device at a time.
    void accept_telemetry(const std::string& root, std::vector<std::string> load_ids);

    std::int64_t taken() const { return taken_; }  ///< values passed on so far

private:
    struct Sensor;
    struct Source {
        std::string device;
        core::MonoTime last{};
    };

    void heard(Sensor&, const MqttMessage&);
    void heard_telemetry(const MqttMessage&);
    core::Result<void> take(Sensor&, const MqttMessage&);
    core::Result<Sensor*> telemetry_sensor(std::string_view device, std::string_view signal);
    bool may_speak(std::string_view device, const std::string& key);
    void pass_on(const Sensor&, double value, std::int64_t age_ms);

    MqttBus& bus_;
    Sinks sinks_;
    ports::Clock& clock_;
    std::vector<std::unique_ptr<Sensor>> sensors_;
    std::map<std::string, std::unique_ptr<Sensor>, std::less<>> telemetry_;  ///< by device/signal
    std::map<std::string, Source> sources_;  ///< who speaks for a signal
    std::vector<std::string> load_ids_;
    std::int64_t taken_{0};
    std::vector<Subscription> subscriptions_;
};

}  // namespace bitgrid::adapters
