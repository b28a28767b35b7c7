#pragma once
// The gateway: loads beside it run as long as a controller far away renews their leases, and are
// off otherwise: at the start, at the end, without a controller, without a broker, and when they
// are too hot. It decides nothing else.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/signal_board.hpp"
#include "gateway/leased_load.hpp"
#include "ports/clock.hpp"
#include "ports/signals.hpp"

namespace bitgrid::gateway {

/// Engine thread only; clock, config, drivers and relays must outlive it; all loads are attached
/// before start(). Nothing here fails: what a load does not do is told, and commanded again.
class Gateway final : public ports::SetpointSink, public ports::SignalSink {
public:
    struct Calls {
        /// Of a load, or of the gateway itself: `is_alarm`, or only told.
        std::function<void(const std::string& part, bool is_alarm, const std::string& what)> tell;
        std::function<void(const std::string& load, const std::string& command_id)> lapsed;
    };

    Gateway(ports::Clock&, const core::Config&, Calls);

    void attach(std::size_t load, LeasedLoad::Hands);
    /// Commands every load off. `completed`: called at the end of each look, for who watches us.
    void start(std::function<void()> completed);
    /// The same, and calls back once every load is off, or after `patience_ms`.
    void shut_down(std::int64_t patience_ms, std::function<void()> done);

    // SetpointSink
    ports::Refusal take(std::string_view load, const ports::Setpoint&) override;
    void heard_epoch(std::int64_t) override;
    // SignalSink: of all signals it needs only those of its loads.
    void measured(const ports::Measurement&) override;
    void alive(std::string_view load) override;
    void price_series(std::vector<ports::Slot>, core::UnixTime) override {}
    void forecast_series(std::vector<ports::Slot>, core::UnixTime) override {}

    std::int64_t newest_epoch() const { return newest_epoch_; }
    bool are_all_off() const;

    static constexpr std::int64_t kLookMs = 200;

private:
    void look();
    engine::Actuator::Reporter reporter_for(const std::string& load);
    LeasedLoad* find(std::string_view load);

    ports::Clock& clock_;
    const core::Config& config_;
    Calls calls_;
    engine::SignalBoard board_;
    std::vector<std::unique_ptr<LeasedLoad>> loads_;  ///< in the order of Config::loads
    std::int64_t newest_epoch_{0};
    bool is_ending_{false};
    std::function<void()> completed_;
    std::function<void()> ended_;
    core::MonoTime give_up_at_{};
    std::unique_ptr<ports::Timer> timer_;
};

}  // namespace bitgrid::gateway
