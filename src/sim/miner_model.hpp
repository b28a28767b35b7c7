#pragma once
// A miner as physics: power that ramps, heat that takes time, a fan that fights it, a clock that
// starts at its boot. Powers in W, temperatures in °C, hash rate in TH/s. Pure: time only by
// step(). Knows no protocol.
#include <array>
#include <cstdint>
#include <optional>

namespace bitgrid::sim {

enum class WorkMode : std::uint8_t { Eco, Standard, Super };

struct OperatingPoint {
    double watts{};
    double ths{};
};

/// One heat capacity, cooled by the room and by a fan that begins at `fan_from_c` and is full
/// `fan_span_c` above it.
struct ThermalSpec {
    double capacity_j_k{2800};
    double still_w_k{6};  ///< conductance with the fan standing still
    double fan_w_k{40};   ///< what the full fan adds
    double fan_from_c{45};
    double fan_span_c{40};
    double fan_full_rpm{3200};
    double protect_c{
        110};  ///< the firmware stops above this, and goes on again below `protect_until_c`
    double protect_until_c{60};
};

struct MinerSpec {
    std::array<OperatingPoint, 3> modes{
        {{800, 43}, {1320, 71}, {1674, 90}}};  ///< eco, standard, super
    double idle_w{15};
    double boot_w{45};
    int boot_s{45};       ///< from mains to the first hash
    int api_after_s{15};  ///< from mains to the first answer
    int ramp_s{120};      ///< from idle to full power
    WorkMode first_mode{WorkMode::Eco};
    ThermalSpec thermal;
};

MinerSpec avalon_q();
MinerSpec bitaxe_gamma();

enum class MinerPhase : std::uint8_t { Unpowered, Booting, Standby, Working, Protecting };

struct MinerFaults {
    bool has_blocked_fan{false};
    bool ignores_stop{false};  ///< says yes and runs on
    bool lies{false};          ///< says that it stands by whatever it does
};

class MinerModel {
public:
    explicit MinerModel(MinerSpec);

    /// Mains on boots it into work, in its last mode, whatever it did before the cut; off kills it
    /// at once.
    void set_mains(bool is_on);
    void step(double seconds, double ambient_c);

    void stop();
    void start();
    void reboot();
    /// At a time of the device's own clock; due at once where that time has passed.
    void stop_at(double device_s) { stop_at_ = device_s; }
    void start_at(double device_s) { start_at_ = device_s; }
    void set_mode(WorkMode);
    void set_point(OperatingPoint point) { point_ = point; }

    MinerPhase phase() const { return phase_; }
    WorkMode mode() const { return mode_; }
    const MinerSpec& spec() const { return spec_; }
    bool is_answering() const;  ///< its control board is up
    double device_s() const { return device_s_; }
    double power_w() const { return power_w_; }
    double hashrate_ths() const;
    double temp_c() const { return temp_c_; }
    double fan_share() const { return fan_share_; }
    double fan_rpm() const { return fan_share_ * spec_.thermal.fan_full_rpm; }
    double terahashes() const { return terahashes_; }  ///< done since boot
    OperatingPoint point() const { return point_; }
    int boots() const { return boots_; }

    MinerFaults faults;

private:
    void run_schedule();
    void step_phase();
    void step_power(double seconds);
    void step_heat(double seconds, double ambient_c);

    MinerSpec spec_;
    MinerPhase phase_{MinerPhase::Unpowered};
    WorkMode mode_;
    OperatingPoint point_;
    double device_s_{0};
    double power_w_{0};
    double temp_c_{25};
    double fan_share_{0};
    double terahashes_{0};
    int boots_{0};
    std::optional<double> stop_at_;
    std::optional<double> start_at_;
};

}  // namespace bitgrid::sim
