#include <fmt/format.h>

#include <thread>

#include "bench/benchmark.hpp"
#include "bench/house/mqtt_peer.hpp"
#include "bench/house/running_house.hpp"

namespace bitgrid::bench {
namespace {

constexpr int kSeconds = 10;
constexpr int kBytes = 60;
constexpr int kMessagesPerSend = 25;
constexpr const char* kCounter = "bitgrid_measurements_total";

std::string payload(int number) {
    std::string text = fmt::format(R"({{"value":{},"unit":"W","from":")", 100 + number % 5'000);
    text.append(kBytes - text.size() - 2, '-');
    return text.append("\"}");
}

struct Flow {
    double sent{};
    double taken{};
    double seconds{};  ///< until the last one was taken
};

/// So many a second for ten seconds, in even steps; then until the controller has taken all, or a
/// second has brought nothing more.
Flow send_evenly(RunningHouse& house, int per_second) {
    MqttPeer mqtt{house.broker_port(), "bench-meter"};
    const double before = house.metric(kCounter);
    const auto began = std::chrono::steady_clock::now();
    const auto pause =
        std::chrono::nanoseconds{std::chrono::seconds{1}} * kMessagesPerSend / per_second;
    Flow flow;
    for (auto due = began; due < began + std::chrono::seconds{kSeconds}; due += pause) {
        std::string frames;
        for (int i = 0; i < kMessagesPerSend; ++i)
            frames += MqttPeer::frame("meter/house", payload(static_cast<int>(flow.sent++)));
        mqtt.send(frames);
        std::this_thread::sleep_until(due + pause);
    }
    auto last_news = std::chrono::steady_clock::now();
    while (flow.taken < flow.sent && milliseconds_since(last_news) < 1'000) {
        const double taken = house.metric(kCounter) - before;
        if (taken > flow.taken) last_news = std::chrono::steady_clock::now();
        flow.taken = taken;
    }
    flow.seconds = milliseconds_between(began, last_news) / 1'000;
    return flow;
}

}  // namespace

Figures mqtt_ingest(const Effort&) {
    HouseSetup setup;
    setup.is_simulated = false;  // so that every value counted is one of ours
    setup.sensors = "- {topic: meter/house, signal: house_load_w, pointer: /value}\n";
    RunningHouse house{setup};
    Flow flow;
    for (const int per_second : {60'000, 50'000, 40'000, 30'000, 25'000, 20'000}) {
        flow = send_evenly(house, per_second);
        if (flow.taken == flow.sent) break;
    }
    const bool is_whole = flow.taken == flow.sent;
    return {{"mqtt_ingest_per_s",
             {is_whole ? flow.taken / flow.seconds : 0, "1/s", static_cast<std::size_t>(flow.sent),
              is_whole
                  ? fmt::format("{:.0f} JSON messages of {} bytes, QoS 0, all counted by the "
                                "controller, the last {:.1f} s after the first",
                                flow.sent, kBytes, flow.seconds)
                  : fmt::format("{:.0f} of {:.0f} were lost", flow.sent - flow.taken, flow.sent)}}};
}

}  // namespace bitgrid::bench
