#pragma once
// The pure heart: state and memory in, decisions and memory out. Same input, same bytes out.
#include "core/config.hpp"
#include "core/energy_path.hpp"
#include "core/energy_state.hpp"
#include "core/memory.hpp"
#include "core/vote.hpp"

namespace bitgrid::core {

enum class Trigger : std::uint8_t { BlockTick, SafetyAsync, Override, ForecastUpdate };

/// Why the rules are asked, and about which loads; the others keep their level.
struct Occasion {
    Trigger trigger{Trigger::BlockTick};
    std::uint32_t loads{0xFF};  ///< bit i: load i is judged

    static constexpr Occasion tick() { return {}; }
    static constexpr Occasion between_blocks(Trigger trigger, std::size_t load) {
        return {trigger, 1u << load};
    }
    constexpr bool concerns(std::size_t load) const { return (loads >> load) & 1u; }
};

struct LoadDecision {
    Votes votes;  ///< all five, R1 … R5
    Code code{};
    Target before{};               ///< level before the decision
    Target target{};               ///< level after it
    Mode mode{Mode::None};         ///< strategy soc_band only
    std::optional<Code> proposal;  ///< what ASSIST offers
    double surplus_kw{};           ///< what this load was judged with; NaN where a term is missing
    SignalSet missing{};           ///< what it was judged without: unusable_signals()
    std::size_t load{};            ///< index into Config::loads
    bool is_deadband_held{false};  ///< R5 held back what R1 or R4 would have changed
    bool is_trip{false};           ///< R3 tripped now (a lockout began)
    bool is_clear{false};          ///< a lockout ended now
    bool has_override_ended{false};

    Action action() const { return action_of(code); }
    bool changes_level() const { return !(before == target); }
};

struct Outcome {
    BoundedList<LoadDecision, kMaxLoads> decisions;  ///< of the loads concerned, in order
    Memory memory;
    EnergyPathDecision path;
};

/// Judges the loads in order, each with what the ones before it leave of the surplus.
/// config.loads, memory.loads and state.loads have the same length. Reads no clock, allocates
/// nothing, cannot fail.
Outcome decide(const Config&, const Memory&, const EnergyState&, Occasion = Occasion::tick());

/// R3 alone, for one load: what runs outside the block rhythm. Binding vote or none.
Vote judge_safety(const Config&, const Memory&, const EnergyState&, std::size_t load);

/// surplus_kw of R1 before any load takes of it; NaN where a term is missing.
double surplus_kw(const Config&, const EnergyState&);

/// Power that a load takes at a level.
Watts power_at(const LoadConfig&, Target);

/// Below it a load counts as off: standby_w, for a small load half of its smallest level.
Watts standby_of(const RuleConfig&, const LoadConfig&);

}  // namespace bitgrid::core
