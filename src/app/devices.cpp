#include "app/devices.hpp"

#include <algorithm>

#include "adapters/axeos/axeos_miner.hpp"
#include "adapters/cgminer/avalon.hpp"
#include "adapters/forecast/open_meteo.hpp"
#include "adapters/modbus/sunspec_device.hpp"
#include "adapters/mqtt/mqtt_plug.hpp"
#include "adapters/mqtt/remote_load.hpp"
#include "adapters/price/energy_charts.hpp"
#include "adapters/shelly/shelly_plug.hpp"
#include "adapters/tasmota/tasmota_plug.hpp"

namespace bitgrid::app {
namespace {

/// Stands where a load has no device.
class Nobody final : public ports::LoadDriver {
public:
    void command(const ports::Command& command, ports::CommandDone done) override {
        if (command.target.is_on())
            return done(core::Error{core::ErrorCode::NotFound, "no device drives this load"});
        done({});
    }
    void renew(const ports::Command&) override {}
};

void use(const DeviceConfig& from, std::string& id, std::string& host, int& port, double& poll_s) {
    if (!from.id.empty()) id = from.id;
    host = from.host;
    if (from.port != 0) port = from.port;
    if (from.poll_s > 0) poll_s = from.poll_s;
}

adapters::SunSpecConfig sunspec(const DeviceConfig& d) {
    adapters::SunSpecConfig c;
    use(d, c.id, c.host, c.port, c.poll_s);
    c.unit_id = d.unit_id;
    c.meter_unit_id = d.meter_unit_id;
    c.invert_grid = d.invert_grid;
    c.invert_battery = d.invert_battery;
    return c;
}

}  // namespace

Devices::Devices(adapters::DeviceWorld world, adapters::MqttBus* bus, const core::Config& config,
                 const std::vector<DeviceConfig>& list)
    : world_{world},
      bus_{bus},
      config_{config},
      list_{list},
      hands_(config.loads.size()),
      nobody_{std::make_unique<Nobody>()} {
    for (const DeviceConfig& device : list_) add(device);
}

Devices::~Devices() = default;

template <class Device, class Config>
Device& Devices::keep(Config config) {
    auto device = std::make_shared<Device>(world_, std::move(config));
    Device& running = *device;
    running_.push_back(
        {std::move(device), [&running] { running.start(); }, [&running] { running.stop(); }});
    return running;
}

Devices::Hands& Devices::hands_of(const std::string& load) {
    for (std::size_t i = 0; i < hands_.size(); ++i)
        if (config_.loads[i].id == load) return hands_[i];
    throw std::invalid_argument{"no load " + load};  // checked when the configuration was read
}

bool Devices::has_relay(const std::string& load) const {
    return std::any_of(list_.begin(), list_.end(),
                       [&](const DeviceConfig& d) { return is_relay(d.type) && d.load == load; });
}

void Devices::attach_to(engine::Engine& engine) {
    for (std::size_t i = 0; i < hands_.size(); ++i) engine.attach(i, driver_of(i), relay_of(i));
}

ports::LoadDriver& Devices::driver_of(std::size_t load) {
    return hands_[load].driver != nullptr ? *hands_[load].driver : *nobody_;
}

void Devices::start() {
    for (Running& device : running_) device.start();
}

void Devices::stop() {
    for (auto device = running_.rbegin(); device != running_.rend(); ++device) device->stop();
}

const core::LoadConfig& Devices::load_of(const DeviceConfig& d) const {
    return load_named(d.load, config_);
}

const core::LoadConfig& Devices::load_named(const std::string& id, const core::Config& config) {
    for (const core::LoadConfig& load : config.loads)
        if (load.id == id) return load;
    throw std::invalid_argument{"no load " + id};  // checked when the configuration was read
}

void Devices::learn(const core::Config& config) {
    for (Running& device : running_)
        if (device.learn) device.learn(config);
}

void Devices::add(const DeviceConfig& d) {
    switch (d.type) {
        case DeviceType::SunSpec:
            keep<adapters::SunSpecDevice>(sunspec(d));
            break;
        case DeviceType::Avalon:
            add_avalon(d);
            break;
        case DeviceType::AxeOs:
            add_axeos(d);
            break;
        case DeviceType::ShellyRelay:
        case DeviceType::ShellyPlug:
            add_plug<adapters::ShellyPlug>(d);
            break;
        case DeviceType::Shelly1Relay:
        case DeviceType::Shelly1Plug:
            add_plug<adapters::ShellyGen1Plug>(d);
            break;
        case DeviceType::TasmotaRelay:
        case DeviceType::TasmotaPlug:
            add_plug<adapters::TasmotaPlug>(d);
            break;
        case DeviceType::Prices:
            add_prices(d);
            break;
        case DeviceType::Forecast:
            add_forecast(d);
            break;
        case DeviceType::MqttPlug:
        case DeviceType::MqttRelay:
            add_mqtt(d);
            break;
        case DeviceType::Gateway:
            add_gateway(d);
            break;
    }
}

void Devices::add_avalon(const DeviceConfig& d) {
    adapters::AvalonConfig c;
    use(d, c.id, c.host, c.port, c.poll_s);
    c.load_id = d.load;
    c.pause_ms = d.pause_ms;
    c.eco_w = load_of(d).eco_w.value;
    c.full_w = load_of(d).full_w.value;
    // The plug in front of it measures better, and shows it when the miner is without power.
    c.is_behind_relay = has_relay(d.load);
    c.reports_power = !c.is_behind_relay;
    auto& miner = keep<adapters::AvalonMiner>(c);
    hands_of(d.load).driver = &miner;
    running_.back().learn = [&miner, id = d.load](const core::Config& config) {
        const core::LoadConfig& load = load_named(id, config);
        miner.knows_power(load.eco_w.value, load.full_w.value);
    };
}

void Devices::add_axeos(const DeviceConfig& d) {
    adapters::AxeOsConfig c;
    use(d, c.id, c.host, c.port, c.poll_s);
    c.load_id = d.load;
    c.eco_w = load_of(d).eco_w.value;
    c.full_w = load_of(d).full_w.value;
    auto& miner = keep<adapters::AxeOsMiner>(c);
    hands_of(d.load).driver = &miner;
    running_.back().learn = [&miner, id = d.load](const core::Config& config) {
        const core::LoadConfig& load = load_named(id, config);
        miner.knows_power(load.eco_w.value, load.full_w.value);
    };
}

template <class Plug>
void Devices::add_plug(const DeviceConfig& d) {
    const bool is_switch = is_relay(d.type);
    adapters::PlugConfig c;
    c.id = is_switch ? d.load + "_plug" : d.load;
    use(d, c.id, c.host, c.port, c.poll_s);
    c.load_id = d.load;
    c.user = d.user;
    c.password = d.password;
    c.channel = d.channel;
    c.is_load = !is_switch;
    if (c.is_load) c.full_w = load_of(d).full_w.value;
    Plug& plug = keep<Plug>(c);
    if (is_switch) {
        hands_of(d.load).relay = &plug;
        return;
    }
    hands_of(d.load).driver = &plug;
    running_.back().learn = [&plug, id = d.load](const core::Config& config) {
        plug.knows_power(load_named(id, config).full_w.value);
    };
}

// It listens as long as the bus does; there is nothing to start.
void Devices::add_mqtt(const DeviceConfig& d) {
    if (bus_ == nullptr) throw std::invalid_argument{"MQTT is off"};  // checked as well
    const bool is_switch = is_relay(d.type);
    adapters::MqttPlugConfig c = d.topics;
    c.id = !d.id.empty() ? d.id : is_switch ? d.load + "_plug" : d.load;
    c.load = d.load;
    auto plug = std::make_shared<adapters::MqttPlug>(
        adapters::MqttPlug::World{*bus_, world_.clock, world_.exchanges, world_.signals,
                                  world_.health},
        c);
    Hands& hands = hands_of(d.load);
    if (is_switch) hands.relay = plug.get();
    else hands.driver = plug.get();
    running_.push_back({std::move(plug), [] {}, [] {}});
}

// Its telemetry is taken with everybody's.
void Devices::add_gateway(const DeviceConfig& d) {
    if (bus_ == nullptr) throw std::invalid_argument{"MQTT is off"};  // checked as well
    auto remote = std::make_shared<adapters::RemoteLoad>(
        adapters::RemoteLoad::World{*bus_, world_.clock, world_.exchanges, world_.health},
        d.id.empty() ? d.load : d.id, d.load);
    hands_of(d.load).driver = remote.get();
    running_.push_back({std::move(remote), [] {}, [] {}});
}

void Devices::add_prices(const DeviceConfig& d) {
    adapters::EnergyChartsConfig c;
    c.is_enabled = true;
    if (!d.id.empty()) c.id = d.id;
    if (!d.url.empty()) c.url = d.url;
    keep<adapters::EnergyChartsPrices>(c);
}

void Devices::add_forecast(const DeviceConfig& d) {
    adapters::OpenMeteoConfig c;
    c.is_enabled = true;
    if (!d.id.empty()) c.id = d.id;
    if (!d.url.empty()) c.url = d.url;
    c.latitude = d.latitude;
    c.longitude = d.longitude;
    c.roof.kwp = d.kwp;
    keep<adapters::OpenMeteoForecast>(c);
}

}  // namespace bitgrid::app
