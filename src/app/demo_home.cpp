#include "app/demo_home.hpp"

namespace bitgrid::app {
namespace {

DeviceConfig device(DeviceType type, std::uint16_t port, const std::string& load = {}) {
    DeviceConfig d;
    d.type = type;
    d.port = port;
    d.load = load;
    d.pause_ms = 0;  // real time, of which an accelerated day has little
    return d;
}

std::vector<core::LoadConfig> loads() {
    core::LoadConfig miner;
    miner.id = "miner";
    miner.name = "Avalon";

    core::LoadConfig rod;
    rod.id = "rod";
    rod.name = "Boiler";
    rod.kind = core::LoadKind::Heater;
    rod.full_w = core::Watts{1200};
    rod.eco_w = core::Watts{1200};
    rod.full_ths = rod.eco_ths = core::TerahashPerSecond{0};
    rod.has_temperature = false;
    rod.can_throttle = false;

    core::LoadConfig bitaxe;
    bitaxe.id = "bitaxe";
    bitaxe.name = "Bitaxe";
    bitaxe.full_w = core::Watts{18};
    bitaxe.eco_w = core::Watts{14};
    bitaxe.full_ths = core::TerahashPerSecond{1.2};
    bitaxe.eco_ths = core::TerahashPerSecond{0.95};
    return {miner, rod, bitaxe};
}

core::Config rules() {
    core::Config config;
    config.site.id = "demo";
    config.site.name = "Demo";
    config.loads = loads();
    config.policy.feed_in = core::CentPerKwh{8};
    config.policy.avoided_import = core::CentPerKwh{30};
    config.policy.heat_value = core::CentPerKwh{10};
    config.policy.heat_useful = core::Percent{60};
    // Public figures of May 2024, the month of the recorded day.
    config.policy.btc_difficulty = 84'381'461'788'831.3;
    config.policy.btc_price_eur = 64'000;
    config.policy.btc_block_reward_sat = 325'000'000;
    return config;
}

}  // namespace

core::Result<core::UnixTime> demo_start(const std::string& scenario) {
    const auto paths = sim::find_data("");
    if (!paths) return paths.error();
    const auto config = sim::read_home(*paths, scenario);
    if (!config) return config.error();
    if (!config->story.day)
        return core::Error{core::ErrorCode::BadInput,
                           "the scenario \"" + scenario + "\" names no day"};
    return *config->story.day;
}

Installation DemoHome::installation(const DemoSetup& setup) const {
    Installation all;
    all.config = rules();
    const sim::HomePorts ports = home_->ports();
    DeviceConfig plant = device(DeviceType::SunSpec, ports.modbus);
    plant.id = "inverter";
    plant.meter_unit_id = 200;
    DeviceConfig prices = device(DeviceType::Prices, 0);
    prices.url = "http://127.0.0.1:" + std::to_string(ports.market) + "/price";
    DeviceConfig forecast = device(DeviceType::Forecast, 0);
    forecast.url = "http://127.0.0.1:" + std::to_string(ports.market) + "/v1/forecast";
    forecast.kwp = 5;
    all.devices = {plant,
                   device(DeviceType::Avalon, ports.cgminer, "miner"),
                   device(DeviceType::ShellyRelay, ports.plug, "miner"),
                   device(DeviceType::ShellyPlug, ports.rod, "rod"),
                   device(DeviceType::AxeOs, ports.axeos, "bitaxe"),
                   prices,
                   forecast};
    if (setup.poll_s > 0)
        for (DeviceConfig& d : all.devices)
            if (d.url.empty()) d.poll_s = setup.poll_s;
    all.mqtt.enabled = broker_ != nullptr;
    if (broker_) all.mqtt.port = broker_->port();
    all.mqtt.is_private = true;
    all.api.port = setup.port;
    all.api.ui_folder = setup.ui_folder;
    all.store.folder = setup.data_folder;
    all.store.low_disk_pct = 0;  // the disk of whoever looks at a demo is not what it is about
    all.log.level = ops::LogLevel::Error;
    return all;
}

core::Result<std::unique_ptr<DemoHome>> DemoHome::open(boost::asio::io_context& io,
                                                       ports::Clock& clock, DemoSetup setup) {
    const auto paths = sim::find_data("");
    if (!paths) return paths.error();
    auto config = sim::read_home(*paths, setup.scenario);
    if (!config) return config.error();

    std::unique_ptr<DemoHome> demo{new DemoHome};
    if (setup.wants_broker) {
        auto broker = PrivateBroker::start(setup.data_folder);
        if (broker) demo->broker_ = std::move(broker).value();
        else demo->broker_note_ = broker.error().what;
    }
    if (demo->broker_) config->broker = sim::BrokerAddress{"127.0.0.1", demo->broker_->port()};
    demo->home_ = std::make_unique<sim::SimulatedHome>(io, clock, std::move(config).value());
    if (const auto started = demo->home_->start(); !started) return started.error();

    // A demonstration repeats: the ids, too, are the same each time.
    auto controller = Controller::open(io, clock, {demo->installation(setup), 1});
    if (!controller) return controller.error();
    demo->controller_ = std::move(controller).value();
    return demo;
}

DemoHome::~DemoHome() {
    controller_.reset();
    if (home_) home_->stop();
}

}  // namespace bitgrid::app
