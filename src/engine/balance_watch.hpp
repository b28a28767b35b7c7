#pragma once
// Sensors that contradict the house: more than there can be, power that comes from nowhere, a load
// that starts and neither grid nor battery answers. A swapped sign and watts taken for kilowatts
// are found where the house lets them be seen; what cannot be seen is told in
// docs/reference/sensors.md.
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "core/energy_state.hpp"
#include "core/events.hpp"

namespace bitgrid::engine {

/// Engine thread. Times by a monotonic clock. Finds, and never corrects: no number is touched.
class BalanceWatch {
public:
    struct Finding {
        core::SignalSet signals;  ///< of the site; not believed where `is_certain`
        bool is_certain{false};
        std::string words;  ///< empty: nothing is wrong
    };

    explicit BalanceWatch(const core::Config&);

    /// Once a second. `measures_house`: its load is measured, not derived.
    void look(const core::EnergyState&, bool measures_house, core::MonoTime now);

    const Finding& limits() const { return limits_; }
    const Finding& balance() const { return balance_; }
    const Finding& answer() const { return answer_; }
    /// Loads whose power is more than they can draw.
    bool is_beyond(std::size_t load) const { return beyond_[load].has_value(); }

private:
    /// Watts of one moment; battery + = discharging, net + = import.
    struct Flows {
        double pv{0}, net{0}, battery{0}, loads{0}, house{0};
        bool sees_export{false};
        double nowhere() const { return pv + net + battery - loads - house; }
        double tolerance() const;
    };
    struct Moment {
        core::MonoTime at;
        Flows flows;
    };
    struct Sample {
        core::MonoTime at;
        double house, loads;
    };
    std::optional<Flows> flows_of(const core::EnergyState&, bool measures_house) const;
    void look_at_limits(const core::EnergyState&, core::MonoTime now);
    void take_mean(const Flows&, core::MonoTime now);
    void look_at_balance(const std::optional<Flows>&, bool measures_house, core::MonoTime now);
    void look_at_answer(const std::optional<Flows>&, core::MonoTime now);
    void judge_step(double step_w, double house_w, core::MonoTime now);
    Finding suspect(bool measures_house) const;

    const core::Config& config_;
    Finding limits_, balance_, answer_;
    std::optional<core::MonoTime> beyond_limit_at_;
    std::vector<std::optional<core::MonoTime>> beyond_;
    std::deque<Moment> recent_;  ///< sensors are not read at the same moment
    Flows mean_;                 ///< of them
    std::optional<core::MonoTime> wrong_since_, right_since_;
    std::deque<Sample> samples_;
    core::MonoTime next_step_{};
    std::optional<core::MonoTime> doubted_at_;
    int wrong_steps_{0};
};

}  // namespace bitgrid::engine
