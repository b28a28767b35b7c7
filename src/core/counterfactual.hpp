#pragma once
// What would have to be different for the load to run: computed through the whole rule set and run
// again to prove it.
#include <optional>

#include "core/decide.hpp"

namespace bitgrid::core {

/// One necessary change. `to` is already moved over the edge of a strict bound by one step of the
/// signal. A surplus is moved by PV with the house held; grid flows follow it. A later load's
/// surplus is what the loads before it leave.
struct Change {
    Rule rule;
    Measure measure;
    double from;
    double to;
    double gap;  ///< |to - from| rounded up to the step that is shown: who reaches it, gets it
    friend bool operator==(const Change&, const Change&) = default;
};

using Changes = BoundedList<Change, 12>;

struct Counterfactual {
    Action wanted{Action::Start};  ///< START, or THROTTLE where eco is the nearer way to run
    Changes changes;  ///< all are needed; none can be dropped or made smaller by a step
    std::optional<UnixTime>
        not_before;  ///< start of the first block in which no time condition stands against it
    bool is_verified{
        false};  ///< the whole rule set was run again with the changes and said `wanted`
};

/// For a running load: the bound that would end it first.
struct StopMargin {
    Rule rule;
    Measure measure;
    double value;
    double bound;
    double gap;  ///< rounded down: less than this changes nothing
};

/// For a load that is off (or eco: what full power would need). Empty where no signal can help:
/// overrides, manual and assisted mode, emergency, missing telemetry, or a bound out of reach.
/// The memory is the one after the decision; with the one before it, a tick is judged first.
std::optional<Counterfactual> counterfactual(const Config&, const Memory&, const EnergyState&,
                                             std::size_t load);

/// Empty for a load that is off. Distances are compared in steps: 1 %, 0.1 kW, 0.1 ct, 1 °C.
std::optional<StopMargin> stop_margin(const Config&, const Memory&, const EnergyState&,
                                      std::size_t load);

}  // namespace bitgrid::core
