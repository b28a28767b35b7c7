#include "adapters/shelly/shelly_plug.hpp"

#include <algorithm>

namespace bitgrid::adapters {
namespace {

using core::Error;
using core::ErrorCode;
using shelly::SwitchStatus;

constexpr int kMostTries = 4;
constexpr std::int64_t kRetryMs = 1000;
constexpr double kWeldedW = 30;
constexpr std::int64_t kWeldedMs = 10'000;

std::string whole_watts(double watts) {
    return std::to_string(static_cast<long>(std::clamp(watts, -1e6, 1e6))) + " W";
}

}  // namespace

ShellyPlug::ShellyPlug(DeviceWorld world, ShellyConfig config)
    : world_{world},
      config_{std::move(config)},
      api_{world.io, world.exchanges,
           WebApiConfig{config_.host, config_.port, config_.timeout_ms, "admin", config_.password}},
      health_{world.health, config_.id},
      lease_{world.clock, [this] {
                 health_.limited("nobody renewed its setpoint: switched off");
                 begin({});
             }} {}

void ShellyPlug::start() { poll(); }

void ShellyPlug::stop() {
    poll_timer_.reset();
    retry_timer_.reset();
    lease_.end();
    api_.stop();
    order_.reset();
    ++run_;
    is_polling_ = false;
}

void ShellyPlug::cut(ports::CommandDone done) { begin({false, 0, 0, std::move(done)}); }

void ShellyPlug::close(int dead_man_s, ports::CommandDone done) {
    begin({true, dead_man_s, 0, std::move(done)});
}

void ShellyPlug::renew(int dead_man_s) {
    if (!is_wanted_on_ || order_) return;
    look([this, dead_man_s, run = run_](const core::Result<SwitchStatus>& status) {
        took_status(status);
        if (run != run_ || !status || !status->is_on) return;
        api_.get(set_path({true, dead_man_s}), [this](const core::Result<WebReply>& reply) {
            if (!reply) return health_.failed(reply.error());
            const auto result = shelly::read_result(*reply);
            if (!result) health_.failed(result.error());
            insist_on_off();
        });
    });
}

void ShellyPlug::command(const ports::Command& command, ports::CommandDone done) {
    const core::Target& target = command.target;
    const bool is_limit_enough = target.level == core::Level::Limited && config_.full_w > 0 &&
                                 target.limit.value >= config_.full_w;
    const bool is_on = target.level == core::Level::Full || is_limit_enough;
    lease_.hold(is_on ? command.lease_ms : 0);
    begin({is_on, config_.dead_man_s, 0, std::move(done)});
}

void ShellyPlug::renew(const ports::Command& command) {
    if (!is_wanted_on_) return;
    lease_.hold(command.lease_ms);
    renew(config_.dead_man_s);
}

void ShellyPlug::begin(Order order) {
    const auto replaced = order_ ? std::exchange(order_->done, nullptr) : ports::CommandDone{};
    is_wanted_on_ = order.is_on;
    order_ = std::move(order);
    try_order();
    if (replaced) replaced(Error{ErrorCode::Refused, "replaced by a newer command"});
}

std::string ShellyPlug::set_path(const Order& order) const {
    const std::string path = "/rpc/Switch.Set?id=" + std::to_string(config_.channel);
    if (!order.is_on) return path + "&on=false";
    return path + "&on=true&toggle_after=" + std::to_string(order.dead_man_s);
}

void ShellyPlug::try_order() {
    ++run_;
    ++order_->tries;
    retry_timer_.reset();
    const bool is_on = order_->is_on;
    api_.get(set_path(*order_), [this, is_on, run = run_](const core::Result<WebReply>& reply) {
        if (run != run_) {
            if (is_on) insist_on_off();
            return;
        }
        if (!reply) return try_again(reply.error());
        const auto result = shelly::read_result(*reply);
        if (!result) return try_again(result.error());
        confirm();
    });
}

// An on that was overtaken by an off may have reached the plug after it: off has the last word.
void ShellyPlug::insist_on_off() {
    if (is_wanted_on_) return;
    if (order_) try_order();
    else begin({});
}

// Switch.Set answers with what was before: what is now says only the status.
void ShellyPlug::confirm() {
    look([this, run = run_](const core::Result<SwitchStatus>& status) {
        took_status(status);
        if (run != run_) return;
        if (!status) return try_again(status.error());
        const double power_w = status->power_w.value_or(0);
        if (order_->is_on && status->is_on) return finish({});
        if (!order_->is_on && !status->is_on && power_w < config_.off_w) return finish({});
        try_again({ErrorCode::Unavailable,
                   std::string{"told to switch "} + (order_->is_on ? "on" : "off") + ", but is " +
                       (status->is_on ? "on" : "off") + " at " + whole_watts(power_w)});
    });
}

void ShellyPlug::try_again(Error error) {
    const bool is_final = error.code == ErrorCode::Refused || error.code == ErrorCode::NotFound;
    if (order_->tries >= kMostTries || is_final) return finish(std::move(error));
    retry_timer_ = world_.clock.after(kRetryMs, [this] { try_order(); });
}

void ShellyPlug::finish(core::Result<void> result) {
    const ports::CommandDone done = std::move(order_->done);
    order_.reset();
    ++run_;
    if (!result) health_.failed(result.error());
    if (done) done(std::move(result));
}

void ShellyPlug::poll() {
    poll_timer_ =
        world_.clock.after(static_cast<std::int64_t>(config_.poll_s * 1000), [this] { poll(); });
    if (is_polling_) return;
    is_polling_ = true;
    look([this](const core::Result<SwitchStatus>& status) {
        is_polling_ = false;
        took_status(status);
    });
}

void ShellyPlug::look(Look took) {
    api_.get("/rpc/Switch.GetStatus?id=" + std::to_string(config_.channel),
             [took = std::move(took)](const core::Result<WebReply>& reply) {
                 if (!reply) return took(reply.error());
                 const auto result = shelly::read_result(*reply);
                 if (!result) return took(result.error());
                 took(shelly::read_switch_status(*result));
             });
}

void ShellyPlug::took_status(const core::Result<SwitchStatus>& status) {
    if (!status) return health_.failed(status.error());
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

void ShellyPlug::judge(const SwitchStatus& status) {
    const core::MonoTime now = world_.clock.mono();
    const bool draws = !status.is_on && status.power_w.value_or(0) > kWeldedW;
    if (!draws) draws_since_.reset();
    else if (!draws_since_) draws_since_ = now;
    if (draws && now - *draws_since_ >= kWeldedMs)
        return health_.broken("contact is welded: off, but " + whole_watts(*status.power_w) +
                              " flow");
    if (!status.errors.empty()) return health_.broken("reports " + status.errors);
    if (is_wanted_on_ && !status.is_on && !order_)
        return health_.limited("opened by hand or by its own timer");
    health_.good();
}

}  // namespace bitgrid::adapters
