#include <fmt/format.h>
#include <poll.h>

#include <stdexcept>

#include "bench/benchmark.hpp"
#include "bench/house/http_peer.hpp"
#include "bench/house/running_house.hpp"

namespace bitgrid::bench {
namespace {

constexpr std::size_t kConnections = 16;
constexpr int kPatienceMs = 10'000;

/// Each connection asks again as soon as it is answered. Milliseconds of every answer.
std::vector<double> answer_times_ms(std::uint16_t port, int seconds) {
    std::vector<HttpPeer> peers;
    for (std::size_t i = 0; i < kConnections; ++i) peers.emplace_back(port);
    std::vector<pollfd> ready;
    for (HttpPeer& peer : peers) ready.push_back({peer.peer().descriptor(), POLLIN, 0});
    std::vector<SteadyTime> asked(kConnections);
    const auto ask = [&](std::size_t i) {
        asked[i] = std::chrono::steady_clock::now();
        peers[i].ask("/api/v1/state");
    };
    for (std::size_t i = 0; i < kConnections; ++i) ask(i);

    std::vector<double> times_ms;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{seconds};
    while (std::chrono::steady_clock::now() < end) {
        if (poll(ready.data(), ready.size(), kPatienceMs) <= 0)
            throw std::runtime_error{"the API does not answer"};
        for (std::size_t i = 0; i < kConnections; ++i) {
            HttpAnswer answer;
            if (ready[i].revents == 0 || !peers[i].receive(0) || !peers[i].take(answer)) continue;
            times_ms.push_back(milliseconds_since(asked[i]));
            if (answer.status != 200) throw std::runtime_error{"refused: " + answer.body};
            ask(i);
        }
    }
    return times_ms;
}

}  // namespace

Figures api_state(const Effort& effort) {
    HouseSetup setup;
    setup.speed = 60;  // a tick each second
    setup.block_minutes = 1;
    setup.poll_s = 20;
    RunningHouse house{setup};
    house.wait_until_ready();
    const int seconds = std::min(effort.seconds, 20);
    const std::vector<double> times_ms = answer_times_ms(house.api_port(), seconds);
    const double per_s = static_cast<double>(times_ms.size()) / seconds;
    return {{"api_state_p99_ms",
             {quantile(times_ms, 0.99), "ms", times_ms.size(),
              fmt::format("{} connections that ask without a pause, {:.0f} answers/s, three loads, "
                          "a tick each second; median {:.2f}, max {:.1f}",
                          kConnections, per_s, median(times_ms), largest(times_ms))}}};
}

}  // namespace bitgrid::bench
