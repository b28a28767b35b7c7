#pragma once
// A moment that is not but could be: a frozen state whose signals are moved as the house would move
// them, and what the rules would say. A value type for one thread; nothing here can fail.
#include "core/counterfactual.hpp"

namespace bitgrid::core {

class Hypothesis {
public:
    /// Starts from what is; `memory` is the one that the next tick would find.
    Hypothesis(const Config&, const Memory& memory, const EnergyState&, std::size_t load);

    /// Moves one measure and notes the change; whatever depends on it follows. False where the
    /// value lies outside what the signal can be; the hypothesis is then of no use.
    [[nodiscard]] bool change(Rule, Measure, double to);
    void move_to(UnixTime time) { state_.time = time; }

    /// What the whole rule set says of the load.
    LoadDecision judge() const;
    /// The measure as it would be now; NaN where the signal is missing.
    double value(Measure) const;

    const Changes& changes() const { return changes_; }
    const Config& config() const { return *config_; }
    const EnergyState& state() const { return state_; }
    const LoadMemory& load_memory() const { return memory_.loads[load_]; }
    const LoadReadings& readings() const { return state_.loads[load_]; }
    const LoadConfig& load_config() const { return config_->loads[load_]; }
    /// The battery bands judge instead of the surplus.
    bool uses_soc_band() const;

private:
    double measured(Measure, double now) const;
    void move(Measure, double to);
    void move_pv(double to_w);
    void move_surplus(double to_kw);
    void move_net_import(double to_w);
    void move_price(double to_ct);

    const Config* config_;
    Memory memory_;
    EnergyState measured_;
    EnergyState state_;
    double measured_surplus_kw_;
    std::size_t load_;
    Changes changes_;
};

/// Unit in which distances of different measures are compared: a step, for watts that of kilowatts,
/// so that no signal looks far only for its unit.
double comparable_step(Measure);

}  // namespace bitgrid::core
