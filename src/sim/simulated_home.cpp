#include "sim/simulated_home.hpp"

#include <nlohmann/json.hpp>

namespace bitgrid::sim {

std::string describe_ports(const HomePorts& p) {
    return nlohmann::ordered_json{
        {"modbus", p.modbus}, {"cgminer", p.cgminer}, {"axeos", p.axeos},    {"plug", p.plug},
        {"rod", p.rod},       {"market", p.market},   {"control", p.control}}
        .dump();
}

core::Result<HomeConfig> read_home(const DataPaths& paths, const std::string& story_name) {
    auto recording = read_recording(paths.home());
    if (!recording) return recording.error();
    auto prices = read_prices(paths.prices());
    if (!prices) return prices.error();
    HomeConfig config;
    config.recording = std::move(recording).value();
    config.prices = std::move(prices).value();
    if (story_name.empty()) return config;
    const bool is_path =
        story_name.find('/') != std::string::npos || story_name.ends_with(".story");
    auto story = read_story(is_path ? std::filesystem::path{story_name} : paths.story(story_name));
    if (!story) return story.error();
    config.story = std::move(story).value();
    return config;
}

SimulatedHome::SimulatedHome(boost::asio::io_context& io, ports::Clock& clock, HomeConfig config)
    : wanted_{config.ports},
      house_{clock, config.house, std::move(config.recording), std::move(config.prices),
             std::move(config.story)},
      axeos_device_{house_},
      plug_device_{make_plug(house_, config.plugs, miner_plug())},
      rod_device_{make_plug(house_, config.plugs, rod_plug())},
      market_device_{house_, config.forecast_error},
      control_device_{house_, std::move(config.advance)},
      modbus_{io, house_},
      cgminer_{io, house_},
      axeos_{io, axeos_device_},
      plug_{io, *plug_device_},
      rod_{io, *rod_device_},
      market_{io, market_device_},
      control_{io, control_device_} {
    if (config.broker) sensors_ = std::make_unique<MqttSensors>(io, clock, house_, *config.broker);
}

core::Result<void> SimulatedHome::start() {
    core::Result<void> done = modbus_.start(wanted_.modbus);
    if (done) done = cgminer_.start(wanted_.cgminer);
    if (done) done = axeos_.start(wanted_.axeos);
    if (done) done = plug_.start(wanted_.plug);
    if (done) done = rod_.start(wanted_.rod);
    if (done) done = market_.start(wanted_.market);
    if (done) done = control_.start(wanted_.control);
    if (!done) {
        stop();
        return done;
    }
    house_.start();
    if (sensors_) sensors_->start();
    return {};
}

void SimulatedHome::stop() {
    if (sensors_) sensors_->stop();
    for (WebServer* server : {&control_, &market_, &rod_, &plug_, &axeos_}) server->stop();
    cgminer_.stop();
    modbus_.stop();
    house_.stop();
}

HomePorts SimulatedHome::ports() const {
    return {modbus_.port(), cgminer_.port(), axeos_.port(),  plug_.port(),
            rod_.port(),    market_.port(),  control_.port()};
}

}  // namespace bitgrid::sim
