#include "app/installation.hpp"

#include <algorithm>
#include <array>

#include "app/gateways.hpp"
#include "ops/config_file.hpp"
#include "ops/config_folder.hpp"

namespace bitgrid::app {
namespace {

constexpr std::size_t kMaxDevices = 50;
constexpr std::array<std::string_view, 14> kTypes{
    "sunspec",      "avalon",        "axeos",        "shelly_relay", "shelly_plug",
    "prices",       "forecast",      "mqtt_plug",    "mqtt_relay",   "shelly1_relay",
    "shelly1_plug", "tasmota_relay", "tasmota_plug", "gateway"};

bool is_by_mqtt(DeviceType type) {
    return type == DeviceType::MqttPlug || type == DeviceType::MqttRelay ||
           type == DeviceType::Gateway;
}

bool is_power_unit(const std::string& unit) { return unit == "W" || unit == "kW" || unit == "mW"; }

void check_topics(const Installation& all, const DeviceConfig& device, const std::string& where,
                  const ops::Places& places, ops::Problems& problems) {
    if (!is_by_mqtt(device.type)) return;
    if (!all.mqtt.enabled)
        problems.push_back(places.problem(where + "type",
                                          "found " + ops::in_quotes(word_of(device.type)),
                                          "only with \"enabled: true\" in mqtt.yaml"));
    if (device.type == DeviceType::Gateway) return;
    if (device.topics.command_topic.empty())
        problems.push_back(
            places.problem(where + "command_topic", "it is empty", "the topic that switches it"));
    if (!is_power_unit(device.topics.power_unit))
        problems.push_back(places.problem(where + "power_unit",
                                          "found " + ops::in_quotes(device.topics.power_unit),
                                          "W, kW or mW"));
}

void check_devices(const Installation& all, const ops::Places& places, ops::Problems& problems) {
    for (std::size_t i = 0; i < all.devices.size(); ++i) {
        const DeviceConfig& device = all.devices[i];
        const std::string where = "devices[" + std::to_string(i) + "].";
        check_topics(all, device, where, places, problems);
        if (!commands_load(device.type)) continue;
        const bool is_known =
            std::any_of(all.config.loads.begin(), all.config.loads.end(),
                        [&](const core::LoadConfig& load) { return load.id == device.load; });
        if (is_known) continue;
        problems.push_back(places.problem(where + "load", "found " + ops::in_quotes(device.load),
                                          "the id of a load in loads.yaml"));
    }
}

// Each begins with the key that it is about: `topic: one topic, without + and #`.
void check_sensors(const Installation& all, const ops::Places& places, ops::Problems& problems) {
    std::vector<std::string> loads;
    for (const core::LoadConfig& load : all.config.loads) loads.push_back(load.id);
    for (std::size_t i = 0; i < all.mqtt_sensors.size(); ++i)
        for (const std::string& wrong : adapters::problems(all.mqtt_sensors[i], loads)) {
            const std::size_t colon = wrong.find(": ");
            const std::string key =
                "mqtt_sensors[" + std::to_string(i) + "]." + wrong.substr(0, colon);
            if (places.is_faulty(key)) continue;
            problems.push_back(places.problem(key, wrong.substr(colon + 2), {}));
        }
}

// Loads, rules and everything by which loads are commanded. False: nobody knows the loads.
bool read_what_commands(const std::filesystem::path& folder, const ops::Environment& environment,
                        Installation& all, ops::Problems& problems) {
    auto rules = ops::load_config(folder, environment);
    const bool knows_loads = static_cast<bool>(rules);
    if (knows_loads) all.config = std::move(rules).value();
    else problems = rules.problems();
    const ops::Places devices =
        ops::read_list(folder / "devices.yaml", environment, all.devices, kMaxDevices, problems);
    ops::read_file(folder / "mqtt.yaml", environment, all.mqtt, problems);
    ops::read_file(folder / "guard.yaml", environment, all.guard, problems);
    ops::read_file(folder / "log.yaml", environment, all.log, problems);
    if (!knows_loads) return false;
    check_devices(all, devices, problems);
    return true;
}

}  // namespace

bool commands_load(DeviceType type) {
    return type != DeviceType::SunSpec && type != DeviceType::Prices &&
           type != DeviceType::Forecast;
}

bool is_relay(DeviceType type) {
    return type == DeviceType::ShellyRelay || type == DeviceType::MqttRelay ||
           type == DeviceType::Shelly1Relay || type == DeviceType::TasmotaRelay;
}

bool is_far(DeviceType type) {
    return is_by_mqtt(type) || type == DeviceType::Prices || type == DeviceType::Forecast;
}

std::string_view word_of(DeviceType type) { return kTypes[static_cast<std::size_t>(type)]; }

ops::Checked<Installation> read_guarded(const std::filesystem::path& folder,
                                        const ops::Environment& environment) {
    Installation all;
    ops::Problems problems;
    read_what_commands(folder, environment, all, problems);
    if (!problems.empty()) return problems;
    return all;
}

ops::Checked<Installation> read_installation(const std::filesystem::path& folder,
                                             const ops::Environment& environment) {
    Installation all;
    ops::Problems problems;
    const bool knows_loads = read_what_commands(folder, environment, all, problems);
    const ops::Places sensors = ops::read_list(folder / "mqtt_sensors.yaml", environment,
                                               all.mqtt_sensors, kMaxDevices, problems);
    ops::read_file(folder / "api.yaml", environment, all.api, problems);
    ops::read_file(folder / "ups.yaml", environment, all.ups, problems);
    ops::read_file(folder / "store.yaml", environment, all.store, problems);
    const ops::Places mirror =
        ops::read_file(folder / "mirror.yaml", environment, all.mirror, problems);
    check_mirror(all.mirror, mirror, problems);
    if (knows_loads) check_sensors(all, sensors, problems);
    report_gateways(folder, environment, knows_loads ? &all.config : nullptr, problems);
    if (!problems.empty()) return problems;
    return all;
}

}  // namespace bitgrid::app
