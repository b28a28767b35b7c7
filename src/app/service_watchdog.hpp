#pragma once
// Feeds the service manager's watchdog, so that it restarts a process whose cycle hangs. Fed by the
// completed cycle and by nothing else.
#include "net/asio_clock.hpp"
#include "ops/service_notify.hpp"
#include "ports/lifesign.hpp"

namespace bitgrid::app {

/// Engine thread only; the service must outlive it. Without a service manager that watches this
/// process it does nothing.
class ServiceWatchdog final : public ports::Lifesign {
public:
    ServiceWatchdog(boost::asio::io_context& io, ops::ServiceNotify& service)
        : real_clock_{io}, service_{service}, rhythm_{ops::watchdog_rhythm()} {}

    void cycle_completed(const ports::Cycle&) override { feed(); }

    /// An accelerated house has many cycles a second: it is fed twice as often as asked, no more.
    void feed() {
        if (!rhythm_ || real_clock_.mono() < next_) return;
        next_ = real_clock_.mono() + rhythm_->count() / 2;
        service_.watchdog();
    }

private:
    net::AsioClock real_clock_;
    ops::ServiceNotify& service_;
    std::optional<std::chrono::milliseconds> rhythm_;
    core::MonoTime next_{};
};

}  // namespace bitgrid::app
