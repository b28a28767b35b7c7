#pragma once
// The house battery. Energy is usable energy in Wh; powers are AC watts, + = discharging, - =
// charging. The efficiency is one-way and applies when charging and again when discharging. Pure:
// time only by step().
namespace bitgrid::sim {

struct BatteryConfig {
    double capacity_wh{10'000};
    double max_w{5'000};      ///< AC, both ways
    double efficiency{0.95};  ///< one way
    double start_soc_pct{60};
};

/// What the inverter was told: shares of max_w. A negative share forces the other direction.
struct BatteryLimits {
    double charge_share{1};
    double discharge_share{1};
};

class Battery {
public:
    explicit Battery(BatteryConfig);

    /// Takes what the house has too much (`surplus_w` > 0) or gives what it lacks, as far as it
    /// can; returns AC power.
    double step(double surplus_w, double seconds);

    double soc_pct() const { return 100 * stored_wh_ / config_.capacity_wh; }
    double stored_wh() const { return stored_wh_; }
    const BatteryConfig& config() const { return config_; }
    void set_soc(double pct);
    void set_limits(BatteryLimits limits) { limits_ = limits; }
    const BatteryLimits& limits() const { return limits_; }

private:
    BatteryConfig config_;
    BatteryLimits limits_;
    double stored_wh_;
};

}  // namespace bitgrid::sim
