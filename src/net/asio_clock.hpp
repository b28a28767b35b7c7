#pragma once
// Time from the machine: real, or accelerated for a demonstration. Its ages count the time in
// which the machine sleeps. The one real ports::Clock of
// every program. Engine thread only; must outlive its timers' callbacks, not the timers themselves.
// Nothing here fails.
#include <boost/asio/io_context.hpp>
#include <optional>

#include "ports/clock.hpp"

namespace bitgrid::net {

class AsioClock final : public ports::Clock {
public:
    /// Real time: wall() is the system's clock, jumps included.
    explicit AsioClock(boost::asio::io_context&);

    /// Time that runs `speed` times as fast (> 0) from `start_wall`. Two programs that name the
    /// same moment of the system's clock in `start_real` share one time; without it, the
    /// acceleration starts now.
    AsioClock(boost::asio::io_context&, double speed, core::UnixTime start_wall,
              std::optional<core::UnixTime> start_real = std::nullopt);

    core::UnixTime wall() const override;
    core::MonoTime mono() const override;
    std::unique_ptr<ports::Timer> after(std::int64_t delay_ms, std::function<void()>) override;

    double speed() const { return speed_; }

private:
    std::int64_t elapsed_ms() const;

    boost::asio::io_context& io_;
    double speed_{1};
    std::int64_t origin_ns_;  ///< of a clock that goes on while the machine sleeps
    std::optional<core::UnixTime> start_wall_;  ///< empty: real time
};

}  // namespace bitgrid::net
