#pragma once
// The devices of devices.yaml as adapters, and which of them drives which load.
#include <functional>
#include <memory>
#include <vector>

#include "adapters/device_world.hpp"
#include "adapters/mqtt/mqtt_bus.hpp"
#include "app/installation.hpp"
#include "engine/engine.hpp"
#include "ports/load_driver.hpp"

namespace bitgrid::app {

/// Engine thread only; the world must outlive it. A load without a device is driven by nobody: its
/// orders fail, and its health says so.
class Devices {
public:
    /// `bus`: for those that are reached by MQTT; null where there is none.
    Devices(adapters::DeviceWorld, adapters::MqttBus* bus, const core::Config&,
            const std::vector<DeviceConfig>&);
    ~Devices();

    void attach_to(engine::Engine&);
    ports::LoadDriver& driver_of(std::size_t load);
    ports::Relay* relay_of(std::size_t load) { return hands_[load].relay; }  ///< null: none
    /// Other watts of the same loads.
    void learn(const core::Config&);
    void start();
    void stop();

private:
    struct Running {
        std::shared_ptr<void> device;
        std::function<void()> start;
        std::function<void()> stop;
        std::function<void(const core::Config&)> learn{};
    };
    struct Hands {
        ports::LoadDriver* driver{nullptr};
        ports::Relay* relay{nullptr};
    };

    void add(const DeviceConfig&);
    void add_avalon(const DeviceConfig&);
    void add_axeos(const DeviceConfig&);
    template <class Plug>
    void add_plug(const DeviceConfig&);
    void add_prices(const DeviceConfig&);
    void add_forecast(const DeviceConfig&);
    void add_mqtt(const DeviceConfig&);
    void add_gateway(const DeviceConfig&);
    const core::LoadConfig& load_of(const DeviceConfig&) const;
    static const core::LoadConfig& load_named(const std::string&, const core::Config&);
    template <class Device, class Config>
    Device& keep(Config);
    Hands& hands_of(const std::string& load);
    bool has_relay(const std::string& load) const;

    adapters::DeviceWorld world_;
    adapters::MqttBus* bus_;
    const core::Config& config_;
    const std::vector<DeviceConfig> list_;
    std::vector<Running> running_;
    std::vector<Hands> hands_;
    std::unique_ptr<ports::LoadDriver> nobody_;
};

}  // namespace bitgrid::app
