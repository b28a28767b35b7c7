#include "sim/miner_model.hpp"

#include <algorithm>

namespace bitgrid::sim {

MinerSpec avalon_q() { return {}; }

MinerSpec bitaxe_gamma() {
    MinerSpec spec;
    spec.modes = {{{13.5, 0.92}, {17.4, 1.2}, {19.2, 1.31}}};
    spec.idle_w = 3.1;
    spec.boot_w = 4;
    spec.boot_s = 12;
    spec.api_after_s = 4;
    spec.ramp_s = 20;
    spec.first_mode = WorkMode::Standard;
    spec.thermal = {40, 0.08, 0.55, 40, 30, 6000, 75, 45};
    return spec;
}

MinerModel::MinerModel(MinerSpec spec)
    : spec_{spec},
      mode_{spec.first_mode},
      point_{spec.modes[static_cast<std::size_t>(spec.first_mode)]} {}

void MinerModel::set_mains(bool is_on) {
    if (is_on == (phase_ != MinerPhase::Unpowered)) return;
    phase_ = MinerPhase::Unpowered;
    power_w_ = 0;
    if (is_on) reboot();
}

void MinerModel::reboot() {
    phase_ = MinerPhase::Booting;
    device_s_ = 0;
    terahashes_ = 0;
    stop_at_.reset();
    start_at_.reset();
    ++boots_;
}

void MinerModel::stop() {
    if (faults.ignores_stop || phase_ == MinerPhase::Unpowered) return;
    phase_ = MinerPhase::Standby;
}

void MinerModel::start() {
    if (phase_ == MinerPhase::Standby) phase_ = MinerPhase::Working;
}

void MinerModel::set_mode(WorkMode mode) {
    mode_ = mode;
    point_ = spec_.modes[static_cast<std::size_t>(mode)];
}

bool MinerModel::is_answering() const {
    return phase_ != MinerPhase::Unpowered && device_s_ >= spec_.api_after_s;
}

double MinerModel::hashrate_ths() const {
    if (phase_ != MinerPhase::Working || point_.watts <= spec_.idle_w) return 0;
    const double share = (power_w_ - spec_.idle_w) / (point_.watts - spec_.idle_w);
    return point_.ths * std::clamp(share, 0.0, 1.0);
}

void MinerModel::step(double seconds, double ambient_c) {
    if (phase_ != MinerPhase::Unpowered) {
        device_s_ += seconds;
        run_schedule();
        step_phase();
        terahashes_ += hashrate_ths() * seconds;
    }
    step_power(seconds);
    step_heat(seconds, ambient_c);
}

void MinerModel::run_schedule() {
    if (stop_at_ && device_s_ >= *stop_at_) {
        stop_at_.reset();
        stop();
    }
    if (start_at_ && device_s_ >= *start_at_) {
        start_at_.reset();
        start();
    }
}

void MinerModel::step_phase() {
    if (phase_ == MinerPhase::Booting && device_s_ >= spec_.boot_s) phase_ = MinerPhase::Working;
    if (phase_ == MinerPhase::Working && temp_c_ > spec_.thermal.protect_c)
        phase_ = MinerPhase::Protecting;
    if (phase_ == MinerPhase::Protecting && temp_c_ < spec_.thermal.protect_until_c)
        phase_ = MinerPhase::Working;
}

void MinerModel::step_power(double seconds) {
    constexpr double kFallS = 6;  // from full power to nothing
    const double full_w = spec_.modes.back().watts;
    double target = spec_.idle_w;
    if (phase_ == MinerPhase::Unpowered) target = 0;
    if (phase_ == MinerPhase::Booting) target = spec_.boot_w;
    if (phase_ == MinerPhase::Working) target = point_.watts;
    const double most_up = full_w / spec_.ramp_s * seconds;
    const double most_down = full_w / kFallS * seconds;
    power_w_ = phase_ == MinerPhase::Unpowered
                   ? 0
                   : power_w_ + std::clamp(target - power_w_, -most_down, most_up);
}

void MinerModel::step_heat(double seconds, double ambient_c) {
    const ThermalSpec& heat = spec_.thermal;
    const double wanted = std::clamp((temp_c_ - heat.fan_from_c) / heat.fan_span_c, 0.2, 1.0);
    const bool is_turning = phase_ != MinerPhase::Unpowered && !faults.has_blocked_fan;
    fan_share_ = is_turning ? wanted : 0;
    const double conductance = heat.still_w_k + heat.fan_w_k * fan_share_;
    const double gain_w = power_w_ - conductance * (temp_c_ - ambient_c);
    temp_c_ += gain_w * seconds / heat.capacity_j_k;
}

}  // namespace bitgrid::sim
