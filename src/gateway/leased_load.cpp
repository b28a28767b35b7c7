#include "gateway/leased_load.hpp"

#include <algorithm>

namespace bitgrid::gateway {

using ports::Refusal;

LeasedLoad::LeasedLoad(const core::LoadConfig& config, const core::RuleConfig& rules, Hands hands,
                       ports::Clock& clock, Calls calls)
    : config_{config},
      rules_{rules},
      clock_{clock},
      calls_{std::move(calls)},
      actuator_{config, rules, hands.driver, hands.relay, clock, calls_.reporter} {}

void LeasedLoad::order(const std::string& id, core::Target target, bool is_urgent) {
    // What was ended, by whomever, is over: a renewal that comes late must not start it again.
    if (!target.is_on() && target_.is_on()) lapsed_id_ = command_id_;
    command_id_ = id;
    target_ = target;
    if (!target.is_on()) lease_until_.reset();
    actuator_.order({id, target, !target.is_on(), is_urgent});
}

void LeasedLoad::stop() {
    order("gateway-" + config_.id + "-" + std::to_string(++own_orders_), core::kOff, false);
}

Refusal LeasedLoad::take(const ports::Setpoint& wanted, std::int64_t newest) {
    if (!wanted.target.is_on()) {
        const bool is_repeated = wanted.command_id == command_id_ && !target_.is_on();
        if (!is_repeated) order(wanted.command_id, core::kOff, false);
        return Refusal::None;
    }
    if (wanted.epoch < newest) return Refusal::StaleEpoch;
    if (wanted.command_id == lapsed_id_) return Refusal::Lapsed;
    if (cools_until_) return Refusal::OverTemperature;
    // Whoever's clock is ahead of ours must not have more than a lease from us.
    const std::int64_t left_ms = std::min(wanted.expires_at - clock_.wall(), kMostLeaseMs);
    if (left_ms <= 0) return Refusal::Expired;
    lease_until_ = clock_.mono() + left_ms;
    const bool is_renewal = wanted.command_id == command_id_ && target_ == wanted.target;
    if (!is_renewal) order(wanted.command_id, wanted.target, false);
    return Refusal::None;
}

void LeasedLoad::felt(core::Celsius temp) {
    const core::SignalSpec& spec = core::spec_of(core::Signal::LoadTemp);
    const bool is_believable = temp.value >= spec.min && temp.value <= spec.max;
    if (!is_believable || temp.value < core::kHardMaxChipTemp.value) return;
    const bool is_news = !cools_until_;
    cools_until_ = clock_.mono() + static_cast<std::int64_t>(rules_.safety_lockout.value * 60'000);
    if (is_news || target_.is_on())
        order("gateway-heat-" + config_.id + "-" + std::to_string(++own_orders_), core::kOff, true);
}

// Cool again is what it shows, not what is assumed.
void LeasedLoad::look_at_the_heat(const core::LoadReadings& load) {
    if (!cools_until_ || clock_.mono() < *cools_until_) return;
    if (load.temp && load.temp->value <= rules_.t_resume.value) cools_until_.reset();
}

void LeasedLoad::look(const core::LoadReadings& load) {
    look_at_the_heat(load);
    if (lease_until_ && clock_.mono() >= *lease_until_) {
        stop();
        calls_.lapsed(lapsed_id_);
    }
    actuator_.look(load);
    actuator_.renew();
}

bool LeasedLoad::is_off() const {
    return !target_.is_on() && actuator_.confirmation() == ports::Confirmation::Confirmed;
}

}  // namespace bitgrid::gateway
