#pragma once
// All that the rules remember between two decisions, as one value: passed in, passed out, stored
// with the event.
#include <cstdint>
#include <optional>

#include "core/bounded_list.hpp"
#include "core/codes.hpp"
#include "core/config.hpp"
#include "core/level.hpp"
#include "core/time.hpp"

namespace bitgrid::core {

enum class AutonomyLevel : std::uint8_t { Manual, Assist, Semi, Full };

/// Band of strategy soc_band that the load is in.
enum class Mode : std::uint8_t { None, Standby, Hold, Eco, Standard, Super };

enum class OverrideAction : std::uint8_t { Start, Stop, Limit };

/// A person's wish with an end.
struct Override {
    OverrideAction action{OverrideAction::Stop};
    Watts limit{};            ///< only for Limit
    bool use_reserve{false};  ///< may use the battery below R2's hard reserve
    UnixTime until{};
    std::optional<Target> before;  ///< level to return to; unknown: off
    friend bool operator==(const Override&, const Override&) = default;
};

enum class LockoutReason : std::uint8_t { Overtemp, CommTimeout, ActuatorStuck, Emergency };

/// Keeps a load off after a trip of R3: until time is over, and it is cool, and somebody
/// acknowledged where asked for.
struct Lockout {
    LockoutReason reason{LockoutReason::Overtemp};
    UnixTime until{};
    bool needs_ack{false};
    bool is_acked{false};
    friend bool operator==(const Lockout&, const Lockout&) = default;
};

struct LoadMemory {
    Target target{kOff};  ///< level that the load was last told to hold
    std::optional<Action>
        last_action;  ///< of the last effective change of the target; unknown: R5 is silent
    std::optional<BlockId> unchanged_since;  ///< first whole block since that change
    Mode mode{Mode::None};
    std::optional<Override> wish;
    std::optional<Lockout> lockout;
    std::optional<Code> accepted;  ///< proposal of ASSIST that a person accepted just now
    friend bool operator==(const LoadMemory&, const LoadMemory&) = default;
};

struct Memory {
    AutonomyLevel autonomy{AutonomyLevel::Full};
    bool is_emergency{false};  ///< latched until somebody acknowledges
    BoundedList<LoadMemory, kMaxLoads> loads;
    friend bool operator==(const Memory&, const Memory&) = default;
};

}  // namespace bitgrid::core
