#pragma once
// Time for the engine: real, accelerated or moved by hand. Only the engine and the adapters ask it;
// the core cannot.
#include <functional>
#include <memory>

#include "core/time.hpp"

namespace bitgrid::ports {

/// Cancels its timer when it goes.
class Timer {
public:
    virtual ~Timer() = default;
};

/// Engine thread only. Callbacks run on the engine thread, never from inside after().
class Clock {
public:
    virtual core::UnixTime wall() const = 0;
    virtual core::MonoTime mono() const = 0;
    /// Calls back once, `delay_ms` of this clock's own time from now (an accelerated clock shortens
    /// the wait).
    [[nodiscard]] virtual std::unique_ptr<Timer> after(std::int64_t delay_ms,
                                                       std::function<void()>) = 0;

protected:
    ~Clock() = default;
};

}  // namespace bitgrid::ports
