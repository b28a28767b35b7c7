#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <iostream>

#include "app/bitgrid/looking.hpp"
#include "app/demo_home.hpp"
#include "app/demo_teller.hpp"
#include "net/asio_clock.hpp"
#include "net/manual_clock.hpp"
#include "ops/face_folder.hpp"

namespace bitgrid::app {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kLastTickMs = 1'000;  ///< the day's last block is decided when it is over
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kPatienceMs = 60'000;  ///< of the demonstration's own time
constexpr double kLockStepPollS = 10;
/// Longer than any exchange may take: whatever is still under way then waits for the clock itself.
constexpr auto kNothingMoves = std::chrono::seconds{5};

struct Options {
    std::string scenario{"day"};
    std::string speed{"60"};
    std::string data;
    int port{8080};
    bool is_headless{false};
    bool is_json{false};

    bool is_lock_step() const { return speed == "max"; }
};

/// A folder of our own that goes with us, where the owner named none.
class DataFolder {
public:
    explicit DataFolder(const std::string& wanted) : path_{wanted} {
        if (!wanted.empty()) {
            fs::create_directories(wanted);
            return;
        }
        std::string pattern = (fs::temp_directory_path() / "bitgrid-demo-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr)
            throw std::runtime_error{"no temporary folder: " + pattern};
        path_ = pattern;
        is_ours_ = true;
    }
    ~DataFolder() {
        std::error_code ignored;
        if (is_ours_) fs::remove_all(path_, ignored);
    }
    DataFolder(const DataFolder&) = delete;
    DataFolder& operator=(const DataFolder&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
    bool is_ours_{false};
};

/// A demonstration that runs: the day, the wishes of a person, the end.
class Show {
public:
    Show(boost::asio::io_context& io, ports::Clock& clock, DemoHome& home, DemoTeller& teller)
        : io_{io}, clock_{clock}, home_{home}, teller_{teller}, signals_{io, SIGINT, SIGTERM} {}

    core::Result<void> begin(core::UnixTime midnight) {
        home_.controller().engine().tell_also(teller_);
        if (const auto started = home_.controller().start(); !started) return started;
        signals_.async_wait([this](const boost::system::error_code& error, int) {
            if (!error) end();
        });
        wish_at(midnight + 14 * kHourMs + kHourMs / 4, core::OverrideAction::Start);
        wish_at(midnight + 9 * kHourMs + kHourMs / 2, core::OverrideAction::Stop);
        end_timer_ =
            clock_.after(midnight + kDayMs + kLastTickMs - clock_.wall(), [this] { end(); });
        watch_the_house();
        return {};
    }
    void end() {
        if (std::exchange(is_ending_, true)) return;
        end_timer_.reset();
        watch_timer_.reset();
        home_.controller().shut_down(kPatienceMs, [this] {
            is_over_ = true;
            signals_.cancel();
            io_.stop();
        });
    }
    bool is_over() const { return is_over_; }

private:
    // What a person would do now and then.
    void wish_at(core::UnixTime when, core::OverrideAction action) {
        if (when < clock_.wall()) return;
        wish_timers_.push_back(clock_.after(when - clock_.wall(), [this, action] {
            const bool is_start = action == core::OverrideAction::Start;
            ports::OverrideRequest wish{
                is_start ? "miner" : "rod", action, {}, 30, is_start, "", "demo"};
            home_.controller().engine().control().set_override(std::move(wish),
                                                               [](const ports::Reply&) {});
        }));
    }
    void watch_the_house() {
        home_.house().now();
        const auto& log = home_.house().log();
        if (log.size() < told_) told_ = 0;
        for (; told_ < log.size(); ++told_) teller_.happened(log[told_].time, log[told_].order);
        watch_timer_ = clock_.after(10'000, [this] { watch_the_house(); });
    }

    boost::asio::io_context& io_;
    ports::Clock& clock_;
    DemoHome& home_;
    DemoTeller& teller_;
    boost::asio::signal_set signals_;
    std::vector<std::unique_ptr<ports::Timer>> wish_timers_;
    std::unique_ptr<ports::Timer> end_timer_;
    std::unique_ptr<ports::Timer> watch_timer_;
    std::size_t told_{0};
    bool is_ending_{false};
    bool is_over_{false};
};

// House and controller take turns: time moves only when nothing is under way, so every run is the
// same run.
void run_in_lock_step(boost::asio::io_context& io, net::ManualClock& clock, DemoHome& home,
                      const Show& show) {
    const auto settle = [&] {
        io.restart();
        io.poll();
        // What waits for the clock itself (a pause before a retry) must not be waited for.
        while (!home.controller().is_quiet() && !show.is_over())
            if (io.run_one_for(kNothingMoves) == 0) break;
        while (io.poll() > 0 && !show.is_over()) {
        }
    };
    settle();
    while (!show.is_over()) {
        const auto due = clock.next_due();
        clock.advance(due ? std::max<std::int64_t>(*due - clock.mono(), 0) : 1000);
        settle();
    }
}

void greet(const Options& o, DemoHome& home, double speed) {
    std::cout << "A day in a simulated house, decided block by block";
    if (speed > 0) std::cout << ", " << speed << " times as fast as life";
    std::cout << ".\nThe page: http://127.0.0.1:" << home.controller().api_port() << "/\n";
    if (!home.has_broker()) std::cout << "Without MQTT: " << home.broker_note() << ".\n";
    if (o.data.empty())
        std::cout << "The journal goes with the demonstration; --data DIR keeps it.\n";
    std::cout << "End with Ctrl-C.\n\n" << std::flush;
}

int fail(const core::Error& error, int code) {
    std::cerr << "bitgrid demo: " << error.what << '\n';
    if (error.code == core::ErrorCode::Unavailable && error.what.find("busy") != std::string::npos)
        std::cerr << "Choose another one with --port, or --port 0 for any.\n";
    return code;
}

int show_day(const Options& o, double speed) {
    const auto midnight = demo_start(o.scenario);
    if (!midnight) return fail(midnight.error(), kUsage);
    const DataFolder data{o.data};
    boost::asio::io_context io{1};
    std::unique_ptr<net::ManualClock> manual;
    std::unique_ptr<net::AsioClock> accelerated;
    if (o.is_lock_step()) manual = std::make_unique<net::ManualClock>(*midnight);
    else
        accelerated = std::make_unique<net::AsioClock>(
            io, speed, *midnight + (o.is_headless ? 0 : 5 * kHourMs));
    ports::Clock& clock = manual ? static_cast<ports::Clock&>(*manual) : *accelerated;

    const auto face = ops::find_face({}, ops::this_program());
    auto home = DemoHome::open(io, clock,
                               {o.scenario, data.path(), face ? face->string() : "",
                                static_cast<std::uint16_t>(o.is_headless ? 0 : o.port),
                                o.is_lock_step() ? kLockStepPollS : 0, true});
    if (!home) return fail(home.error(), kUnavailable);

    const bool is_terminal = isatty(STDOUT_FILENO) != 0;
    DemoTeller teller{std::cout,
                      (*home)->controller().config(),
                      {o.is_json ? DemoTeller::Form::Json : DemoTeller::Form::People,
                       environment_is_german(), is_terminal}};
    Show show{io, clock, **home, teller};
    if (const auto begun = show.begin(*midnight); !begun) return fail(begun.error(), kUnavailable);
    if (!o.is_json) greet(o, **home, speed);
    if (manual) run_in_lock_step(io, *manual, **home, show);
    else io.run();
    if (o.is_json) return kOk;
    std::cout << '\n' << teller.decisions() << " decisions, rules:";
    for (const std::string& rule : teller.rules()) std::cout << ' ' << rule;
    std::cout << "\n";
    return kOk;
}

int demo(const Options& o) {
    double speed = 0;
    if (o.is_lock_step()) return show_day(o, 0);
    const auto [end, error] =
        std::from_chars(o.speed.data(), o.speed.data() + o.speed.size(), speed);
    if (error != std::errc{} || end != o.speed.data() + o.speed.size() ||
        !(speed >= 1 && speed <= 1000)) {
        std::cerr << "bitgrid demo: --speed is \"" << o.speed
                  << "\"; allowed is a number from 1 to 1000, or max\n";
        return kUsage;
    }
    return show_day(o, speed);
}

}  // namespace

void add_demo(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<Options>();
    CLI::App* verb =
        app.add_subcommand("demo", "A day in a simulated house: decided, acted on, explained");
    verb->add_option("--scenario", options->scenario, "story of the day")->capture_default_str();
    verb->add_option("--speed", options->speed, "times as fast as life, 1 to 1000, or max")
        ->capture_default_str();
    verb->add_option("--data", options->data, "folder that keeps the journal");
    verb->add_option("--port", options->port, "port of the page; 0: any")
        ->check(CLI::Range(0, 65535))
        ->capture_default_str();
    verb->add_flag("--headless", options->is_headless, "free ports only, from midnight on");
    verb->add_flag("--json", options->is_json, "one JSON line per decision, nothing else");
    verb->callback([options, &exit_code] { exit_code = demo(*options); });
}

}  // namespace bitgrid::app
