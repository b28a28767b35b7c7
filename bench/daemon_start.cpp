#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <thread>

#include "bench/benchmark.hpp"
#include "bench/filled_journal.hpp"
#include "bench/house/machine.hpp"
#include "bench/house/running_house.hpp"

namespace bitgrid::bench {
namespace {

constexpr std::size_t kStarts = 9;

std::optional<HttpPeer> connected_to(std::uint16_t port) {
    try {
        return HttpPeer{port};
    } catch (const std::runtime_error&) {
        return std::nullopt;  // it does not listen yet
    }
}

/// Waits for an answer of /health/ready; its status.
int first_answer(std::uint16_t port) {
    for (;;) {
        if (auto api = connected_to(port)) return api->get("/api/v1/health/ready").status;
        std::this_thread::sleep_for(std::chrono::microseconds{200});
    }
}

}  // namespace

Figures daemon_start(const Effort& effort) {
    const std::size_t decisions = effort.seconds < 60 ? 10'000 : 120'000;
    HouseSetup setup;
    setup.api_port = free_port();
    RunningHouse house{setup};
    house.end_daemon();
    const std::string data = house.folder() + "/data";
    std::filesystem::remove_all(data);
    std::filesystem::create_directory(data);
    const double size_mib = fill_journal(data, decisions);

    std::vector<double> times_ms;
    int status = 0;
    for (std::size_t i = 0; i < kStarts; ++i) {
        const auto began = std::chrono::steady_clock::now();
        house.launch_daemon();
        status = first_answer(setup.api_port);
        times_ms.push_back(milliseconds_since(began));
        house.meet_daemon();
        house.end_daemon();
    }
    return {{"start_ms",
             {median(times_ms), "ms", kStarts,
              fmt::format("process start to the first answer of /health/ready, which is {}: it "
                          "answers, and says why it does not decide before half a block of values; "
                          "{} decisions, {:.0f} MiB on {}; median, max {:.0f}",
                          status, decisions, size_mib, disk_words(data), largest(times_ms))}}};
}

}  // namespace bitgrid::bench
