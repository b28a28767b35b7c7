#include "net/asio_clock.hpp"

#include <time.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <cassert>
#include <chrono>
#include <cmath>

namespace bitgrid::net {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

core::UnixTime system_now() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return {duration_cast<milliseconds>(now).count()};
}

// Monotonic, and the machine's sleep counts: what was measured before it is old after it.
std::int64_t awake_or_asleep_ns() {
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// Shared by the owner's handle and the pending handler, so that either may go first.
struct Pending {
    explicit Pending(boost::asio::io_context& io) : timer{io} {}
    boost::asio::steady_timer timer;
    std::function<void()> callback;
};

class PendingTimer final : public ports::Timer {
public:
    explicit PendingTimer(std::shared_ptr<Pending> pending) : pending_{std::move(pending)} {}
    ~PendingTimer() override {
        pending_->callback = nullptr;  // also where the handler is queued already
        pending_->timer.cancel();
    }
    PendingTimer(const PendingTimer&) = delete;
    PendingTimer& operator=(const PendingTimer&) = delete;

private:
    std::shared_ptr<Pending> pending_;
};

}  // namespace

AsioClock::AsioClock(boost::asio::io_context& io) : io_{io}, origin_ns_{awake_or_asleep_ns()} {}

AsioClock::AsioClock(boost::asio::io_context& io, double speed, core::UnixTime start_wall,
                     std::optional<core::UnixTime> start_real)
    : io_{io}, speed_{speed}, origin_ns_{awake_or_asleep_ns()}, start_wall_{start_wall} {
    assert(speed > 0);
    if (!start_real) return;
    const double already = static_cast<double>(system_now() - *start_real) * speed;
    start_wall_ = start_wall + std::llround(already);
}

std::int64_t AsioClock::elapsed_ms() const {
    const auto real_ms = static_cast<double>(awake_or_asleep_ns() - origin_ns_) / 1e6;
    return static_cast<std::int64_t>(real_ms * speed_);
}

core::UnixTime AsioClock::wall() const {
    return start_wall_ ? *start_wall_ + elapsed_ms() : system_now();
}

core::MonoTime AsioClock::mono() const { return {elapsed_ms()}; }

std::unique_ptr<ports::Timer> AsioClock::after(std::int64_t delay_ms,
                                               std::function<void()> callback) {
    auto pending = std::make_shared<Pending>(io_);
    pending->callback = std::move(callback);
    const double real_us =
        std::ceil(static_cast<double>(std::max<std::int64_t>(delay_ms, 0)) * 1000.0 / speed_);
    pending->timer.expires_after(std::chrono::microseconds{static_cast<std::int64_t>(real_us)});
    pending->timer.async_wait([pending](const boost::system::error_code&) {
        // Taken out first: the callback may destroy its own timer.
        if (const auto run = std::exchange(pending->callback, nullptr)) run();
    });
    return std::make_unique<PendingTimer>(std::move(pending));
}

}  // namespace bitgrid::net
