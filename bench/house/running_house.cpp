#include "bench/house/running_house.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

namespace bitgrid::bench {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::int64_t kTenInTheMorningMs = 1'716'285'600'000;  // 2024-05-21T10:00:00Z, a sunny day
constexpr int kStartPatienceMs = 20'000;

std::string fresh_folder() {
    fs::create_directories("build");
    std::string pattern = fs::absolute("build/bench-house-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no folder like " + pattern};
    return pattern;
}

// What is empty is left out: then the defaults hold.
void write(const std::string& path, const std::string& text) {
    if (text.empty()) return;
    std::ofstream file{path};
    file << text;
    file.close();
    if (!file) throw std::runtime_error{path + " cannot be written"};
}

constexpr const char* kSimulatedLoads = R"(
- {id: miner, name: Avalon}
- {id: rod, name: Boiler, kind: heater, full_w: 1200, eco_w: 1200, full_ths: 0, eco_ths: 0,
   has_temperature: false, can_throttle: false}
- {id: bitaxe, name: Bitaxe, full_w: 18, eco_w: 14, full_ths: 1.2, eco_ths: 0.95}
)";

std::string simulated_devices(const Json& ports, double poll_s) {
    const auto device = [&](const char* type, const char* load, const char* port) {
        return fmt::format("- {{type: {}, load: {}, port: {}, pause_ms: 0, poll_s: {}}}\n", type,
                           load, ports[port].get<int>(), poll_s);
    };
    const std::string market = fmt::format("http://127.0.0.1:{}", ports["market"].get<int>());
    return device("avalon", "miner", "cgminer") + device("shelly_relay", "miner", "plug") +
           device("shelly_plug", "rod", "rod") + device("axeos", "bitaxe", "axeos") +
           "- {type: prices, url: " + market + "/price}\n" + "- {type: forecast, url: " + market +
           "/v1/forecast, kwp: 5}\n";
}

std::string plug_loads() {
    std::string text;
    for (int i = 0; i < 3; ++i)
        text += fmt::format(
            "- {{id: load{0}, name: Load {0}, kind: plug, full_w: 100, eco_w: 100, full_ths: 0, "
            "eco_ths: 0, can_throttle: false}}\n",
            i);
    return text;
}

std::string plug_devices() {
    std::string text;
    for (int i = 0; i < 3; ++i)
        text += fmt::format(
            "- {{type: mqtt_plug, load: load{0}, command_topic: plug/load{0}/set, state_topic: "
            "plug/load{0}/state, power_topic: plug/load{0}/power, heartbeat: true}}\n",
            i);
    return text;
}

}  // namespace

RunningHouse::RunningHouse(HouseSetup setup) : setup_{std::move(setup)}, folder_{fresh_folder()} {
    start_real_ms_ = std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    fs::create_directories(folder_ + "/config");
    if (setup_.data.empty()) {
        setup_.data = folder_ + "/data";
        fs::create_directories(setup_.data);
    }
    auto broker = app::PrivateBroker::start(folder_);
    if (!broker) throw std::runtime_error{broker.error().what};
    broker_ = std::move(broker).value();
    if (setup_.is_simulated) start_simulation();
    else write_configuration("{}");
    launch_daemon();
    meet_daemon();
}

RunningHouse::~RunningHouse() {
    daemon_.reset();
    simulation_.reset();
    broker_.reset();
    std::error_code ignored;
    if (std::uncaught_exceptions() == 0) fs::remove_all(folder_, ignored);
    else std::cerr << "The logs are in " << folder_ << '\n';
}

std::vector<std::string> RunningHouse::times() const {
    if (setup_.speed == 1) return {};
    return {"--speed",      fmt::format("{}", setup_.speed),
            "--start-wall", std::to_string(kTenInTheMorningMs),
            "--start-real", std::to_string(start_real_ms_)};
}

void RunningHouse::start_simulation() {
    std::vector<std::string> words = times();
    if (words.empty()) words = {"--start", "2024-05-21T10:00Z"};
    words.insert(words.end(), {"--start-soc", "90"});
    simulation_ = std::make_unique<ChildProcess>(ChildProcess::Start{
        programs_folder() + "/bitgrid-sim", words, folder_ + "/bitgrid-sim.log", {}});
    write_configuration(simulation_->line(kStartPatienceMs));
}

void RunningHouse::write_configuration(const std::string& ports_of_simulation) const {
    const std::string to = folder_ + "/config/";
    const Json ports = Json::parse(ports_of_simulation);
    const bool has_plugs = setup_.loads == HouseSetup::Loads::Plugs;
    std::string devices;
    if (setup_.is_simulated)
        devices += fmt::format(
            "- {{type: sunspec, id: inverter, port: {}, meter_unit_id: 200, poll_s: {}}}\n",
            ports["modbus"].get<int>(), setup_.poll_s);
    if (has_plugs) devices += plug_devices();
    else if (setup_.is_simulated) devices += simulated_devices(ports, setup_.poll_s);
    write(to + "site.yaml", fmt::format("block_minutes: {}\n", setup_.block_minutes));
    write(to + "loads.yaml", has_plugs ? plug_loads() : kSimulatedLoads);
    write(to + "devices.yaml", devices);
    write(to + "rules.yaml", setup_.rules);
    write(to + "mqtt.yaml", fmt::format("port: {}\n{}", broker_->port(), setup_.mqtt));
    write(to + "mqtt_sensors.yaml", setup_.sensors);
    write(to + "api.yaml", fmt::format("port: {}\n", setup_.api_port));
    write(to + "log.yaml", "level: warn\n");
}

void RunningHouse::launch_daemon() {
    daemon_.reset();
    std::vector<std::string> words = times();
    words.insert(words.end(), {"--config", folder_ + "/config", "--data", setup_.data});
    if (fs::exists("ui/dist/index.html")) words.insert(words.end(), {"--ui", "ui/dist"});
    daemon_ = std::make_unique<ChildProcess>(ChildProcess::Start{
        programs_folder() + "/bitgridd", words, folder_ + "/bitgridd.log", setup_.environment});
}

void RunningHouse::meet_daemon() {
    const Json said = Json::parse(daemon_->line(kStartPatienceMs));
    api_port_ = said.at("api_port").get<std::uint16_t>();
}

void RunningHouse::breathe() { std::this_thread::sleep_for(std::chrono::milliseconds{50}); }

void RunningHouse::wait_until_ready(const std::function<void()>& meanwhile) {
    // Half a block of signals, and the tick that follows; real time.
    const double seconds = setup_.block_minutes * 60 * 2 / setup_.speed + 20;
    const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>{seconds};
    HttpPeer api{api_port_};
    while (api.get("/api/v1/health/ready").status != 200) {
        if (std::chrono::steady_clock::now() > until)
            throw std::runtime_error{"the controller is not ready: " +
                                     api.get("/api/v1/state").body};
        meanwhile();
    }
}

double RunningHouse::metric(const std::string& name) {
    const double value = metric_in(HttpPeer{api_port_}.get("/metrics").body, name);
    if (!std::isfinite(value)) throw std::runtime_error{"/metrics has no " + name};
    return value;
}

std::chrono::system_clock::time_point RunningHouse::real_time_of(std::int64_t wall_ms) const {
    const double real_ms = static_cast<double>(start_real_ms_) +
                           static_cast<double>(wall_ms - kTenInTheMorningMs) / setup_.speed;
    return std::chrono::system_clock::time_point{
        std::chrono::microseconds{static_cast<std::int64_t>(real_ms * 1000)}};
}

}  // namespace bitgrid::bench
