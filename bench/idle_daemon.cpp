#include <fmt/format.h>

#include <filesystem>
#include <functional>
#include <thread>

#include "bench/benchmark.hpp"
#include "bench/house/mqtt_peer.hpp"
#include "bench/house/running_house.hpp"
#include "bench/live_reader.hpp"

namespace bitgrid::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kBroughtPerSecond = 20;

/// What a browser does that opens the page: fetches its files, follows the live feed.
void open_page(std::uint16_t port) {
    HttpPeer browser{port};
    browser.get("/");
    if (!fs::is_directory("ui/dist")) return;
    for (const auto& entry : fs::recursive_directory_iterator{"ui/dist"})
        if (entry.is_regular_file())
            browser.get("/" + fs::relative(entry.path(), "ui/dist").generic_string());
}

/// Twenty values a second from sensors on the bus, beside what the devices bring.
void bring_signals(MqttPeer& mqtt, SteadyTime until, const std::function<void()>& meanwhile) {
    for (int number = 0; std::chrono::steady_clock::now() < until; ++number) {
        mqtt.publish("sensor/house", std::to_string(300 + number % 100));
        meanwhile();
        std::this_thread::sleep_for(std::chrono::milliseconds{1'000 / kBroughtPerSecond});
    }
}

}  // namespace

Figures idle_daemon(const Effort& effort) {
    HouseSetup setup;
    setup.sensors = "- {topic: sensor/house, signal: house_load_w}\n";
    RunningHouse house{setup};
    MqttPeer mqtt{house.broker_port(), "bench-sensor"};
    open_page(house.api_port());
    LiveReader websocket{house.api_port(), LiveReader::Form::WebSocket};
    LiveReader events{house.api_port(), LiveReader::Form::EventStream};

    const double measured_before = house.metric("bitgrid_measurements_total");
    const Usage before = house.daemon().usage();
    const auto began = std::chrono::steady_clock::now();
    bring_signals(mqtt, began + std::chrono::seconds{effort.seconds}, [&] {
        websocket.take_what_is_there();
        events.take_what_is_there();
    });
    const double seconds = milliseconds_since(began) / 1000;
    const Usage after = house.daemon().usage();
    const double per_s = (house.metric("bitgrid_measurements_total") - measured_before) / seconds;

    const auto n = static_cast<std::size_t>(effort.seconds);
    const std::string note = fmt::format(
        "{:.0f} values/s, page fetched, a WebSocket ({} messages) and an event stream ({}) open, "
        "over {:.0f} s",
        per_s, websocket.messages(), events.messages(), seconds);
    return {{"rss_idle_mb", {after.resident_mib, "MiB", n, note}},
            {"idle_cpu_pct",
             {(after.cpu_s - before.cpu_s) / seconds * 100, "%", n, "of one core; " + note}}};
}

}  // namespace bitgrid::bench
