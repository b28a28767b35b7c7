#include "adapters/cgminer/avalon.hpp"

namespace bitgrid::adapters {
namespace {

using cgminer::AvalonReading;
using cgminer::Urgency;
using core::ErrorCode;
using core::Signal;

constexpr std::int64_t kResendMs = 20'000;
constexpr std::int64_t kResendInVainMs = 300'000;
constexpr int kInVain = 5;

cgminer::OneShotConfig connection_of(const AvalonConfig& c) {
    cgminer::OneShotConfig connection;
    connection.host = c.host;
    connection.port = static_cast<std::uint16_t>(c.port);
    connection.timeout_ms = c.timeout_ms;
    return connection;
}

}  // namespace

AvalonMiner::AvalonMiner(DeviceWorld world, AvalonConfig config)
    : world_{world},
      config_{std::move(config)},
      client_{world.io, world.exchanges, connection_of(config_), config_.pause_ms},
      orders_{client_, world.clock},
      health_{world.health, config_.id},
      lease_{world.clock, [this] { lapse(); }} {}

void AvalonMiner::start() { poll(); }

void AvalonMiner::stop() {
    timer_.reset();
    lease_.end();
    orders_.stop();
    client_.stop();
    is_polling_ = false;
}

AvalonMiner::Wanted AvalonMiner::wanted_for(const core::Target& target) const {
    switch (target.level) {
        case core::Level::Full:
            return {true, config_.full_mode};
        case core::Level::Eco:
            return {true, config_.eco_mode};
        case core::Level::Limited:
            if (target.limit.value >= config_.full_w) return {true, config_.full_mode};
            if (target.limit.value >= config_.eco_w) return {true, config_.eco_mode};
            return {};
        case core::Level::Off:
            break;
    }
    return {};
}

void AvalonMiner::command(const ports::Command& command, ports::CommandDone done) {
    const Wanted wanted = wanted_for(command.target);
    if (wanted_ != wanted) resent_ = 0;
    wanted_ = wanted;
    next_resend_ = world_.clock.mono() + kResendMs;
    lease_.hold(wanted.is_on ? command.lease_ms : 0);
    const bool is_urgent = command.is_safety || !wanted.is_on;
    orders_.bring_to(wanted, is_urgent ? Urgency::Urgent : Urgency::Normal, std::move(done));
}

void AvalonMiner::renew(const ports::Command& command) {
    if (wanted_ && wanted_->is_on) lease_.hold(command.lease_ms);
}

void AvalonMiner::lapse() {
    wanted_ = Wanted{};
    next_resend_ = world_.clock.mono() + kResendMs;
    health_.limited("nobody renewed its setpoint: told to stop");
    orders_.bring_to(*wanted_, Urgency::Urgent, [](const core::Result<void>&) {});
}

void AvalonMiner::poll() {
    timer_ =
        world_.clock.after(static_cast<std::int64_t>(config_.poll_s * 1000), [this] { poll(); });
    if (is_polling_) return;
    is_polling_ = true;
    ask_stats(knows_estats_ ? "estats" : "stats");
}

void AvalonMiner::ask_stats(const char* command) {
    client_.ask({command, ""}, Urgency::Normal, [this](const core::Result<cgminer::Reply>& reply) {
        if (reply && reply->code == cgminer::kInvalidCommand && knows_estats_) {
            knows_estats_ = false;
            return ask_stats("stats");
        }
        is_polling_ = false;
        took_reply(reply);
    });
}

void AvalonMiner::took_reply(const core::Result<cgminer::Reply>& reply) {
    if (!reply) return missed(reply.error());
    orders_.heard(*reply);
    if (reply->code == cgminer::kAccessDenied)
        return missed({ErrorCode::Refused, config_.host + ": access denied by the miner"});
    const auto reading = cgminer::read_avalon(reply->json);
    if (!reading) return missed({ErrorCode::Damaged, config_.host + ": " + reading.error().what});
    note_ = reading->is_power_estimated ? "its power is computed from the DC side" : "";
    if (reply->is_repaired) note_ = "its broken JSON had to be mended";
    feed(*reading);
    judge(*reading);
}

void AvalonMiner::missed(const core::Error& error) {
    // Our own urgent command took the line: says nothing about the miner.
    if (error.code == ErrorCode::Refused && orders_.is_under_way()) return;
    const bool is_silent = error.code == ErrorCode::Unreachable || error.code == ErrorCode::Timeout;
    if (is_silent && config_.is_behind_relay && wanted_ && !wanted_->is_on)
        return health_.good("off, and does not answer");
    health_.failed(error);
}

void AvalonMiner::feed(const AvalonReading& reading) {
    // A clock that stands still is a program that hangs; one that went back has restarted.
    const bool moved =
        last_elapsed_s_ && reading.elapsed_s && *last_elapsed_s_ != *reading.elapsed_s;
    last_elapsed_s_ = reading.elapsed_s;
    if (moved) world_.signals.alive(config_.load_id);
    feed(Signal::LoadHashrate, reading.hashrate_ths);
    feed(Signal::LoadFan, reading.fan_rpm);
    if (config_.reports_power) feed(Signal::LoadPower, reading.power_w);
    feed(Signal::LoadTemp, reading.temp_c);
}

void AvalonMiner::feed(Signal signal, std::optional<double> value) {
    if (!value) return;
    world_.signals.measured(
        {signal, config_.load_id, *value, max_age_s(signal, config_.poll_s), 0});
}

void AvalonMiner::judge(const AvalonReading& reading) {
    if (!wanted_ || cgminer::AvalonOrders::does(reading, *wanted_)) {
        resent_ = 0;
        return health_.good(note_);
    }
    if (resent_ >= 3)
        health_.limited("does not do what it was told " + std::to_string(resent_) + " times");
    else health_.good(note_);
    const core::MonoTime now = world_.clock.mono();
    if (orders_.is_under_way() || now < next_resend_) return;
    ++resent_;
    const bool is_in_vain = wanted_->is_on && resent_ >= kInVain;
    next_resend_ = now + (is_in_vain ? kResendInVainMs : kResendMs);
    orders_.bring_to(*wanted_, wanted_->is_on ? Urgency::Normal : Urgency::Urgent,
                     [](const core::Result<void>&) {});
}

}  // namespace bitgrid::adapters
