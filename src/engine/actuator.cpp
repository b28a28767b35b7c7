#include "engine/actuator.hpp"

#include <algorithm>

namespace bitgrid::engine {
namespace {

using ports::Confirmation;

// The first three tries come quickly, then a stop is repeated for ever and a start until its
// patience ends.
std::int64_t pause_before_ms(int attempt, std::int64_t repeat_ms) {
    return attempt <= 3 ? std::int64_t{1000} << (attempt - 1) : repeat_ms;
}

}  // namespace

struct Actuator::Lifeline {
    Actuator* owner;
};

Actuator::Actuator(const core::LoadConfig& config, const core::RuleConfig& rules,
                   ports::LoadDriver& driver, ports::Relay* relay, ports::Clock& clock,
                   Reporter reporter)
    : config_{config},
      driver_{driver},
      relay_{relay},
      clock_{clock},
      reporter_{std::move(reporter)},
      lifeline_{std::make_shared<Lifeline>(this)} {
    use(rules);
}

void Actuator::use(const core::RuleConfig& rules) {
    standby_w_ = core::standby_of(rules, config_).value;
    times_.stop_confirm = static_cast<std::int64_t>(rules.stop_confirm.value * 1000);
    times_.start_confirm = static_cast<std::int64_t>(rules.boot_grace.value * 1000);
}

Actuator::~Actuator() { lifeline_->owner = nullptr; }

void Actuator::order(Order order) {
    const core::MonoTime now = clock_.mono();
    const bool was_on = was_ordered_ && order_.target.is_on();
    order_ = std::move(order);
    confirmation_ = Confirmation::Pending;
    attempt_ = 0;
    is_accepted_ = false;
    ordered_at_ = now;
    relay_cut_at_.reset();
    if (order_.target.is_on()) {
        if (!was_on) on_since_ = now;
        off_since_.reset();
    } else {
        if (was_on || !was_ordered_) off_since_ = now;
        on_since_.reset();
    }
    was_ordered_ = true;
    send();
}

ports::Command Actuator::command() const {
    return {order_.command_id, order_.target, core::power_at(config_, order_.target),
            order_.target.is_on() ? times_.lease : 0, order_.is_safety};
}

void Actuator::send() {
    const core::MonoTime now = clock_.mono();
    ++attempt_;
    next_try_ = now + pause_before_ms(attempt_, times_.stop_repeat);
    next_lease_ = now + times_.lease_renewal;
    const auto line = lifeline_;
    if (relay_ != nullptr && order_.target.is_on() && attempt_ == 1) {
        next_dead_man_ = now + times_.dead_man_renewal;
        dead_man_until_ = now + std::int64_t{times_.dead_man_s} * 1000;
        relay_->close(times_.dead_man_s, [](const core::Result<void>&) {});
    }
    driver_.command(command(), [line, id = order_.command_id](const core::Result<void>& result) {
        if (line->owner != nullptr) line->owner->answered(id, result);
    });
    if (attempt_ == 1)
        reporter_.command(
            {core::CommandState::Sent, order_.command_id, config_.id, order_.target, attempt_, ""});
}

void Actuator::answered(const std::string& command_id, const core::Result<void>& result) {
    if (command_id != order_.command_id) return;
    is_accepted_ = is_accepted_ || result.has_value();
    if (!result) reporter_.health(core::HealthLevel::Warn, result.error().what);
}

bool Actuator::is_shown(const core::LoadReadings& load) const {
    if (!config_.has_power) return is_accepted_;
    if (!load.power) return false;
    const bool draws = load.power->value > standby_w_;
    if (!order_.target.is_on()) return !draws;
    return draws && is_accepted_;
}

void Actuator::confirm() {
    confirmation_ = Confirmation::Confirmed;
    is_alarmed_ = false;
    reporter_.command({core::CommandState::Confirmed, order_.command_id, config_.id, order_.target,
                       attempt_, ""});
    reporter_.health(core::HealthLevel::Ok, "");
    // A load that has stopped is also taken off the mains, so that it cannot start by itself.
    if (relay_ != nullptr && !order_.target.is_on() && !relay_cut_at_) cut_relay();
}

void Actuator::fail(const std::string& why) {
    if (is_alarmed_) return;
    is_alarmed_ = true;
    confirmation_ = Confirmation::Failed;
    reporter_.command(
        {core::CommandState::Failed, order_.command_id, config_.id, order_.target, attempt_, why});
    reporter_.health(core::HealthLevel::Error, why);
}

void Actuator::cut_relay() {
    relay_cut_at_ = clock_.mono();
    dead_man_until_.reset();
    relay_->cut([](const core::Result<void>&) {});
}

std::int64_t Actuator::patience_ms() const {
    if (order_.target.is_on()) return times_.start_confirm;
    return order_.is_urgent ? times_.urgent_stop_confirm : times_.stop_confirm;
}

void Actuator::retry_when_due(core::MonoTime now) {
    const bool keeps_trying = !order_.target.is_on() || now - ordered_at_ < patience_ms();
    if (now >= next_try_ && keeps_trying && (!is_accepted_ || !order_.target.is_on())) send();
}

void Actuator::look(const core::LoadReadings& load) {
    if (!was_ordered_) return;
    const core::MonoTime now = clock_.mono();
    if (confirmation_ == Confirmation::Confirmed) {
        // It was off and draws again: it started by itself or never let go.
        if (!order_.target.is_on() && load.power && load.power->value > standby_w_ && off_since_ &&
            now - *off_since_ >= times_.stop_confirm && now >= next_try_) {
            confirmation_ = Confirmation::Pending;
            ordered_at_ = now;
            relay_cut_at_.reset();
            send();
        }
        return;
    }
    if (is_shown(load)) return confirm();
    retry_when_due(now);
    if (now - ordered_at_ < patience_ms()) return;
    if (order_.target.is_on()) return fail("started, but shows no sign of running");
    if (relay_ == nullptr)
        return fail("told to stop, but still draws power: load not under control");
    if (!relay_cut_at_) cut_relay();
    else if (now - *relay_cut_at_ >= times_.relay_confirm)
        fail("relay cut, but the load still draws power: load not under control");
}

void Actuator::renew() {
    if (!was_ordered_ || !order_.target.is_on()) return;
    const core::MonoTime now = clock_.mono();
    if (now >= next_lease_) {
        next_lease_ = now + times_.lease_renewal;
        driver_.renew(command());
    }
    if (relay_ != nullptr && now >= next_dead_man_) {
        next_dead_man_ = now + times_.dead_man_renewal;
        dead_man_until_ = now + std::int64_t{times_.dead_man_s} * 1000;
        relay_->renew(times_.dead_man_s);
    }
}

LoadControl Actuator::control() const {
    const bool gave_up = confirmation_ == Confirmation::Failed;
    return {order_.target.is_on(), on_since_, off_since_, gave_up};
}

}  // namespace bitgrid::engine
