#pragma once
// Brings one load to its target and makes sure that it got there: command, retry, confirmation by
// telemetry, relay.
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/energy_state.hpp"
#include "core/events.hpp"
#include "engine/signal_board.hpp"
#include "ports/clock.hpp"
#include "ports/live_view.hpp"
#include "ports/load_driver.hpp"

namespace bitgrid::engine {

/// Times of spec "Times that belong together", milliseconds.
struct ActuationTimes {
    std::int64_t stop_confirm{30'000};
    std::int64_t urgent_stop_confirm{5'000};  ///< after heat or an emergency stop
    std::int64_t relay_confirm{15'000};
    std::int64_t start_confirm{180'000};  ///< boot grace
    std::int64_t stop_repeat{10'000};
    std::int64_t lease{30'000};
    std::int64_t lease_renewal{10'000};
    std::int64_t dead_man_renewal{40'000};
    int dead_man_s{120};
};

struct Order {
    std::string command_id;
    core::Target target;
    bool is_safety{false};
    bool is_urgent{false};  ///< heat or emergency: the relay waits only urgent_stop_confirm
};

/// Engine thread. Owns nothing of the device: driver and relay outlive it. order() puts the command
/// on its way before it returns; everything after that happens in look(), which the engine calls at
/// least once a second.
class Actuator {
public:
    struct Reporter {
        std::function<void(const core::CommandReported&)> command;
        std::function<void(core::HealthLevel, std::string)> health;
    };

    Actuator(const core::LoadConfig&, const core::RuleConfig&, ports::LoadDriver&, ports::Relay*,
             ports::Clock&, Reporter);
    ~Actuator();

    /// Bounds and patience of these rules, from now on.
    void use(const core::RuleConfig&);
    void order(Order);
    /// Retries, confirms by what the load shows, cuts the relay, raises the alarm.
    void look(const core::LoadReadings&);
    /// Called by a healthy completed cycle only: renews lease and dead man's switch while the load
    /// is on.
    void renew();

    LoadControl control() const;
    ports::Confirmation confirmation() const { return confirmation_; }
    const core::Target& target() const { return order_.target; }
    std::optional<core::MonoTime> dead_man_until() const { return dead_man_until_; }
    bool has_relay() const { return relay_ != nullptr; }

private:
    struct Lifeline;  ///< callbacks of drivers find out by it that the actuator is gone

    void send();
    void answered(const std::string& command_id, const core::Result<void>&);
    void confirm();
    void fail(const std::string& why);
    void cut_relay();
    void retry_when_due(core::MonoTime now);
    bool is_shown(const core::LoadReadings&) const;
    ports::Command command() const;
    std::int64_t patience_ms() const;

    const core::LoadConfig& config_;
    double standby_w_{0};
    ports::LoadDriver& driver_;
    ports::Relay* relay_;
    ports::Clock& clock_;
    Reporter reporter_;
    ActuationTimes times_{};

    Order order_{};
    ports::Confirmation confirmation_{ports::Confirmation::Confirmed};
    int attempt_{0};
    bool is_accepted_{false};
    bool was_ordered_{false};
    core::MonoTime ordered_at_{};
    core::MonoTime next_try_{};
    core::MonoTime next_lease_{};
    core::MonoTime next_dead_man_{};
    std::optional<core::MonoTime> on_since_;
    std::optional<core::MonoTime> off_since_;
    std::optional<core::MonoTime> relay_cut_at_;
    std::optional<core::MonoTime> dead_man_until_;
    bool is_alarmed_{false};
    std::shared_ptr<Lifeline> lifeline_;
};

}  // namespace bitgrid::engine
