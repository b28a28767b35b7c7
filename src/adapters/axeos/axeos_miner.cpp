#include "adapters/axeos/axeos_miner.hpp"

#include <cmath>

namespace bitgrid::adapters {
namespace {

using axeos::Info;
using core::Error;
using core::ErrorCode;
using core::Signal;

constexpr std::int64_t kBetweenWritesMs = 300'000;

core::Result<WebReply> checked(const core::Result<WebReply>& reply) {
    if (!reply || reply->is_good()) return reply;
    const ErrorCode code = reply->status == 404 ? ErrorCode::NotFound : ErrorCode::Refused;
    return Error{code, reply->complaint()};
}

}  // namespace

AxeOsMiner::AxeOsMiner(DeviceWorld world, AxeOsConfig config)
    : world_{world},
      config_{std::move(config)},
      api_{world.io, world.exchanges, WebApiConfig{config_.host, config_.port, config_.timeout_ms}},
      health_{world.health, config_.id},
      lease_{world.clock, [this] {
                 health_.limited("nobody renewed its setpoint: told to pause");
                 command({"", core::kOff, {}, 0, true}, [](const core::Result<void>&) {});
             }} {}

void AxeOsMiner::start() { poll(); }

void AxeOsMiner::stop() {
    timer_.reset();
    lease_.end();
    api_.stop();
    ++run_;
    done_ = nullptr;
    is_polling_ = false;
    is_writing_ = false;
}

AxeOsMiner::Wanted AxeOsMiner::wanted_for(const core::Target& target) const {
    const double limit_w = target.limit.value;
    switch (target.level) {
        case core::Level::Full:
            return {true, config_.full_mhz};
        case core::Level::Eco:
            return {true, config_.eco_mhz};
        case core::Level::Limited:
            if (limit_w >= config_.full_w) return {true, config_.full_mhz};
            if (limit_w >= config_.eco_w) return {true, config_.eco_mhz};
            return {};
        case core::Level::Off:
            break;
    }
    return {};
}

void AxeOsMiner::command(const ports::Command& command, ports::CommandDone done) {
    wanted_ = wanted_for(command.target);
    lease_.hold(wanted_->is_on ? command.lease_ms : 0);
    const auto replaced = std::exchange(done_, std::move(done));
    switch_mining(wanted_->is_on, [this](core::Result<void> result) {
        const auto finished = std::exchange(done_, nullptr);
        if (finished) finished(std::move(result));
    });
    if (wanted_->is_on) ask_frequencies();
    if (replaced) replaced(Error{ErrorCode::Refused, "replaced by a newer command"});
}

void AxeOsMiner::renew(const ports::Command& command) {
    if (wanted_ && wanted_->is_on) lease_.hold(command.lease_ms);
}

void AxeOsMiner::switch_mining(bool is_on, ports::CommandDone done) {
    const char* path = is_on ? "/api/system/resume" : "/api/system/pause";
    api_.ask("POST", path, "",
             [this, is_on, run = ++run_, done = std::move(done)](const auto& answer) {
                 if (run != run_) {
                     // A resume that was overtaken may have come after the pause.
                     if (is_on && wanted_ && !wanted_->is_on && done_ == nullptr)
                         switch_mining(false, [](const core::Result<void>&) {});
                     return;
                 }
                 const auto reply = checked(answer);
                 if (reply) return done({});
                 const bool is_unknown = reply.error().code == ErrorCode::NotFound;
                 has_no_pause_ = has_no_pause_ || is_unknown;
                 // A miner that cannot pause is always on.
                 if (is_unknown && is_on) return done({});
                 if (is_unknown)
                     return done(Error{ErrorCode::Unavailable, "this firmware knows no pause"});
                 done(reply.error());
             });
}

void AxeOsMiner::ask_frequencies() {
    if (!frequencies_.empty()) return set_frequency();
    api_.get("/api/system/asic", [this](const core::Result<WebReply>& answer) {
        const auto reply = checked(answer);
        if (reply) frequencies_ = axeos::read_frequencies(reply->json);
        set_frequency();
    });
}

void AxeOsMiner::set_frequency() {
    if (is_writing_ || !wanted_ || !wanted_->is_on || !frequency_mhz_) return;
    const auto mhz = axeos::offered(frequencies_, wanted_->mhz);
    if (!mhz || std::abs(*mhz - *frequency_mhz_) < 0.5) return;
    const core::MonoTime now = world_.clock.mono();
    if (written_at_ && now - *written_at_ < kBetweenWritesMs) return;
    written_at_ = now;
    is_writing_ = true;
    const nlohmann::json body{{"frequency", *mhz}};
    api_.ask("PATCH", "/api/system", body.dump(),
             [this, mhz = *mhz](const core::Result<WebReply>& answer) {
                 is_writing_ = false;
                 const auto reply = checked(answer);
                 if (reply) frequency_mhz_ = mhz;
                 else health_.failed(reply.error());
             });
}

void AxeOsMiner::poll() {
    timer_ =
        world_.clock.after(static_cast<std::int64_t>(config_.poll_s * 1000), [this] { poll(); });
    if (is_polling_) return;
    is_polling_ = true;
    api_.get("/api/system/info", [this](const core::Result<WebReply>& reply) {
        is_polling_ = false;
        took_info(checked(reply));
    });
}

void AxeOsMiner::took_info(const core::Result<WebReply>& reply) {
    if (!reply) return health_.failed(reply.error());
    const auto info = axeos::read_info(reply->json);
    if (!info) return health_.failed(info.error());
    frequency_mhz_ = info->frequency_mhz;
    feed(*info);
    put_right(*info);
    report(*info);
}

void AxeOsMiner::feed(const Info& info) {
    const bool moved = last_uptime_s_ && info.uptime_s && *last_uptime_s_ != *info.uptime_s;
    last_uptime_s_ = info.uptime_s;
    if (moved) world_.signals.alive(config_.load_id);
    feed(Signal::LoadHashrate, info.hashrate_ths);
    feed(Signal::LoadFan, info.fan_rpm);
    if (config_.reports_power) feed(Signal::LoadPower, info.power_w);
    feed(Signal::LoadTemp, info.temp_c);
}

void AxeOsMiner::feed(Signal signal, std::optional<double> value) {
    if (!value) return;
    world_.signals.measured(
        {signal, config_.load_id, *value, max_age_s(signal, config_.poll_s), 0});
}

void AxeOsMiner::put_right(const Info& info) {
    if (!wanted_ || done_ != nullptr) return;
    if (info.is_paused && *info.is_paused == wanted_->is_on)
        switch_mining(wanted_->is_on, [](const core::Result<void>&) {});
    if (wanted_->is_on) ask_frequencies();
}

void AxeOsMiner::report(const Info& info) {
    if (!info.fault.empty()) return health_.broken("reports " + info.fault);
    if (info.is_overheated) return health_.broken("protects itself from heat");
    if (has_no_pause_) return health_.limited("this firmware knows no pause");
    const auto mhz = wanted_ ? axeos::offered(frequencies_, wanted_->mhz) : std::nullopt;
    const bool waits = wanted_ && wanted_->is_on && mhz && frequency_mhz_ && !is_writing_ &&
                       std::abs(*mhz - *frequency_mhz_) >= 0.5;
    if (waits)
        return health_.limited("keeps " + std::to_string(static_cast<int>(*frequency_mhz_)) +
                               " MHz until its next write, 5 min after the last");
    health_.good();
}

}  // namespace bitgrid::adapters
