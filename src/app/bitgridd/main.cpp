// The daemon: reads its configuration, runs the controller, leaves every load off when it ends.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <iostream>
#include <random>

#include "app/bitgridd/roles.hpp"
#include "app/caretaker.hpp"
#include "app/command_manual.hpp"
#include "app/service_watchdog.hpp"
#include "ops/build_day.hpp"
#include "ops/machine_time.hpp"
#include "ops/open_files.hpp"
#include "ops/priority.hpp"

namespace {

using namespace bitgrid;

constexpr int kDiskGone = 74;
constexpr double kPatienceMs = 5'500;  ///< for loads to show that they are off; real time
/// Everything that ends has its own patience, together less than this. Only a disk that hangs in
/// the kernel has none.
constexpr unsigned kLastPatienceS = 9;
/// More than the API's connections, the devices and the database need together.
constexpr std::size_t kOpenFiles = 4'096;

using app::Options;

void describe(CLI::App& app, Options& o) {
    app.add_option(
           "--role", o.role,
           "all: the controller; core: the same, but devices are only reached through gateways and "
           "the broker; gateway: runs the devices beside it for a core far away; observer: decides "
           "by its own rules beside a controller, and commands nothing; guard: a second "
           "process that keeps every load off while no controller proves to be healthy")
        ->default_str("all");
    app.add_option("--config", o.config, "folder of the configuration (YAML)");
    app.add_option("--data", o.data, "folder of database and journal");
    app.add_option("--ui", o.ui, "folder of the built page");
    app.add_option("--speed", o.speed,
                   "seconds of the controller in one real second, for simulated houses")
        ->check(CLI::PositiveNumber)
        ->group("Simulated time");
    app.add_option("--start-wall", o.start_wall_ms,
                   "the controller's time at --start-real, Unix ms")
        ->group("Simulated time");
    app.add_option("--start-real", o.start_real_ms,
                   "moment of the system's clock, Unix ms; shared with bitgrid-sim")
        ->group("Simulated time");
}

std::uint64_t fresh_seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

void give_up(int) {
    constexpr std::string_view kWords = "bitgridd: the disk hangs; the journal's end is missing\n";
    (void)!write(STDERR_FILENO, kWords.data(), kWords.size());
    _exit(kDiskGone);
}

/// What the command line says beats the files, each time they are read.
std::function<void(app::Installation&)> completion(const Options& o) {
    return [data = o.data, ui = o.ui, is_core = o.role == "core"](app::Installation& installation) {
        installation.store.folder = data;
        if (is_core)
            std::erase_if(installation.devices,
                          [](const auto& device) { return !app::is_far(device.type); });
        if (!ui.empty()) installation.api.ui_folder = ui;
    };
}

// A signal by which people ask a running program to read its files again.
void reload_on(boost::asio::signal_set& signals, app::Caretaker& caretaker) {
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (error) return;
        caretaker.reload("signal", nullptr);
        reload_on(signals, caretaker);
    });
}

// Names are looked up on a thread of the library, which begins with the first of them: now, and
// not when the host has no room for another one.
void begin_to_look_up_names(boost::asio::ip::tcp::resolver& resolver) {
    resolver.async_resolve("127.0.0.1", "0", [](auto&&...) {});
}

int run(const Options& o, app::ConfigPlace place, app::ReadConfig read) {
    boost::asio::io_context io{1};
    boost::asio::signal_set signals{io, SIGINT, SIGTERM};
    boost::asio::ip::tcp::resolver resolver{io};
    begin_to_look_up_names(resolver);
    const auto clock = app::make_clock(io, o);
    const ops::MachineTime time;
    auto service = ops::ServiceNotify::from_environment();
    app::ServiceWatchdog watchdog{io, service};
    std::unique_ptr<app::Caretaker> caretaker;
    int exit_code = 0;
    bool is_ending = false;
    const auto end = [&] {
        if (std::exchange(is_ending, true)) return;
        service.stopping();
        std::signal(SIGALRM, give_up);
        alarm(kLastPatienceS);
        caretaker->shut_down(static_cast<std::int64_t>(kPatienceMs * o.speed), [&] { io.stop(); });
    };
    app::Caretaker::Setup setup{std::move(place), std::move(read), fresh_seed(), completion(o)};
    setup.attach = [&](app::Controller& controller) {
        controller.when_power_ends(end);
        controller.engine().prove_life_to(watchdog);
    };
    if (o.start_wall_ms == 0) {
        setup.time = &time;
        setup.sealer = app::program_beside("bitgrid");
    }
    setup.is_observer = o.role == "observer";
    setup.built = ops::build_day();
    setup.ruined = [&](const core::Error& error) {
        std::cerr << "bitgridd: " << error.what << '\n';
        exit_code = app::kUnavailable;
        io.stop();
    };
    auto opened = app::Caretaker::open(io, *clock, std::move(setup));
    if (!opened) {
        std::cerr << "bitgridd: " << opened.error().what << '\n';
        return opened.error().code == core::ErrorCode::BadInput ? app::kBadConfig
                                                                : app::kUnavailable;
    }
    caretaker = std::move(opened).value();
    service.ready();
    std::cout << "{\"api_port\":" << caretaker->controller().api_port() << "}" << std::endl;

    boost::asio::signal_set reload{io, SIGHUP};
    reload_on(reload, *caretaker);
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (!error) end();
    });
    io.run();
    return exit_code;
}

}  // namespace

namespace bitgrid::app {

std::unique_ptr<net::AsioClock> make_clock(boost::asio::io_context& io, const Options& o) {
    if (o.start_wall_ms == 0) return std::make_unique<net::AsioClock>(io);
    std::optional<core::UnixTime> start_real;
    if (o.start_real_ms != 0) start_real = core::UnixTime{o.start_real_ms};
    return std::make_unique<net::AsioClock>(io, o.speed, core::UnixTime{o.start_wall_ms},
                                            start_real);
}

}  // namespace bitgrid::app

int main(int argc, char** argv) {
    Options options;
    CLI::App app{
        "bitgridd: the controller of a solar home. Runs until it is asked to end; then every load "
        "is off."};
    app.set_version_flag("--version", "bitgridd " BITGRID_VERSION);
    describe(app, options);
    app.add_flag_callback("--manual-page",
                          [&app] {
                              std::cout << bitgrid::app::manual_page(
                                  app, {"bitgridd", "8", BITGRID_VERSION, "bitgrid(1)"});
                              throw CLI::Success{};
                          })
        ->group("");
    CLI11_PARSE(app, argc, argv);
    if (options.role == "guard") return bitgrid::app::run_guard(options);
    if (options.role == "gateway") return bitgrid::app::run_gateway(options);
    if (options.role != "all" && options.role != "core" && options.role != "observer") {
        std::cerr << "bitgridd: --role: found \"" << options.role
                  << "\"; allowed is all, core, gateway, observer or guard\n";
        return bitgrid::app::kUsage;
    }
    bitgrid::ops::allow_open_files(kOpenFiles);
    bitgrid::ops::take_priority();
    bitgrid::app::ConfigPlace place{options.config, options.data + "/config.accepted",
                                    bitgrid::ops::environment_of_process()};
    auto read = bitgrid::app::read_config(place);
    if (!read.installation) {
        std::cerr << bitgrid::ops::format(read.installation.problems());
        return bitgrid::app::kBadConfig;
    }
    return run(options, std::move(place), std::move(read));
}
