// Any topic with any payload, as a broker may deliver it: the first line is the topic, the rest is
// the payload, and a topic that begins with ! was retained. Nothing but a known signal's finite
// value comes of telemetry, and nothing retained is obeyed.
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "adapters/mqtt/mqtt_commands.hpp"
#include "adapters/mqtt/mqtt_sensors.hpp"
#include "adapters/mqtt/testing_bus.hpp"
#include "adapters/mqtt/testing_house.hpp"
#include "net/manual_clock.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

struct Sinks final : ports::SignalSink, ports::HealthSink {
    void measured(const ports::Measurement& m) override {
        demand(std::isfinite(m.value) && m.age_ms >= 0);
        demand(m.load.empty() || m.load == "miner");
    }
    void alive(std::string_view load) override { demand(load == "miner"); }
    void price_series(std::vector<ports::Slot>, core::UnixTime) override { std::abort(); }
    void forecast_series(std::vector<ports::Slot>, core::UnixTime) override { std::abort(); }
    void health(std::string_view, ports::Condition, std::string_view) override {}
    void rejected(std::string_view part, const core::Error& error) override {
        demand(part.size() <= 200 && error.what.size() <= 2'000);
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view topic{reinterpret_cast<const char*>(data), size};
    std::string_view payload;
    if (const auto end = topic.find('\n'); end != std::string_view::npos) {
        payload = topic.substr(end + 1);
        topic = topic.substr(0, end);
    }
    const bool is_retained = !topic.empty() && topic.front() == '!';
    if (is_retained) topic.remove_prefix(1);

    TestBus bus;
    Sinks sinks;
    net::ManualClock clock{core::UnixTime{1'781'517'600'000}};
    net::Exchanges exchanges;
    TestHouse house;
    house.settings.loads = {core::LoadConfig{}};
    TestControl control;
    const MqttSensorConfig grid{.topic = "tele/meter/SENSOR",
                                .signal = "grid_power_w",
                                .load = "",
                                .pointer = "/SML/Power_curr",
                                .time_pointer = "/Time"};
    MqttSensors sensors{bus, {sinks, sinks}, clock, {grid}};
    sensors.accept_telemetry("bitgrid/home", {"miner"});
    const MqttCommands commands{bus, {control, house, sinks, clock}, exchanges, "bitgrid/home"};
    bus.deliver(topic, payload, is_retained);
    bus.deliver(topic, payload, is_retained);
    demand(control.calls.empty() || !is_retained);
    demand(control.calls.size() <= 2);
    for (const Publication& said : bus.published) demand(!has_wildcard(said.topic));
    return 0;
}
