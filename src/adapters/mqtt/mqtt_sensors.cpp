#include "adapters/mqtt/mqtt_sensors.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "adapters/mqtt/topic.hpp"

namespace bitgrid::adapters {
namespace {

constexpr std::int64_t kMostAheadMs = 60'000;
constexpr std::int64_t kSourceHoldsMs = 60'000;

/// What a configured name means.
struct Meaning {
    enum class Kind { Plain, SignedGrid, Heartbeat } kind;
    core::Signal signal;
    std::string_view unit;
    bool is_of_load;
};

std::optional<Meaning> meaning_of(std::string_view name) {
    using core::Signal;
    if (name == "grid_power_w")
        return Meaning{Meaning::Kind::SignedGrid, Signal::GridImport, "W", false};
    if (name == "heartbeat" || name == "heartbeat_age_s")
        return Meaning{Meaning::Kind::Heartbeat, Signal::LoadHeartbeat, "s", true};
    const auto signal = core::signal_named(name);
    if (!signal) return std::nullopt;
    return Meaning{Meaning::Kind::Plain, *signal, core::spec_of(*signal).unit,
                   *signal >= Signal::LoadTemp};
}

core::Error refused(std::string what) { return {core::ErrorCode::BadInput, std::move(what)}; }

}  // namespace

struct MqttSensors::Sensor {
    MqttSensorConfig config;
    Meaning meaning;
    std::string part;
    std::optional<core::UnixTime> last_time;  ///< newest time of measurement so far
};

std::vector<std::string> problems(const MqttSensorConfig& config,
                                  const std::vector<std::string>& loads) {
    std::vector<std::string> found;
    if (config.topic.empty() || has_wildcard(config.topic))
        found.push_back("topic: one topic, without + and #");
    if (!is_pointer(config.pointer)) found.push_back("pointer: a JSON pointer, e.g. /a/b");
    if (!is_pointer(config.time_pointer)) found.push_back("time_pointer: a JSON pointer");
    if (!config.time_pointer.empty() && config.pointer.empty())
        found.push_back("time_pointer: needs pointer");
    if (!std::isfinite(config.scale) || config.scale == 0)
        found.push_back("scale: a number other than 0");
    const auto meaning = meaning_of(config.signal);
    if (!meaning) {
        found.push_back("signal: '" + config.signal + "' is not known");
        return found;
    }
    const bool is_load_known = std::find(loads.begin(), loads.end(), config.load) != loads.end();
    if (meaning->is_of_load && !is_load_known)
        found.push_back("load: '" + config.load + "' is not a load");
    if (!meaning->is_of_load && !config.load.empty())
        found.push_back("load: " + config.signal + " belongs to the site");
    if (!convert(0, config.unit, meaning->unit))
        found.push_back("unit: '" + config.unit + "' does not fit " + std::string{meaning->unit});
    return found;
}

MqttSensors::MqttSensors(MqttBus& bus, Sinks sinks, ports::Clock& clock,
                         std::vector<MqttSensorConfig> configs)
    : bus_{bus}, sinks_{sinks}, clock_{clock} {
    for (MqttSensorConfig& config : configs) {
        const auto wrong = problems(config, {config.load});
        if (!wrong.empty()) throw std::invalid_argument(config.topic + ": " + wrong.front());
        const std::string part =
            "sensor/" + (config.load.empty() ? "" : config.load + ".") + config.signal;
        const Meaning meaning = *meaning_of(config.signal);
        sensors_.push_back(
            std::make_unique<Sensor>(Sensor{std::move(config), meaning, part, std::nullopt}));
        Sensor& sensor = *sensors_.back();
        subscriptions_.push_back(bus_.subscribe(
            sensor.config.topic,
            [this, &sensor](const MqttMessage& message) { heard(sensor, message); }));
    }
}

MqttSensors::~MqttSensors() = default;

void MqttSensors::accept_telemetry(const std::string& root, std::vector<std::string> load_ids) {
    load_ids_ = std::move(load_ids);
    subscriptions_.push_back(bus_.subscribe(
        root + "/telemetry/+/+", [this](const MqttMessage& message) { heard_telemetry(message); }));
}

void MqttSensors::heard(Sensor& sensor, const MqttMessage& message) {
    if (auto taken = take(sensor, message); !taken)
        sinks_.health.rejected(sensor.part, taken.error());
}

core::Result<void> MqttSensors::take(Sensor& sensor, const MqttMessage& message) {
    const MqttSensorConfig& config = sensor.config;
    if (sensor.meaning.kind == Meaning::Kind::Heartbeat) {
        if (!message.is_retained) sinks_.signals.alive(config.load);
        return {};
    }
    const auto reading = read_sensor(message.payload, {config.pointer, config.time_pointer});
    if (!reading) return reading.error();
    if (message.is_retained && !reading->time) return {};  // of unknown age: no value, no fault
    const std::string& unit = reading->unit.empty() ? config.unit : reading->unit;
    const auto value = convert(reading->value, unit, sensor.meaning.unit);
    if (!value) return refused("unit '" + unit.substr(0, 16) + "' does not fit");

    std::int64_t age_ms = 0;
    if (reading->time) {
        age_ms = clock_.wall() - *reading->time;
        if (age_ms < -kMostAheadMs) return refused("measured in the future");
        if (sensor.last_time && *reading->time < *sensor.last_time)
            return refused("older than the last value");
        sensor.last_time = reading->time;
    }
    pass_on(sensor, *value * config.scale * (config.invert ? -1 : 1),
            std::max<std::int64_t>(age_ms, 0));
    return {};
}

void MqttSensors::pass_on(const Sensor& sensor, double value, std::int64_t age_ms) {
    ++taken_;
    ports::Measurement measurement{sensor.meaning.signal, sensor.config.load, value,
                                   sensor.config.max_age_s, age_ms};
    if (sensor.meaning.kind != Meaning::Kind::SignedGrid)
        return sinks_.signals.measured(measurement);
    measurement.value = std::max(value, 0.0);
    sinks_.signals.measured(measurement);
    measurement.signal = core::Signal::GridExport;
    measurement.value = std::max(-value, 0.0);
    sinks_.signals.measured(measurement);
}

void MqttSensors::heard_telemetry(const MqttMessage& message) {
    const std::string_view topic = message.topic;
    const std::string_view signal = topic.substr(topic.rfind('/') + 1);
    const std::string_view head = topic.substr(0, topic.rfind('/'));
    const std::string_view device = head.substr(head.rfind('/') + 1);
    const auto sensor = telemetry_sensor(device, signal);
    if (!sensor) return sinks_.health.rejected("telemetry", sensor.error());
    const std::int64_t before = taken_;
    heard(**sensor, message);
    if (taken_ != before) sources_[(*sensor)->config.topic] = {std::string{device}, clock_.mono()};
}

core::Result<MqttSensors::Sensor*> MqttSensors::telemetry_sensor(std::string_view device,
                                                                 std::string_view signal) {
    const auto meaning = meaning_of(signal);
    if (!meaning) return refused("telemetry of an unknown signal");
    const bool is_load = std::find(load_ids_.begin(), load_ids_.end(), device) != load_ids_.end();
    if (meaning->is_of_load && !is_load) return refused("telemetry of an unknown load");
    const std::string key =
        (meaning->is_of_load ? std::string{device} + "." : std::string{}) + std::string{signal};
    if (!may_speak(device, key)) return refused(key + " comes from two devices at once");
    auto& sensor = telemetry_[key];
    if (!sensor) {
        MqttSensorConfig config;
        config.topic = key;
        config.signal = signal;
        if (meaning->is_of_load) config.load = device;
        sensor = std::make_unique<Sensor>(
            Sensor{std::move(config), *meaning, "sensor/" + key, std::nullopt});
    }
    return sensor.get();
}

// The first device that brings a value speaks for the signal until it has been silent for a while.
bool MqttSensors::may_speak(std::string_view device, const std::string& key) {
    const auto source = sources_.find(key);
    if (source == sources_.end() || source->second.device == device) return true;
    if (clock_.mono() - source->second.last <= kSourceHoldsMs) return false;
    sources_.erase(source);
    telemetry_.erase(key);  // and with it the times of the one before
    return true;
}

}  // namespace bitgrid::adapters
