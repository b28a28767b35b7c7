#pragma once
// The guard as the controller sees it: a second process that keeps every load off while nobody
// proves to be healthy.
#include <optional>
#include <string>

#include "core/time.hpp"

namespace bitgrid::ports {

enum class GuardState : std::uint8_t {
    None,     ///< not set up, and never seen
    Missing,  ///< set up, or seen before, but not there
    Armed,    ///< it has our lease, and acts when that lapses
    Holding,  ///< it keeps every load off until we have proved ourselves
    Silent    ///< it is there and does not answer
};

struct GuardView {
    GuardState state{GuardState::None};
    core::UnixTime since{};     ///< of the state
    bool forbids_loads{false};  ///< nothing may run before it has said that it is armed
    int loads_not_off{0};       ///< while it holds: loads that have not shown that they are off
    std::optional<double>
        proof_left_s;  ///< while it holds and we prove ourselves: time to go, real
    std::string note;  ///< what is odd about it, in words; empty: nothing
};

/// Engine thread only; never blocks.
class Guard {
public:
    virtual GuardView look() const = 0;

protected:
    ~Guard() = default;
};

}  // namespace bitgrid::ports
