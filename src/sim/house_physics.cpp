#include "sim/house_physics.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sim/noise.hpp"

namespace bitgrid::sim {
namespace {
enum Channel : std::uint64_t { kSun = 1, kHouse = 2, kAmbient = 3, kChips = 4 };
}

HousePhysics::HousePhysics(HouseConfig config, Recording recording, core::UnixTime start)
    : battery{config.battery},
      miner{config.miner},
      bitaxe{config.bitaxe},
      ambient_c{config.ambient_c},
      config_{config},
      recording_{std::move(recording)},
      time_{start} {
    miner.set_mains(true);
    bitaxe.set_mains(true);
    measure_sun_and_house();
}

double HousePhysics::chip_c(const MinerModel& of) const {
    const bool swings = config_.has_noise && of.hashrate_ths() > 0;
    return of.temp_c() + (swings ? smooth_noise(kChips, time_.ms / 1000, 15) : 0);
}

double HousePhysics::outdoor_c() const {
    const double hours = static_cast<double>(time_.ms % 86'400'000) / 3'600'000;
    return 16 + 6 * std::sin((hours - 9) / 24 * 2 * std::numbers::pi);
}

void HousePhysics::measure_sun_and_house() {
    const std::int64_t s = time_.ms / 1000;
    const double sun_noise = config_.has_noise ? 1 + 0.02 * smooth_noise(kSun, s, 10) : 1;
    const double house_noise = config_.has_noise ? 1 + 0.03 * smooth_noise(kHouse, s, 7) : 1;
    flows_.pv_w = recording_.pv_w.smooth_at(time_) * sun_noise * sun_share;
    flows_.house_w = recording_.house_w.smooth_at(time_) * house_noise + extra_w;
}

void HousePhysics::step(std::int64_t ms) {
    const double seconds = static_cast<double>(ms) / 1000;
    const double room_c =
        ambient_c + (config_.has_noise ? 0.5 * smooth_noise(kAmbient, time_.ms / 1000, 60) : 0);
    measure_sun_and_house();
    miner.set_mains(miner_plug.is_closed());
    miner.step(seconds, room_c);
    bitaxe.step(seconds, room_c);
    miner_plug.step(seconds, miner.power_w());
    rod_plug.step(seconds, config_.rod_w);
    miner.set_mains(miner_plug.is_closed());  // where the plug's own timer opened it just now

    flows_.car_w = car_w;
    flows_.miner_w = miner.power_w();
    flows_.bitaxe_w = bitaxe.power_w();
    flows_.rod_w = rod_plug.power_w();
    const double used_w = flows_.house_w + flows_.car_w + flows_.loads_w();
    flows_.battery_w = battery.step(flows_.pv_w - used_w, seconds);
    flows_.grid_w = used_w - flows_.pv_w - flows_.battery_w;
    count(seconds);
    time_ = time_ + ms;
}

void HousePhysics::count(double seconds) {
    const double hours = seconds / 3600;
    meters_.pv_wh += flows_.pv_w * hours;
    meters_.house_wh += flows_.house_w * hours;
    meters_.car_wh += flows_.car_w * hours;
    meters_.loads_wh += flows_.loads_w() * hours;
    meters_.charged_wh += std::max(-flows_.battery_w, 0.0) * hours;
    meters_.discharged_wh += std::max(flows_.battery_w, 0.0) * hours;
    meters_.import_wh += std::max(flows_.grid_w, 0.0) * hours;
    meters_.export_wh += std::max(-flows_.grid_w, 0.0) * hours;
}

}  // namespace bitgrid::sim
