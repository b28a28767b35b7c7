#pragma once
// Brings one load to its target and makes sure that it got there: command, retry, confirmation by
// telemetry, relay. What was sent is never taken for what was done: only a measurement made after
// the order says that a load is off; where nothing is measured, its hash rate, else the contact
// before it, and last of all the device's own word.
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/energy_state.hpp"
#include "core/events.hpp"
#include "engine/actuation_times.hpp"
#include "engine/signal_board.hpp"
#include "ports/clock.hpp"
#include "ports/live_view.hpp"
#include "ports/load_driver.hpp"

namespace bitgrid::engine {

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
        /// With a stable code of the reason.
        std::function<void(core::HealthLevel, std::string, std::string_view)> health;
    };

    Actuator(const core::LoadConfig&, const core::RuleConfig&, ports::LoadDriver&, ports::Relay*,
             ports::Clock&, Reporter);
    ~Actuator();

    /// Bounds and patience of these rules, from now on.
    void use(const core::RuleConfig&);
    void order(Order);
    /// A stop that is under way has become urgent: heat, or an emergency.
    void hurry();
    /// Retries, confirms by what the load shows, cuts the relay, raises the alarm.
    void look(const core::LoadReadings&);
    /// Called by a healthy completed cycle only: renews lease and dead man's switch while the load
    /// is on.
    void renew();

    LoadControl control() const;
    ports::Confirmation confirmation() const { return confirmation_; }
    const core::Target& target() const { return order_.target; }
    /// Seconds until the device switches the load off by itself, as the device tells it, else as
    /// it was last sent; missing where nothing would.
    std::optional<double> dead_man_left_s() const;
    /// By its own word; none: no relay, or not known.
    std::optional<bool> is_relay_closed() const;
    int self_starts() const { return self_starts_; }  ///< in this run
    bool has_relay() const { return relay_ != nullptr; }

private:
    struct Lifeline;  ///< callbacks of drivers find out by it that the actuator is gone

    void send();
    void answered(const std::string& command_id, const core::Result<void>&);
    void contact_answered(const std::string& command_id, bool is_closed, const core::Result<void>&);
    void confirm();
    void fail(std::string_view code, const std::string& why);
    void close_relay();
    void cut_relay();
    void look_after_stop(core::MonoTime now);
    void look_whether_it_rests(const core::LoadReadings&, core::MonoTime now);
    void retry_when_due(core::MonoTime now);
    bool is_shown(const core::LoadReadings&) const;
    bool is_shown_off_unmeasured(const core::LoadReadings&) const;
    /// Measured after the present order.
    template <class T>
    bool is_fresh(const core::Reading<T>& reading) const {
        return reading && reading.age_ms < clock_.mono() - ordered_at_;
    }
    ports::Command command() const;
    std::int64_t patience_ms() const;

    const core::LoadConfig& config_;
    enum class Contact : std::uint8_t { Unknown, Closed, Open };

    double standby_w_{0};
    double self_start_w_{0};  ///< more than this, after it was seen off, is a start of its own
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
    core::MonoTime next_cut_{};
    Contact contact_{Contact::Unknown};  ///< of the relay, by its own word
    bool has_hashrate_{false};           ///< it has shown one in this run
    int self_starts_{0};
    std::optional<core::MonoTime> on_since_;
    std::optional<core::MonoTime> off_since_;
    std::optional<core::MonoTime> relay_cut_at_;
    std::optional<core::MonoTime> dead_man_until_;
    bool is_alarmed_{false};
    std::shared_ptr<Lifeline> lifeline_;
};

}  // namespace bitgrid::engine
