#include <fmt/format.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <stdexcept>

#include "bench/benchmark.hpp"
#include "bench/house/running_house.hpp"
#include "bench/live_reader.hpp"
#include "ops/open_files.hpp"

namespace bitgrid::bench {
namespace {

constexpr std::size_t kReaders = 1'200;

/// All readers, each read as soon as something is there for it.
class Crowd {
public:
    Crowd(std::uint16_t port, std::size_t count) : poll_{epoll_create1(EPOLL_CLOEXEC)} {
        for (std::size_t i = 0; i < count; ++i) {
            readers_.push_back(std::make_unique<LiveReader>(port, LiveReader::Form::WebSocket));
            epoll_event event{EPOLLIN, {.ptr = readers_.back().get()}};
            epoll_ctl(poll_, EPOLL_CTL_ADD, readers_.back()->descriptor(), &event);
            read_until(std::chrono::steady_clock::now());  // who was first must not wait
        }
    }
    ~Crowd() { ::close(poll_); }
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

    void read_until(SteadyTime end) {
        std::array<epoll_event, 256> events;
        for (;;) {
            const auto left_ms = static_cast<int>(std::ceil(
                std::max(milliseconds_between(std::chrono::steady_clock::now(), end), 0.0)));
            const int count =
                epoll_wait(poll_, events.data(), static_cast<int>(events.size()), left_ms);
            for (int i = 0; i < count; ++i)
                static_cast<LiveReader*>(events[static_cast<std::size_t>(i)].data.ptr)
                    ->take_what_is_there();
            if (count <= 0 && left_ms == 0) return;
        }
    }
    const std::vector<std::unique_ptr<LiveReader>>& readers() const { return readers_; }

private:
    int poll_;
    std::vector<std::unique_ptr<LiveReader>> readers_;
};

}  // namespace

Figures live_readers(const Effort& effort) {
    constexpr std::size_t kBesides = 200;
    const std::size_t allowed = ops::allow_open_files(kReaders + kBesides);
    if (allowed < kReaders + kBesides)
        throw std::runtime_error{fmt::format("only {} open files are allowed", allowed)};
    HouseSetup setup;
    setup.speed = 60;  // a block and its decisions each second
    setup.block_minutes = 1;
    setup.poll_s = 20;
    RunningHouse house{setup};
    house.wait_until_ready();
    Crowd crowd{house.api_port(), kReaders};

    const std::int64_t first = crowd.readers().front()->last_number();
    crowd.read_until(std::chrono::steady_clock::now() + std::chrono::seconds{effort.seconds});
    const std::int64_t last = crowd.readers().front()->last_number();
    std::size_t served = 0;
    for (const auto& reader : crowd.readers())
        if (reader->gaps() == 0 && reader->last_number() >= last - 1) ++served;
    return {{"ws_clients",
             {static_cast<double>(served), "", kReaders,
              fmt::format("of {} WebSocket readers, without a gap in {} messages each over {} s; a "
                          "block with three decisions each second",
                          kReaders, last - first, effort.seconds)}}};
}

}  // namespace bitgrid::bench
