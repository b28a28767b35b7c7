#include "engine/actuator.hpp"

#include <algorithm>

namespace bitgrid::engine {
namespace {

using ports::Confirmation;

constexpr double kSelfStartW = 50;
constexpr double kHashingShare = 0.1;  ///< of the smallest level: less is no mining

// The first three tries come quickly, then a stop is repeated for ever and a start until its
// patience ends.
std::int64_t pause_before_ms(int attempt, std::int64_t repeat_ms) {
    return attempt <= 3 ? std::int64_t{1000} << (attempt - 1) : repeat_ms;
}

double smallest_w(const core::LoadConfig& load) {
    return load.can_throttle ? load.eco_w.value : load.full_w.value;
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
    self_start_w_ = std::max(standby_w_, std::min(kSelfStartW, smallest_w(config_) / 2));
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

void Actuator::hurry() {
    if (!was_ordered_ || order_.target.is_on() || confirmation_ == Confirmation::Confirmed) return;
    order_.is_urgent = true;
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
    const bool is_first = attempt_ == 1;
    if (relay_ != nullptr && order_.target.is_on() && (is_first || contact_ == Contact::Open))
        close_relay();
    driver_.command(command(),
                    [line = lifeline_, id = order_.command_id](const core::Result<void>& result) {
                        if (line->owner != nullptr) line->owner->answered(id, result);
                    });
    if (is_first)
        reporter_.command(
            {core::CommandState::Sent, order_.command_id, config_.id, order_.target, attempt_, ""});
}

void Actuator::answered(const std::string& command_id, const core::Result<void>& result) {
    if (command_id != order_.command_id) return;
    is_accepted_ = is_accepted_ || result.has_value();
    if (!result && !is_alarmed_)
        reporter_.health(core::HealthLevel::Warn, result.error().what, "REFUSED");
}

void Actuator::close_relay() {
    const core::MonoTime now = clock_.mono();
    next_dead_man_ = now + times_.dead_man_renewal;
    dead_man_until_ = now + std::int64_t{times_.dead_man_s} * 1000;
    relay_->close(times_.dead_man_s,
                  [line = lifeline_, id = order_.command_id](const core::Result<void>& result) {
                      if (line->owner != nullptr) line->owner->contact_answered(id, true, result);
                  });
}

void Actuator::cut_relay() {
    const core::MonoTime now = clock_.mono();
    if (!relay_cut_at_) relay_cut_at_ = now;
    next_cut_ = now + times_.stop_repeat;
    dead_man_until_.reset();
    contact_ = Contact::Unknown;
    relay_->cut([line = lifeline_, id = order_.command_id](const core::Result<void>& result) {
        if (line->owner != nullptr) line->owner->contact_answered(id, false, result);
    });
}

void Actuator::contact_answered(const std::string& command_id, bool is_closed,
                                const core::Result<void>& result) {
    if (command_id != order_.command_id || is_closed != order_.target.is_on()) return;
    if (!is_closed) {
        if (result) contact_ = Contact::Open;
        return;
    }
    const bool was_closed =
        std::exchange(contact_, result ? Contact::Closed : Contact::Open) == Contact::Closed;
    if (!result) return reporter_.health(core::HealthLevel::Warn, result.error().what, "REFUSED");
    // Mains bring a miner up in a mode of its own: what it took before they came does not count.
    if (!was_closed && is_accepted_) {
        is_accepted_ = false;
        next_try_ = clock_.mono();
    }
}

bool Actuator::is_shown_off_unmeasured(const core::LoadReadings& load) const {
    if (relay_cut_at_ && contact_ == Contact::Open) return true;
    if (!has_hashrate_) return is_accepted_;
    const double least = config_.can_throttle ? config_.eco_ths.value : config_.full_ths.value;
    return is_fresh(load.hashrate) && load.hashrate->value <= kHashingShare * least;
}

bool Actuator::is_shown(const core::LoadReadings& load) const {
    const bool is_on = order_.target.is_on();
    if (!config_.has_power) return is_on ? is_accepted_ : is_shown_off_unmeasured(load);
    if (!is_fresh(load.power)) return false;
    const bool draws = load.power->value > standby_w_;
    return is_on ? draws && is_accepted_ : !draws;
}

void Actuator::confirm() {
    confirmation_ = Confirmation::Confirmed;
    is_alarmed_ = false;
    reporter_.command({core::CommandState::Confirmed, order_.command_id, config_.id, order_.target,
                       attempt_, ""});
    reporter_.health(core::HealthLevel::Ok,
                     self_starts_ == 0 ? ""
                                       : "started by itself " + std::to_string(self_starts_) +
                                             " times; each time stopped again",
                     "");
    // A load that has stopped is also taken off the mains, so that it cannot start by itself.
    if (relay_ != nullptr && !order_.target.is_on() && !relay_cut_at_) cut_relay();
}

void Actuator::fail(std::string_view code, const std::string& why) {
    if (is_alarmed_) return;
    is_alarmed_ = true;
    confirmation_ = Confirmation::Failed;
    reporter_.command(
        {core::CommandState::Failed, order_.command_id, config_.id, order_.target, attempt_, why});
    reporter_.health(core::HealthLevel::Error, why, code);
}

std::int64_t Actuator::patience_ms() const {
    if (order_.target.is_on()) return times_.start_confirm;
    if (!order_.is_urgent) return times_.stop_confirm;
    // Without a relay there is nothing to do after five seconds but to wait for its telemetry.
    if (relay_ == nullptr)
        return std::min(times_.stop_confirm, times_.urgent_stop_confirm + times_.relay_confirm);
    return times_.urgent_stop_confirm;
}

void Actuator::retry_when_due(core::MonoTime now) {
    const bool keeps_trying = !order_.target.is_on() || now - ordered_at_ < patience_ms();
    if (now >= next_try_ && keeps_trying && (!is_accepted_ || !order_.target.is_on())) send();
}

void Actuator::look(const core::LoadReadings& load) {
    if (!was_ordered_) return;
    const core::MonoTime now = clock_.mono();
    has_hashrate_ = has_hashrate_ || load.hashrate;
    if (confirmation_ == Confirmation::Confirmed) return look_whether_it_rests(load, now);
    if (is_shown(load)) return confirm();
    retry_when_due(now);
    if (!relay_cut_at_ && now - ordered_at_ < patience_ms()) return;
    if (order_.target.is_on()) return fail("NOT_STARTED", "started, but shows no sign of running");
    look_after_stop(now);
}

// It was told to stop, was given time, and nothing shows that it did.
void Actuator::look_after_stop(core::MonoTime now) {
    if (relay_ == nullptr)
        return fail("NOT_UNDER_CONTROL",
                    "told to stop, but nothing shows that it did: load not under control");
    if (!relay_cut_at_ || now >= next_cut_) cut_relay();
    if (now - *relay_cut_at_ >= times_.relay_confirm)
        fail(contact_ == Contact::Open ? "CONTACT_WELDED" : "NOT_UNDER_CONTROL",
             "relay cut, but nothing shows that the load is off: load not under control");
}

void Actuator::look_whether_it_rests(const core::LoadReadings& load, core::MonoTime now) {
    if (order_.target.is_on()) return;
    // Seen off, and now it draws: it started by itself.
    if (load.power && load.power->value > self_start_w_) {
        ++self_starts_;
        confirmation_ = Confirmation::Pending;
        attempt_ = 0;
        is_accepted_ = false;
        ordered_at_ = now;
        relay_cut_at_.reset();
        reporter_.health(core::HealthLevel::Warn, "started by itself: stopped again",
                         "RESTARTED_ITSELF");
        send();
        if (relay_ != nullptr) cut_relay();
        return;
    }
    if (relay_ != nullptr && contact_ != Contact::Open && now >= next_cut_) cut_relay();
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

std::optional<bool> Actuator::is_relay_closed() const {
    if (relay_ == nullptr || contact_ == Contact::Unknown) return std::nullopt;
    return contact_ == Contact::Closed;
}

std::optional<double> Actuator::dead_man_left_s() const {
    const ports::DeadMan told = relay_ != nullptr ? relay_->dead_man() : driver_.dead_man();
    if (told.is_told) return told.left_s;
    if (!dead_man_until_) return std::nullopt;
    return std::max(0.0, static_cast<double>(*dead_man_until_ - clock_.mono()) / 1000);
}

LoadControl Actuator::control() const {
    const bool gave_up = confirmation_ == Confirmation::Failed;
    return {order_.target.is_on(), on_since_, off_since_, gave_up};
}

}  // namespace bitgrid::engine
