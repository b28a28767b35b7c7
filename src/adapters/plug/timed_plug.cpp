#include "adapters/plug/timed_plug.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrid::adapters {
namespace {

using core::Error;
using core::ErrorCode;

constexpr int kMostTries = 4;
constexpr std::int64_t kRetryMs = 1000;
constexpr double kWeldedW = 30;
constexpr std::int64_t kWeldedMs = 10'000;
constexpr double kOverdueShare = 0.25;  ///< renewed each third of its time, never so little is left
const char* const kNotArmed =
    "is on, but its own timer does not run: nothing would open it without us";

std::string whole_watts(double watts) {
    return std::to_string(static_cast<long>(std::clamp(watts, -1e6, 1e6))) + " W";
}

}  // namespace

TimedPlug::TimedPlug(DeviceWorld world, PlugConfig config, std::unique_ptr<PlugSpeech> speech)
    : world_{world},
      config_{std::move(config)},
      speech_{std::move(speech)},
      health_{world.health, config_.id},
      lease_{world.clock, [this] {
                 health_.limited("nobody renewed its setpoint: switched off");
                 begin({});
             }} {}

void TimedPlug::start() { poll(); }

void TimedPlug::stop() {
    poll_timer_.reset();
    retry_timer_.reset();
    lease_.end();
    speech_->stop();
    order_.reset();
    ++run_;
    is_polling_ = false;
}

void TimedPlug::cut(ports::CommandDone done) { begin({false, 0, 0, std::move(done)}); }

void TimedPlug::close(int dead_man_s, ports::CommandDone done) {
    begin({true, dead_man_s, 0, std::move(done)});
}

void TimedPlug::renew(int dead_man_s) {
    if (!is_wanted_on_ || order_) return;
    speech_->look([this, dead_man_s, run = run_](const core::Result<PlugStatus>& status) {
        took_status(status);
        if (run != run_ || !status || !status->is_on) return;
        speech_->set(true, dead_man_s, [this](const core::Result<void>& result) {
            if (!result) health_.failed(result.error());
            insist_on_off();
        });
    });
}

void TimedPlug::command(const ports::Command& command, ports::CommandDone done) {
    const core::Target& target = command.target;
    const bool is_limit_enough = target.level == core::Level::Limited && config_.full_w > 0 &&
                                 target.limit.value >= config_.full_w;
    const bool is_on = target.level == core::Level::Full || is_limit_enough;
    lease_.hold(is_on ? command.lease_ms : 0);
    begin({is_on, config_.dead_man_s, 0, std::move(done)});
}

void TimedPlug::renew(const ports::Command& command) {
    if (!is_wanted_on_) return;
    lease_.hold(command.lease_ms);
    renew(config_.dead_man_s);
}

void TimedPlug::begin(Order order) {
    const auto replaced = order_ ? std::exchange(order_->done, nullptr) : ports::CommandDone{};
    is_wanted_on_ = order.is_on;
    order_ = std::move(order);
    try_order();
    if (replaced) replaced(Error{ErrorCode::Refused, "replaced by a newer command"});
}

void TimedPlug::try_order() {
    ++run_;
    ++order_->tries;
    retry_timer_.reset();
    const bool is_on = order_->is_on;
    speech_->set(is_on, order_->dead_man_s,
                 [this, is_on, run = run_](const core::Result<void>& result) {
                     if (run != run_) {
                         if (is_on) insist_on_off();
                         return;
                     }
                     if (!result) return try_again(result.error());
                     confirm();
                 });
}

// An on that was overtaken by an off may have reached the plug after it: off has the last word.
void TimedPlug::insist_on_off() {
    if (is_wanted_on_) return;
    if (order_) try_order();
    else begin({});
}

// What it answers to an order may be what was before: what is now says only its status.
void TimedPlug::confirm() {
    speech_->look([this, run = run_](const core::Result<PlugStatus>& status) {
        took_status(status);
        if (run != run_) return;
        if (!status) return try_again(status.error());
        const double power_w = status->power_w.value_or(0);
        const bool is_armed = status->timer_s || !status->tells_timer;
        if (order_->is_on && status->is_on && is_armed) return finish({});
        if (order_->is_on && status->is_on) return try_again({ErrorCode::Unavailable, kNotArmed});
        if (!order_->is_on && !status->is_on && power_w < config_.off_w) return finish({});
        try_again({ErrorCode::Unavailable,
                   std::string{"told to switch "} + (order_->is_on ? "on" : "off") + ", but is " +
                       (status->is_on ? "on" : "off") + " at " + whole_watts(power_w)});
    });
}

void TimedPlug::try_again(Error error) {
    const bool is_final = error.code == ErrorCode::Refused || error.code == ErrorCode::NotFound;
    if (order_->tries >= kMostTries || is_final) return finish(std::move(error));
    retry_timer_ = world_.clock.after(kRetryMs, [this] { try_order(); });
}

void TimedPlug::finish(core::Result<void> result) {
    const ports::CommandDone done = std::move(order_->done);
    order_.reset();
    ++run_;
    if (!result) health_.failed(result.error());
    if (done) done(std::move(result));
}

void TimedPlug::poll() {
    poll_timer_ =
        world_.clock.after(static_cast<std::int64_t>(config_.poll_s * 1000), [this] { poll(); });
    if (is_polling_) return;
    is_polling_ = true;
    speech_->look([this](const core::Result<PlugStatus>& status) {
        is_polling_ = false;
        took_status(status);
    });
}

void TimedPlug::took_status(const core::Result<PlugStatus>& status) {
    if (!status) return health_.failed(status.error());
    last_ = *status;
    last_at_ = world_.clock.mono();
    judge(*status);
    if (config_.is_load) world_.signals.alive(config_.load_id);
    if (!config_.reports_power || !status->power_w) return;
    // Meters show a watt or two below nothing.
    const double shown_w = *status->power_w;
    const double power_w = shown_w < 0 && shown_w > -50 ? 0 : shown_w;
    constexpr auto kPower = core::Signal::LoadPower;
    world_.signals.measured(
        {kPower, config_.load_id, power_w, max_age_s(kPower, config_.poll_s), 0});
}

void TimedPlug::judge(const PlugStatus& status) {
    const core::MonoTime now = world_.clock.mono();
    const bool draws = !status.is_on && status.power_w.value_or(0) > kWeldedW;
    if (!draws) draws_since_.reset();
    else if (!draws_since_) draws_since_ = now;
    if (draws && now - *draws_since_ >= kWeldedMs)
        return health_.broken(
            "contact is welded: off, but " + whole_watts(*status.power_w) + " flow",
            "CONTACT_WELDED");
    if (!status.errors.empty()) return health_.broken("reports " + status.errors);
    if (is_wanted_on_ && !status.is_on && !order_)
        return health_.limited("opened by hand or by its own timer", "OPENED_BY_HAND");
    if (is_wanted_on_ && status.is_on && !order_ && status.tells_timer) {
        if (!status.timer_s) return health_.limited(kNotArmed);
        if (*status.timer_s < kOverdueShare * config_.dead_man_s)
            return health_.limited("its timer was not renewed: it opens in " +
                                   std::to_string(std::lround(*status.timer_s)) + " s");
    }
    health_.good();
}

ports::DeadMan TimedPlug::dead_man() const {
    if (!last_ || !last_->tells_timer) return {};
    if (!last_->is_on || !last_->timer_s) return {true, std::nullopt};
    const double gone_s = static_cast<double>(world_.clock.mono() - last_at_) / 1000;
    return {true, std::max(0.0, *last_->timer_s - gone_s)};
}

}  // namespace bitgrid::adapters
