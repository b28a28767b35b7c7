// The simulated house as a program: a recorded home on real sockets of loopback.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <charconv>
#include <chrono>
#include <csignal>
#include <iostream>
#include <memory>

#include "app/command_manual.hpp"
#include "net/asio_clock.hpp"
#include "net/manual_clock.hpp"
#include "sim/commands.hpp"
#include "sim/simulated_home.hpp"

using namespace bitgrid;

namespace {

constexpr int kUnavailable = 69;  // a port is busy
constexpr int kBadConfig = 78;

struct Options {
    std::string data, story, start, home, prices, mqtt;
    std::string plugs{"shelly"};
    double speed{1};
    double battery_kwh{10}, battery_kw{5}, start_soc{60}, kwp{5};
    std::int64_t start_wall_ms{0}, start_real_ms{0};
    bool is_manual{false}, lists_orders{false};
    sim::HomePorts ports;
};

std::int64_t system_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

void describe(CLI::App& app, Options& o) {
    app.add_option("--data", o.data,
                   "folder of the recorded home, prices and stories (found by itself)");
    app.add_option("--home", o.home,
                   "another recorded home: CSV with timestamp, pv_power_w, house_load_w");
    app.add_option("--prices", o.prices, "other prices: CSV with timestamp, ct_per_kwh");
    app.add_option("--story", o.story, "a story by name or path; `none` for a quiet house")
        ->default_str("none");
    app.add_option(
        "--start,--day", o.start,
        "first moment, 2024-05-21 or 2024-05-21T06:00Z (the story's day, else 2024-05-21)");
    app.add_option("--speed", o.speed, "seconds of the house in one real second")
        ->check(CLI::PositiveNumber);
    app.add_flag("--manual", o.is_manual, "time stands still; POST /sim/advance moves it");
    app.add_option("--start-wall", o.start_wall_ms,
                   "the house's time at --start-real, Unix ms (instead of --start)");
    app.add_option("--start-real", o.start_real_ms,
                   "moment of the system's clock, Unix ms; shared with the controller");
    app.add_option("--mqtt", o.mqtt, "broker as host:port; without, no MQTT sensors");
    app.add_option("--battery-kwh", o.battery_kwh, "usable energy")->check(CLI::PositiveNumber);
    app.add_option("--battery-kw", o.battery_kw, "AC power, both ways")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--start-soc", o.start_soc, "state of charge at the start, %")
        ->check(CLI::Range(0, 100));
    app.add_option("--kwp", o.kwp, "size of the PV plant, for the forecast")
        ->check(CLI::PositiveNumber);
    app.add_option("--plugs", o.plugs, "make of the plugs before the Avalon and the heating rod")
        ->check(CLI::IsMember(
            std::vector<std::string>{std::begin(sim::kPlugMakes), std::end(sim::kPlugMakes)}));
    const auto port = [&](const char* name, std::uint16_t& place, const char* what) {
        app.add_option(name, place, what)->group("Ports (0: any free one)");
    };
    port("--modbus-port", o.ports.modbus, "inverter, battery, meter");
    port("--cgminer-port", o.ports.cgminer, "Avalon");
    port("--axeos-port", o.ports.axeos, "Bitaxe");
    port("--plug-port", o.ports.plug, "plug before the Avalon");
    port("--rod-port", o.ports.rod, "plug before the heating rod");
    port("--market-port", o.ports.market, "prices and forecast");
    port("--control-port", o.ports.control, "orders and the truth");
    app.add_flag("--orders", o.lists_orders, "list what can be ordered of the house, and end");
}

core::Error wrong(const std::string& what) { return {core::ErrorCode::BadInput, what}; }

core::Result<sim::BrokerAddress> broker_of(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos || colon == 0)
        return wrong("--mqtt: '" + text + "' is not host:port");
    sim::BrokerAddress broker{text.substr(0, colon), 0};
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, broker.port);
    if (error != std::errc{} || stop != end || broker.port == 0)
        return wrong("--mqtt: '" + text + "' is not host:port");
    return broker;
}

core::Result<sim::HomeConfig> read_config(const Options& o) {
    const auto paths = sim::find_data(o.data);
    if (!paths) return paths.error();
    auto config = sim::read_home(*paths, o.story == "none" ? "" : o.story);
    if (!config) return config.error();
    if (!o.home.empty()) {
        auto recording = sim::read_recording(o.home);
        if (!recording) return recording.error();
        config->recording = std::move(recording).value();
    }
    if (!o.prices.empty()) {
        auto prices = sim::read_prices(o.prices);
        if (!prices) return prices.error();
        config->prices = std::move(prices).value();
    }
    if (!o.mqtt.empty()) {
        const auto broker = broker_of(o.mqtt);
        if (!broker) return broker.error();
        config->broker = *broker;
    }
    config->house.battery = {o.battery_kwh * 1000, o.battery_kw * 1000, 0.95, o.start_soc};
    config->house.kwp = o.kwp;
    config->ports = o.ports;
    const auto make = std::find(std::begin(sim::kPlugMakes), std::end(sim::kPlugMakes), o.plugs);
    config->plugs = static_cast<sim::PlugMake>(make - std::begin(sim::kPlugMakes));
    return config;
}

core::Result<core::UnixTime> first_moment(const Options& o, const sim::HomeConfig& config) {
    if (o.start_wall_ms != 0) return core::UnixTime{o.start_wall_ms};
    if (o.start.size() == 10) return sim::parse_day(o.start);
    if (!o.start.empty()) return sim::parse_time(o.start);
    return config.story.day ? core::Result<core::UnixTime>{*config.story.day}
                            : sim::parse_day("2024-05-21");
}

int run(boost::asio::io_context& io, ports::Clock& clock, sim::HomeConfig config) {
    sim::SimulatedHome home{io, clock, std::move(config)};
    if (const auto started = home.start(); !started) {
        std::cerr << "bitgrid-sim: " << started.error().what << '\n';
        return kUnavailable;
    }
    boost::asio::signal_set signals{io, SIGINT, SIGTERM};
    signals.async_wait([&](const boost::system::error_code&, int) { io.stop(); });
    std::cout << sim::describe_ports(home.ports()) << std::endl;
    io.run();
    home.stop();
    return 0;
}

int begin(const Options& o) {
    auto config = read_config(o);
    if (!config) {
        std::cerr << "bitgrid-sim: " << config.error().what << '\n';
        return kBadConfig;
    }
    const auto start = first_moment(o, *config);
    if (!start) {
        std::cerr << "bitgrid-sim: --start: " << start.error().what << '\n';
        return kBadConfig;
    }
    boost::asio::io_context io{1};
    if (o.is_manual) {
        net::ManualClock clock{*start};
        config->advance = [&clock](std::int64_t ms) { clock.advance(ms); };
        return run(io, clock, std::move(*config));
    }
    const std::int64_t real_ms = o.start_real_ms != 0 ? o.start_real_ms : system_ms();
    net::AsioClock clock{io, o.speed, *start, core::UnixTime{real_ms}};
    return run(io, clock, std::move(*config));
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "The simulated house: inverter, battery, meter, miners, plugs and market on loopback,\n"
        "driven by a recorded home. Prints one line of JSON with its ports when it is ready.",
        "bitgrid-sim"};
    app.set_version_flag("--version", BITGRID_VERSION);
    Options options;
    describe(app, options);
    app.add_flag_callback("--manual-page",
                          [&app] {
                              std::cout << bitgrid::app::manual_page(
                                  app, {"bitgrid-sim", "1", BITGRID_VERSION, "bitgrid(1)"});
                              throw CLI::Success{};
                          })
        ->group("");
    CLI11_PARSE(app, argc, argv);
    if (options.lists_orders) {
        for (const auto& help : sim::order_list())
            std::cout << help.usage << "  -  " << help.does << '\n';
        return 0;
    }
    return begin(options);
}
