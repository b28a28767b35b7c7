#include "engine/frozen_watch.hpp"

#include <algorithm>
#include <cmath>

#include "core/decide.hpp"

namespace bitgrid::engine {
namespace {

using core::Signal;

constexpr double kIdleW = 50;          ///< less may stand still
constexpr double kAtLimit = 0.95;      ///< share of a known limit from which a value may rest on it
constexpr double kSocMustMove = 0.05;  ///< of the capacity: a state of charge in whole percents
constexpr double kNearlyFullPct = 95;  ///< cells are balanced, and the display waits
constexpr double kNearlyEmptyPct = 5;
constexpr double kLongestGapMs = 10'000;

template <class T>
std::optional<double> known(const core::Reading<T>& reading) {
    return reading ? std::optional{reading->value} : std::nullopt;
}

bool flows(std::optional<double> watts) { return watts && std::abs(*watts) > kIdleW; }

bool rests_on(std::optional<core::Kilowatts> limit, std::optional<double> watts) {
    return limit && watts && std::abs(*watts) >= kAtLimit * 1000 * limit->value;
}

}  // namespace

void FrozenWatch::Track::look(std::optional<double> now_is, bool must_move, double after_s,
                              core::MonoTime now) {
    if (!now_is || !value || *now_is != *value) {
        value = now_is;
        since = now;
        is_frozen = false;
        return;
    }
    // Once found out, it stays so until it moves: a load that was stopped for it cools no sensor.
    if (!must_move && !is_frozen) since = now;
    if (static_cast<double>(now - since) >= after_s * 1000) is_frozen = true;
}

FrozenWatch::FrozenWatch(const core::Config& config)
    : config_{config}, temps_(config.loads.size()) {}

void FrozenWatch::look(const core::EnergyState& state, bool measures_house, core::MonoTime now) {
    const core::SiteReadings& site = state.site;
    const double after_s = config_.site.frozen_power_after.value;
    const auto pv = known(site.pv_power);
    pv_.look(pv, flows(pv) && !rests_on(config_.site.pv_peak, pv), after_s, now);

    auto net = known(site.grid_import);
    if (net && site.grid_export) *net -= site.grid_export->value;
    grid_.look(net, flows(net), after_s, now);

    // Charging at its limit a battery stands still for hours, known limit of the site or not.
    const auto battery = known(site.battery_power);
    const core::Kilowatts most = config_.site.battery_max.value_or(
        core::Kilowatts{config_.rules.battery_max_charge.value / 1000});
    battery_.look(battery, flows(battery) && !rests_on(most, battery), after_s, now);

    const auto house = measures_house ? known(site.house_load) : std::nullopt;
    house_.look(house, flows(house), after_s, now);

    look_at_soc(site, now);
    for (std::size_t i = 0; i < temps_.size(); ++i) look_at_load(i, state.loads[i], now);
    looked_at_ = now;
}

// It moves by what flows, in steps of a percent: only where enough has flowed one way it must.
void FrozenWatch::look_at_soc(const core::SiteReadings& site, core::MonoTime now) {
    const auto soc = known(site.battery_soc);
    if (!soc || soc != soc_.value) {
        soc_ = {soc, now, false};
        charged_wh_ = 0;
        return;
    }
    const auto gap_ms = static_cast<double>(now - looked_at_);
    if (site.battery_power && gap_ms <= kLongestGapMs)
        charged_wh_ -= site.battery_power->value * gap_ms / 3'600'000;
    const bool may_rest = charged_wh_ > 0 ? *soc >= kNearlyFullPct : *soc <= kNearlyEmptyPct;
    if (may_rest) charged_wh_ = 0;
    const double must_move_wh = kSocMustMove * config_.rules.battery_capacity.value * 1000;
    const double still_s = static_cast<double>(now - soc_.since) / 1000;
    if (std::abs(charged_wh_) >= must_move_wh && still_s >= config_.site.frozen_power_after.value)
        soc_.is_frozen = true;
}

void FrozenWatch::look_at_load(std::size_t i, const core::LoadReadings& load, core::MonoTime now) {
    const double standby_w = core::standby_of(config_.rules, config_.loads[i]).value;
    const auto power = known(load.power);
    const bool works = load.is_expected_on && (!power || *power > standby_w);
    temps_[i].look(known(load.temp), works, config_.site.frozen_chip_after.value, now);
}

core::SignalSet FrozenWatch::site() const {
    core::SignalSet frozen;
    if (pv_.is_frozen) frozen.add(Signal::PvPower);
    if (grid_.is_frozen) frozen.add(Signal::GridImport);
    if (battery_.is_frozen) frozen.add(Signal::BatteryPower);
    if (house_.is_frozen) frozen.add(Signal::HouseLoad);
    if (soc_.is_frozen) frozen.add(Signal::BatterySoc);
    return frozen;
}

core::SignalSet FrozenWatch::load(std::size_t i) const {
    core::SignalSet frozen;
    if (temps_[i].is_frozen) frozen.add(Signal::LoadTemp);
    return frozen;
}

}  // namespace bitgrid::engine
