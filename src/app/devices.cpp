#include "app/devices.hpp"

#include <algorithm>

#include "adapters/cgminer/avalon.hpp"
#include "adapters/modbus/sunspec_device.hpp"

namespace bitgrid::app {
namespace {

/// Stands where a load has no device.
class Nobody final : public ports::LoadDriver {
public:
    void command(const ports::Command& command, ports::CommandDone done) override {
        if (command.target.is_on()) return done(core::Error{core::ErrorCode::NotFound, "no device drives this load"});
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

Devices::Devices(adapters::DeviceWorld world, const core::Config& config, const std::vector<DeviceConfig>& list)
    : world_{world}, config_{config}, list_{list}, hands_(config.loads.size()), nobody_{std::make_unique<Nobody>()} {
    for (const DeviceConfig& device : list_) add(device);
}

Devices::~Devices() = default;

template <class Device, class Config>
Device& Devices::keep(Config config) {
    auto device = std::make_shared<Device>(world_, std::move(config));
    Device& running = *device;
    running_.push_back({std::move(device), [&running] { running.start(); }, [&running] { running.stop(); }});
    return running;
}

Devices::Hands& Devices::hands_of(const std::string& load) {
    for (std::size_t i = 0; i < hands_.size(); ++i)
        if (config_.loads[i].id == load) return hands_[i];
    throw std::invalid_argument{"no load " + load};  // checked when the configuration was read
}

bool Devices::has_relay(const std::string& load) const {
    return std::any_of(list_.begin(), list_.end(), [&](const DeviceConfig& d) {
        return d.type == DeviceType::ShellyRelay && d.load == load;
    });
}

void Devices::attach_to(engine::Engine& engine) {
    for (std::size_t i = 0; i < hands_.size(); ++i)
        engine.attach(i, hands_[i].driver != nullptr ? *hands_[i].driver : *nobody_, hands_[i].relay);
}

void Devices::start() {
    for (Running& device : running_) device.start();
}

void Devices::stop() {
    for (auto device = running_.rbegin(); device != running_.rend(); ++device) device->stop();
}

void Devices::add(const DeviceConfig& d) {
    switch (d.type) {
        case DeviceType::SunSpec: keep<adapters::SunSpecDevice>(sunspec(d)); break;
        case DeviceType::Avalon: {
            adapters::AvalonConfig c;
            use(d, c.id, c.host, c.port, c.poll_s);
            c.load_id = d.load;
            for (const core::LoadConfig& load : config_.loads)
                if (load.id == d.load) {
                    c.eco_w = load.eco_w.value;
                    c.full_w = load.full_w.value;
                }
            c.is_behind_relay = has_relay(d.load);
            c.reports_power = !c.is_behind_relay;
            hands_of(d.load).driver = &keep<adapters::AvalonMiner>(c);
            break;
        }
        case DeviceType::AxeOs:
        case DeviceType::ShellyRelay:
        case DeviceType::ShellyPlug:
        case DeviceType::Prices:
        case DeviceType::Forecast: break;
    }
}

}  // namespace bitgrid::app
