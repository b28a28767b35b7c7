#include "faults/harness/home.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace bitgrid::faults {
namespace {

constexpr int kLookMs = 10;
constexpr std::int64_t kDayMs = 86'400'000;

std::int64_t system_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

// A machine that has much else to do lets the house live more slowly: as it is busy now, or as
// BITGRID_FAULTS_PACE says, e.g. 0.25.
double pace() {
    if (const char* text = std::getenv("BITGRID_FAULTS_PACE"); text != nullptr)
        if (const double wanted = std::atof(text); wanted > 0) return wanted;
    double waiting = 0;
    if (getloadavg(&waiting, 1) != 1) return 1;
    return std::clamp(2.0 * std::thread::hardware_concurrency() / waiting, 0.2, 1.0);
}

std::string installed_mosquitto() {
    for (const char* path : {"/usr/sbin/mosquitto", "/usr/bin/mosquitto"})
        if (access(path, X_OK) == 0) return path;
    throw std::runtime_error{"Mosquitto is not installed"};
}

std::string device(const std::string& type, const std::string& load, std::uint16_t port) {
    std::string text = "- type: " + type + "\n  port: " + std::to_string(port) + "\n";
    if (!load.empty()) text += "  load: " + load + "\n";
    return text;
}

std::vector<std::string>& crashes() {
    static std::vector<std::string> all;
    return all;
}

// No load starts by the sun: what runs, runs by a wish of the case.
constexpr const char* kRules =
    "surplus_min_kw: 900\nsurplus_throttle_min_kw: 900\n"
    "min_runtime_blocks: 0\nmin_pause_blocks: 0\ndeadband_hold_blocks: 0\n"
    "price_max_ct_kwh: null\nmin_predicted_surplus_kw: 0\nprice_spike_threshold_ct: 1000\n";
constexpr const char* kLoads =
    "- id: miner\n"
    "- id: rod\n  kind: heater\n  full_w: 1200\n  eco_w: 1200\n  full_ths: 0\n  eco_ths: 0\n"
    "  has_temperature: false\n  can_throttle: false\n";
constexpr const char* kBitaxe =
    "- id: bitaxe\n  full_w: 18\n  eco_w: 14\n  full_ths: 1.2\n  eco_ths: 0.95\n";
constexpr const char* kMeterByMqtt =
    "- topic: tele/sim-meter/SENSOR\n  signal: grid_power_w\n  pointer: /SML/Power_curr\n";

}  // namespace

std::int64_t ms_of(const std::string& text) {
    std::tm parts{};
    const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    if (end == nullptr) throw std::invalid_argument{text};
    const double below_s = *end == '.' ? std::atof(end) : 0;
    return timegm(&parts) * std::int64_t{1000} + static_cast<std::int64_t>(below_s * 1000);
}

Home::Home(HomeWish wish) : wish_{std::move(wish)} {
    start_real_ms_ = system_ms();
    // No clock can be right that is of a day before the program was built.
    start_wall_ms_ = wish_.on_system_clock
                         ? start_real_ms_ / kDayMs * kDayMs + ms_of(wish_.start) % kDayMs
                         : ms_of(wish_.start);
    wish_.speed = wish_.on_system_clock ? 1 : wish_.speed * pace();
    jump_clock(start_wall_ms_ - start_real_ms_ + wish_.clock_is_wrong_ms);
    if (wish_.has_broker || wish_.meter_by_mqtt) {
        broker_port_ = free_port();
        start_broker();
    }
    start_house();
    write_configuration();
    if (wish_.has_guard) start_guard();
    start_daemon(wish_.before_daemon);
}

Home::~Home() {
    for (Child* child : {daemon_.get(), second_.get()})
        if (child != nullptr && !child->is_ended() && !child->is_running())
            crashes().push_back(child->complained());
}

void Home::start_broker() {
    std::string lines = "listener " + std::to_string(broker_port_) +
                        " 127.0.0.1\npersistence false\nset_tcp_nodelay true\n" +
                        wish_.broker_lines;
    if (wish_.broker_lines.find("allow_anonymous") == std::string::npos)
        lines += "allow_anonymous true\n";
    if (getuid() == 0) lines += "user root\n";
    const auto file = folder_.write("mosquitto.conf", lines);
    broker_ = std::make_unique<Child>(
        Child::Wish{{installed_mosquitto(), "-c", file.string()}, folder(), "broker"});
    for (int i = 0; i < 1000; ++i) {
        if (RawLine{broker_port_}.is_open()) return;
        rest(kLookMs);
    }
    throw std::runtime_error{"the broker does not listen"};
}

void Home::start_house() {
    std::vector<std::string> words{(programs() / "bitgrid-sim").string(), "--speed",
                                   std::to_string(wish_.speed),           "--start-wall",
                                   std::to_string(start_wall_ms_),        "--start-real",
                                   std::to_string(start_real_ms_),        "--start-soc",
                                   std::to_string(wish_.start_soc_pct)};
    if (broker_) words.insert(words.end(), {"--mqtt", "127.0.0.1:" + std::to_string(broker_port_)});
    house_ = std::make_unique<Child>(Child::Wish{words, folder(), "house"});
    ports_ = json::parse(house_->first_line(), nullptr, false);
    if (!ports_.is_object())
        throw std::runtime_error{"the house does not start: " + house_->complained()};
    control_port_ = ports_["control"];
}

// The port to write into the configuration: the thing's own, or that of a bad line to it.
std::uint16_t Home::through(const std::string& name, std::uint16_t port) {
    const auto& bad = wish_.bad_lines;
    if (std::find(bad.begin(), bad.end(), name) == bad.end()) return port;
    lines_[name] = std::make_unique<FaultProxy>(port);
    return lines_[name]->port();
}

void Home::write_configuration() {
    const std::string market =
        "http://127.0.0.1:" + std::to_string(through("market", ports_["market"]));
    std::map<std::string, std::string> files;
    files["site.yaml"] = "block_minutes: 1\n";
    files["rules.yaml"] = kRules;
    files["loads.yaml"] = std::string{kLoads} + (wish_.has_bitaxe ? kBitaxe : "");
    files["devices.yaml"] =
        device("sunspec", "", through("inverter", ports_["modbus"])) +
        (wish_.meter_by_mqtt || wish_.has_no_meter ? "  unit_id: 2\n" : "  meter_unit_id: 200\n") +
        device("avalon", "miner", through("miner", ports_["cgminer"])) + "  pause_ms: 0\n" +
        device("shelly_relay", "miner", through("plug", ports_["plug"])) +
        device("shelly_plug", "rod", through("rod", ports_["rod"])) +
        (wish_.has_bitaxe ? device("axeos", "bitaxe", ports_["axeos"]) : "") +
        "- type: prices\n  url: " + market + "/price\n" + "- type: forecast\n  url: " + market +
        "/v1/forecast\n";
    files["mqtt.yaml"] = broker_ ? "port: " + std::to_string(through("mqtt", broker_port_)) + "\n"
                                 : "enabled: false\n";
    if (wish_.meter_by_mqtt) files["mqtt_sensors.yaml"] = kMeterByMqtt;
    files["api.yaml"] = "port: 0\nwrites_per_minute: 10000\n";
    files["log.yaml"] = "level: debug\n";
    for (const auto& [name, text] : wish_.own) files[name] = text;
    for (const auto& [name, text] : wish_.more) files[name] += text;
    std::filesystem::create_directories(folder() / "config");
    for (const auto& [name, text] : files)
        std::ofstream{folder() / "config" / name, std::ios::binary} << text;
}

// Memory that is freed is kept by the sanitizer for a while: little of it, or growth means nothing.
Environment Home::daemon_environment() const {
    Environment all = wish_.daemon_environment;
    all.emplace_back("ASAN_OPTIONS", "quarantine_size_mb=1:verify_asan_link_order=0");
    Environment shim;
    if (wish_.on_system_clock) shim = clock_.environment();
    if (wish_.has_bad_disk) shim = disk_.environment(data());
    all.insert(all.end(), shim.begin(), shim.end());
    return all;
}

Home::Started Home::run_daemon(const std::string& name, std::vector<std::string> words) const {
    const std::string suffix = name == "daemon" ? "" : "-" + name;
    words.insert(words.end(),
                 {(programs() / "bitgridd").string(), "--config",
                  (folder() / ("config" + suffix)).string(), "--data", data().string() + suffix});
    add_time(words);
    auto child = std::make_unique<Child>(Child::Wish{words, folder(), name, daemon_environment()});
    const json first = json::parse(child->first_line(), nullptr, false);
    const auto port =
        first.is_object() ? first.value("api_port", std::uint16_t{0}) : std::uint16_t{0};
    return {std::move(child), port};
}

void Home::add_time(std::vector<std::string>& words) const {
    if (wish_.on_system_clock) return;
    words.insert(words.end(),
                 {"--speed", std::to_string(wish_.speed), "--start-wall",
                  std::to_string(start_wall_ms_), "--start-real", std::to_string(start_real_ms_)});
}

void Home::start_guard() {
    std::filesystem::create_directories(data());
    std::vector<std::string> words{
        (programs() / "bitgridd").string(), "--role", "guard",        "--config",
        (folder() / "config").string(),     "--data", data().string()};
    add_time(words);
    guard_ = std::make_unique<Child>(Child::Wish{words, folder(), "guard"});
    for (int i = 0; i < 3'000; ++i) {
        if (std::filesystem::exists(data() / "guard.sock")) return;
        rest(kLookMs);
    }
    throw std::runtime_error{"the guard does not listen: " + guard_->complained()};
}

void Home::start_daemon(const std::vector<std::string>& before) {
    daemon_.reset();
    Started started = run_daemon("daemon", before);
    daemon_ = std::move(started.child);
    api_port_ = started.api_port;
}

void Home::start_second() {
    const auto config = folder() / "config-second";
    std::filesystem::copy(folder() / "config", config);
    std::ofstream{config / "mqtt.yaml"} << "port: " << through("mqtt2", broker_port_) << "\n";
    Started started = run_daemon("second", {});
    second_ = std::move(started.child);
    second_port_ = started.api_port;
}

void Home::jump_clock(std::int64_t ms) {
    clock_offset_ms_ += ms;
    clock_.set(clock_offset_ms_);
}

std::vector<std::string> take_crashes() { return std::exchange(crashes(), {}); }

}  // namespace bitgrid::faults
