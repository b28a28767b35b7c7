#pragma once
// Everything that the owner sets, from the configuration folder: the rules' part and that of every
// adapter.
#include <filesystem>
#include <string>
#include <vector>

#include "adapters/guard_lease/guard_config.hpp"
#include "adapters/mqtt/mqtt_config.hpp"
#include "adapters/mqtt/mqtt_plug.hpp"
#include "adapters/mqtt/mqtt_sensors.hpp"
#include "adapters/nut/nut_config.hpp"
#include "api/api_config.hpp"
#include "app/mirror_config.hpp"
#include "core/config.hpp"
#include "ops/checked.hpp"
#include "ops/environment.hpp"
#include "ops/log.hpp"
#include "store/sqlite_journal.hpp"

namespace bitgrid::app {

enum class DeviceType : std::uint8_t {
    SunSpec,
    Avalon,
    AxeOs,
    ShellyRelay,
    ShellyPlug,
    Prices,
    Forecast,
    MqttPlug,
    MqttRelay,
    Shelly1Relay,
    Shelly1Plug,
    TasmotaRelay,
    TasmotaPlug,
    Gateway
};

/// One entry of devices.yaml: what stands at which address. Each type uses the keys that it has a
/// meaning for.
struct DeviceConfig {
    DeviceType type{DeviceType::SunSpec};
    std::string id;    ///< name in health; empty: the type's own
    std::string load;  ///< load that it is, or stands before
    std::string host{"127.0.0.1"};
    int port{0};        ///< 0: the protocol's own
    double poll_s{0};   ///< 0: the device's own rhythm
    int pause_ms{200};  ///< real time between two commands, where the device needs it
    std::string user{"admin"};
    std::string password;
    int channel{0};
    int unit_id{1};
    int meter_unit_id{0};
    bool invert_grid{false};
    bool invert_battery{false};
    std::string url;  ///< of a price or weather service
    double kwp{5};
    double latitude{0};
    double longitude{0};
    adapters::MqttPlugConfig topics;  ///< of a plug that is reached by MQTT
    friend bool operator==(const DeviceConfig&, const DeviceConfig&) = default;
};

template <class Visitor>
void describe(Visitor& v, DeviceConfig& c) {
    v.choice("type", c.type,
             {"sunspec", "avalon", "axeos", "shelly_relay", "shelly_plug", "prices", "forecast",
              "mqtt_plug", "mqtt_relay", "shelly1_relay", "shelly1_plug", "tasmota_relay",
              "tasmota_plug", "gateway"},
             "what it is");
    v("id", c.id, "name in health; empty: the type's name");
    v("load", c.load, "id of the load that it is, or stands before");
    v("host", c.host, "address or name");
    v("port", c.port, core::Range{0, 65'535}, "0: the protocol's own");
    v("poll_s", c.poll_s, core::Range{0, 3'600}, "seconds between two polls; 0: the device's own");
    v("pause_ms", c.pause_ms, core::Range{0, 10'000}, "avalon: pause between two commands");
    v("user", c.user, "shelly1_*, tasmota_*: name that it wants with the password");
    v.secret("password", c.password, "shelly*_*, tasmota_*: what it wants to be logged in with");
    v("channel", c.channel, core::Range{0, 3}, "shelly*_*, tasmota_*: which of its switches");
    v("unit_id", c.unit_id, core::Range{0, 255}, "sunspec: Modbus unit of inverter and battery");
    v("meter_unit_id", c.meter_unit_id, core::Range{0, 255},
      "sunspec: unit of the meter; 0: the same");
    v("invert_grid", c.invert_grid, "sunspec: whether the meter counts export as positive");
    v("invert_battery", c.invert_battery,
      "sunspec: whether the battery counts charging as positive");
    v("url", c.url, "prices, forecast: address of the service; empty: the public one");
    v("kwp", c.kwp, core::Range{0, 1'000}, "forecast: size of the plant");
    v("latitude", c.latitude, core::Range{-90, 90}, "forecast: place");
    v("longitude", c.longitude, core::Range{-180, 180}, "forecast: place");
    describe_topics(v, c.topics);
}

struct Installation {
    core::Config config;
    std::vector<DeviceConfig> devices;
    adapters::MqttConfig mqtt;
    std::vector<adapters::MqttSensorConfig> mqtt_sensors;
    api::ApiConfig api;
    adapters::nut::NutConfig ups;
    adapters::GuardConfig guard;
    store::StoreConfig store;
    MirrorConfig mirror;  ///< of another program; here only to be journalled
    ops::LogConfig log;
    friend bool operator==(const Installation&, const Installation&) = default;
};

/// Reads the whole folder; all problems of all files at once. A missing file leaves its defaults.
ops::Checked<Installation> read_installation(const std::filesystem::path& folder,
                                             const ops::Environment&);

/// Of the folder only what the guard needs, so that a mistake elsewhere does not keep it from its
/// duty; the rest has its defaults.
ops::Checked<Installation> read_guarded(const std::filesystem::path& folder,
                                        const ops::Environment&);

/// Whether it is a load, or the switch before one.
bool commands_load(DeviceType);
/// Whether it stands in front of a load and can cut it off.
bool is_relay(DeviceType);

/// Whether it is reached by the broker or is a service outside the house: not a device beside us.
bool is_far(DeviceType);

/// The word of a type in devices.yaml.
std::string_view word_of(DeviceType);

}  // namespace bitgrid::app
