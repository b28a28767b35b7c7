#pragma once
// Proof of life: a control cycle that was begun has also come to its end.
#include <cstdint>

namespace bitgrid::ports {

/// What a completed cycle says of itself.
struct Cycle {
    std::uint64_t number{};        ///< from 1, one more with each cycle of this run
    bool has_ordered_off{false};   ///< no load has an order to run
    bool is_confirmed_off{false};  ///< and every load has shown that it is off
    bool is_last{false};           ///< the run ends here, on purpose
};

/// Whoever lets something lapse when the controller hangs: guard, service manager. Engine thread
/// only; must not block or throw. Called at the end of a whole cycle (loads looked after, safety
/// judged, news told) and from nowhere else, so whatever hangs before it is noticed. A journal that
/// does not answer, or a device that does not obey, hangs nothing: the cycle completes, and health
/// and the other lines of defence speak of it.
class Lifesign {
public:
    virtual void cycle_completed(const Cycle&) = 0;

protected:
    ~Lifesign() = default;
};

}  // namespace bitgrid::ports
