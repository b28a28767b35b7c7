#pragma once
// A setpoint's life: unless it is renewed in time, it lapses.
#include <functional>
#include <memory>

#include "ports/clock.hpp"

namespace bitgrid::adapters {

/// Engine thread only; the clock must outlive it. `on_lapse` is called once for each lapse.
class Lease {
public:
    Lease(ports::Clock& clock, std::function<void()> on_lapse)
        : clock_{clock}, on_lapse_{std::move(on_lapse)} {}

    /// Begins or renews; 0 ms: it does not lapse.
    void hold(std::int64_t ms) {
        timer_.reset();
        if (ms <= 0) return;
        timer_ = clock_.after(ms, [this] { on_lapse_(); });
    }
    void end() { timer_.reset(); }

private:
    ports::Clock& clock_;
    std::function<void()> on_lapse_;
    std::unique_ptr<ports::Timer> timer_;
};

}  // namespace bitgrid::adapters
