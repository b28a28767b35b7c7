#include "engine/power_watch.hpp"

#include <cmath>

namespace bitgrid::engine {
namespace {

using core::HealthLevel;

constexpr std::int64_t kDeadMs = 15'000;  ///< silence that counts as a dead UPS
constexpr std::int64_t kLongOutageMs = std::int64_t{10} * 60'000;
constexpr std::int64_t kStableMs = std::int64_t{5} * 60'000;
constexpr double kLowChargePct = 30;
constexpr double kLowRuntimeS = 120;
constexpr double kEnoughChargePct = 50;

std::string seconds(std::int64_t ms) { return std::to_string(ms / 1'000) + " s"; }
std::string percent(double pct) { return std::to_string(std::lround(pct)) + " %"; }

bool lacks_charge(const ports::PowerReading& power) {
    return power.charge_pct && !(*power.charge_pct >= kEnoughChargePct);
}

}  // namespace

void PowerWatch::heard(const ports::PowerReading& power, core::MonoTime now) {
    const bool was_on_battery = last_ && last_->is_on_battery;
    const bool is_first_and_empty = !last_ && lacks_charge(power);
    if (power.is_on_battery) {
        if (!was_on_battery) battery_since_ = now;
        mains_since_.reset();
    } else if (was_on_battery) {
        mains_since_ = now;
    } else if (is_first_and_empty) {
        mains_since_ = now + -kStableMs;  // an outage before our time: only the charge is missing
    }
    last_ = power;
    heard_at_ = now;
    if (mains_since_ && now - *mains_since_ >= kStableMs && !lacks_charge(power))
        mains_since_.reset();
}

PowerWatch::Judgement PowerWatch::judge(core::MonoTime now) const {
    if (!expected_since_) return {};
    if (!last_)
        return {true, false,
                now - *expected_since_ < kDeadMs ? HealthLevel::Ok : HealthLevel::Error,
                "the UPS has not been heard yet; nothing starts before",
                now - *expected_since_ < kDeadMs ? "" : "UPS_SILENT"};
    if (now - heard_at_ >= kDeadMs) return silent(now);
    if (last_->is_forced_shutdown)
        return {true,         true, HealthLevel::Error, "the UPS announced the end of all power",
                "ON_BATTERY", true};
    return last_->is_on_battery ? on_battery(now) : on_mains(now);
}

PowerWatch::Judgement PowerWatch::silent(core::MonoTime now) const {
    const std::string since = "the UPS has been silent for " + seconds(now - heard_at_);
    if (last_->is_on_battery)
        return {true,         true, HealthLevel::Error, since + ", and was on battery before",
                "UPS_SILENT", true};
    Judgement judgement = on_mains(now);
    judgement.level = HealthLevel::Warn;
    judgement.code = "UPS_SILENT";
    judgement.reason = since + "; mains were there before";
    return judgement;
}

PowerWatch::Judgement PowerWatch::on_battery(core::MonoTime now) const {
    const std::int64_t outage_ms = now - battery_since_;
    const bool is_low_charge = last_->charge_pct && !(*last_->charge_pct >= kLowChargePct);
    const bool is_short = last_->runtime_s && !(*last_->runtime_s >= kLowRuntimeS);
    std::string reason = "no mains for " + seconds(outage_ms);
    if (last_->charge_pct) reason += ", UPS at " + percent(*last_->charge_pct);
    const bool must_end = last_->is_low || is_low_charge || is_short || outage_ms >= kLongOutageMs;
    return {true, must_end, HealthLevel::Error, reason, "ON_BATTERY", true};
}

PowerWatch::Judgement PowerWatch::on_mains(core::MonoTime now) const {
    if (last_->is_overloaded)
        return {true, false, HealthLevel::Error, "the UPS is overloaded", "UPS_OVERLOADED"};
    if (mains_since_)
        return {true, false, HealthLevel::Warn,
                "mains are back for " + seconds(now - *mains_since_) + " of " + seconds(kStableMs) +
                    (lacks_charge(*last_) ? ", UPS at " + percent(*last_->charge_pct) + " of " +
                                                percent(kEnoughChargePct)
                                          : ""),
                "MAINS_RETURNING"};
    if (last_->wants_service)
        return {false, false, HealthLevel::Warn, "the UPS asks for service, e.g. a new battery",
                "UPS_SERVICE"};
    return {};
}

}  // namespace bitgrid::engine
