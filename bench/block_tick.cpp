#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "bench/benchmark.hpp"
#include "bench/house/machine.hpp"
#include "bench/house/mqtt_peer.hpp"
#include "bench/house/running_house.hpp"

namespace bitgrid::bench {
namespace {

constexpr double kSpeed = 300;
constexpr std::int64_t kBlockMs = 60'000;

/// From the moment at which a block begins by the house's clock to the last word about its last
/// load at a reader of the bus: timer, decision, journal, fsync, publishing, broker.
std::vector<double> tick_times_ms(RunningHouse& house, int seconds) {
    MqttPeer mqtt{house.broker_port(), "bench-reader"};
    mqtt.subscribe("bitgrid/home/load/bitaxe/decision");
    mqtt.subscribe("bitgrid/home/load/bitaxe/explain");
    std::vector<double> times_ms;
    std::int64_t block = 0;  // of the decision that is being told
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{seconds};
    while (std::chrono::steady_clock::now() < end) {
        const auto message = mqtt.next(100);
        if (!message) continue;
        if (message->topic.ends_with("/decision")) {
            const auto decision = nlohmann::json::parse(message->payload);
            const bool is_tick = decision.at("trigger") == "BLOCK_TICK";
            block = is_tick ? decision.at("block_id").get<std::int64_t>() : 0;
        } else if (block > 0) {
            const auto age =
                std::chrono::system_clock::now() - house.real_time_of(block * kBlockMs);
            times_ms.push_back(std::chrono::duration<double, std::milli>(age).count());
        }
    }
    if (!times_ms.empty()) times_ms.erase(times_ms.begin());  // the retained one of before
    return times_ms;
}

}  // namespace

Figures block_tick(const Effort& effort) {
    HouseSetup setup;
    setup.speed = kSpeed;
    setup.block_minutes = 1;
    setup.poll_s = 20;
    RunningHouse house{setup};
    house.wait_until_ready();
    const std::vector<double> times_ms = tick_times_ms(house, effort.seconds);
    return {
        {"tick_p99_ms",
         {quantile(times_ms, 0.99), "ms", times_ms.size(),
          fmt::format("start of the block to the last of three loads told on the bus, journal "
                      "on {} with fsync, house at {:.0f} times life; median {:.1f}, max {:.1f}",
                      disk_words(house.folder()), kSpeed, median(times_ms), largest(times_ms))}}};
}

}  // namespace bitgrid::bench
