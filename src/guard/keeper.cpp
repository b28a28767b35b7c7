#include "guard/keeper.hpp"

#include <algorithm>

namespace bitgrid::guard {

Keeper::Keeper(core::LoadConfig config, core::Watts standby, Tell tell)
    : config_{std::move(config)}, standby_{standby}, tell_{std::move(tell)} {}

void Keeper::hold(Hands hands, core::MonoTime now) {
    hands_ = hands;
    hold_token_ = std::make_shared<int>(0);
    under_way_ = 0;
    begin(now);
}

void Keeper::let_go() {
    hands_.reset();
    hold_token_.reset();
    under_way_ = 0;
}

void Keeper::begin(core::MonoTime now) {
    begun_at_ = now;
    tries_ = 0;
    is_accepted_ = is_open_ = is_off_ = is_alarmed_ = false;
    cut_at_.reset();
    command(now);
}

ports::CommandDone Keeper::answer(bool Keeper::*heard) {
    ++under_way_;
    return [this, heard, token = std::weak_ptr<int>{hold_token_},
            begun = begun_at_](const core::Result<void>& result) {
        if (token.expired()) return;
        --under_way_;
        if (result && begun == begun_at_) this->*heard = true;
    };
}

void Keeper::command(core::MonoTime now) {
    next_try_ = now + (tries_ < 3 ? std::int64_t{1000} << tries_ : times_.repeat);
    ++tries_;
    const std::string id = "guard-" + config_.id + "-" + std::to_string(++commands_);
    hands_->driver->command({id, core::kOff, {}, 0, true}, answer(&Keeper::is_accepted_));
}

void Keeper::cut(core::MonoTime now) {
    cut_at_ = now;
    hands_->relay->cut(answer(&Keeper::is_open_));
}

void Keeper::measured(core::Watts power, core::MonoTime now) {
    power_ = power;
    power_at_ = now;
}

bool Keeper::draws(core::MonoTime now) const {
    const bool is_fresh = power_ && now - power_at_ < times_.silence;
    return is_fresh && !(power_->value <= standby_.value);
}

// What was measured before the command says nothing about its effect. A load that shows nothing is
// off where its relay, or else its own interface, has said so.
bool Keeper::has_shown_off(core::MonoTime now) const {
    if (draws(now)) return false;
    if (is_open_) return true;
    if (config_.has_power)
        return power_ && power_at_ > begun_at_ && now - power_at_ < times_.silence;
    return is_accepted_ && hands_->relay == nullptr;
}

void Keeper::look(core::MonoTime now) {
    if (!hands_) return;
    const bool has_shown = has_shown_off(now);
    if (is_off_ && draws(now)) {
        tell_(true, config_.id + " draws again although it was off: commanded off again");
        return begin(now);
    }
    if (has_shown && !is_off_)
        tell_(false, config_.id + " is off, " + std::to_string(now - begun_at_) +
                         " ms after it was commanded off");
    is_off_ = is_off_ || has_shown;
    if (!is_off_ && !is_alarmed_ && now - begun_at_ >= times_.alarm_after) {
        is_alarmed_ = true;
        tell_(true, config_.id + (draws(now) ? " still draws power: load not under control"
                                             : " has not shown that it is off"));
    }
    take_turn(now);
}

// The load gets time to stop by itself; then, or once it is off, it is also taken off the mains.
void Keeper::take_turn(core::MonoTime now) {
    const bool is_cut_due =
        hands_->relay != nullptr && !cut_at_ && (is_off_ || now - begun_at_ >= times_.relay_after);
    const bool wants_relay = hands_->relay != nullptr && cut_at_ && !is_open_;
    const bool is_turn = now >= next_try_ && (!is_off_ || wants_relay);
    if (is_turn) command(now);
    if (is_cut_due || (is_turn && wants_relay)) cut(now);
}

}  // namespace bitgrid::guard
