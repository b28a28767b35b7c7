#include "sim/battery.hpp"

#include <algorithm>
#include <cassert>

namespace bitgrid::sim {

Battery::Battery(BatteryConfig config) : config_{config}, stored_wh_{0} {
    assert(config_.capacity_wh > 0 && config_.efficiency > 0);
    set_soc(config_.start_soc_pct);
}

void Battery::set_soc(double pct) {
    stored_wh_ = config_.capacity_wh * std::clamp(pct, 0.0, 100.0) / 100;
}

double Battery::step(double surplus_w, double seconds) {
    const double hours = seconds / 3600;
    const double most_charge = config_.max_w * std::max(limits_.charge_share, 0.0);
    const double most_discharge = config_.max_w * std::max(limits_.discharge_share, 0.0);
    double wanted_w = std::clamp(-surplus_w, -most_charge, most_discharge);
    if (limits_.discharge_share < 0)  // forced to charge
        wanted_w = std::min(wanted_w, config_.max_w * limits_.discharge_share);
    if (limits_.charge_share < 0)  // forced to discharge
        wanted_w = std::max(wanted_w, -config_.max_w * limits_.charge_share);

    if (wanted_w < 0) {
        const double room_w = (config_.capacity_wh - stored_wh_) / (config_.efficiency * hours);
        const double charged_w = std::min(-wanted_w, room_w);
        stored_wh_ += charged_w * config_.efficiency * hours;
        stored_wh_ = std::min(stored_wh_, config_.capacity_wh);
        return -charged_w;
    }
    const double left_w = stored_wh_ * config_.efficiency / hours;
    const double given_w = std::min(wanted_w, left_w);
    stored_wh_ = std::max(stored_wh_ - given_w * hours / config_.efficiency, 0.0);
    return given_w;
}

}  // namespace bitgrid::sim
