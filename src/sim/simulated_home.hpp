#pragma once
// The whole simulated home on real sockets of loopback: the house and a server for each of its
// devices. Engine thread only; io_context and clock must outlive it. A port that is busy is an
// error of start(), which then leaves nothing running.
#include <memory>
#include <optional>

#include "sim/cgminer/cgminer_server.hpp"
#include "sim/data_paths.hpp"
#include "sim/house.hpp"
#include "sim/mqtt_sensors.hpp"
#include "sim/sunspec/modbus_server.hpp"
#include "sim/web/axeos.hpp"
#include "sim/web/control_api.hpp"
#include "sim/web/market_api.hpp"
#include "sim/web/plug_make.hpp"
#include "sim/web/web_server.hpp"

namespace bitgrid::sim {

/// 0: any free port.
struct HomePorts {
    std::uint16_t modbus{0};   ///< inverter, battery, meter: units 1, 2 (hybrid) and 200 (meter)
    std::uint16_t cgminer{0};  ///< the Avalon
    std::uint16_t axeos{0};    ///< the Bitaxe
    std::uint16_t plug{0};     ///< plug before the Avalon
    std::uint16_t rod{0};      ///< plug before the heating rod
    std::uint16_t market{0};   ///< prices and forecast
    std::uint16_t control{0};  ///< orders and the truth
};

/// `{"modbus":…,"cgminer":…}`, one line.
std::string describe_ports(const HomePorts&);

struct HomeConfig {
    HouseConfig house;
    Recording recording;
    Series prices;
    Story story;
    HomePorts ports;
    PlugMake plugs{PlugMake::Shelly};
    std::optional<BrokerAddress> broker;
    double forecast_error{0.15};
    std::function<void(std::int64_t)>
        advance;  ///< moves a hand-moved clock; empty where time moves by itself
};

/// The shipped record and, unless `story_name` is empty, a story by its name or path.
core::Result<HomeConfig> read_home(const DataPaths&, const std::string& story_name);

class SimulatedHome {
public:
    SimulatedHome(boost::asio::io_context&, ports::Clock&, HomeConfig);
    ~SimulatedHome() { stop(); }

    core::Result<void> start();
    void stop();
    HomePorts ports() const;
    House& house() { return house_; }

private:
    HomePorts wanted_;
    House house_;
    AxeOs axeos_device_;
    std::unique_ptr<WebDevice> plug_device_;
    std::unique_ptr<WebDevice> rod_device_;
    MarketApi market_device_;
    ControlApi control_device_;
    ModbusServer modbus_;
    CgminerServer cgminer_;
    WebServer axeos_, plug_, rod_, market_, control_;
    std::unique_ptr<MqttSensors> sensors_;
};

}  // namespace bitgrid::sim
