#pragma once
// A series of slots (prices, PV forecast): asked for one moment or over a span.
#include <optional>
#include <vector>

#include "core/time.hpp"
#include "ports/signals.hpp"

namespace bitgrid::engine {

/// Slots in order of time, without overlap; a newer slot replaces an older one. Bounded; slots long
/// past are dropped.
class Series {
public:
    /// Merges: what is not covered by the new slots stays (a shorter list never wipes a longer
    /// one).
    void merge(std::vector<ports::Slot>, core::UnixTime now);
    bool empty() const { return slots_.empty(); }
    std::optional<double> at(core::UnixTime) const;
    /// Highest value known in [from, to).
    std::optional<double> highest(core::UnixTime from, core::UnixTime to) const;
    /// Mean weighted by time over what is known in [from, to); none where less than half of it is
    /// known.
    std::optional<double> mean(core::UnixTime from, core::UnixTime to) const;
    const std::vector<ports::Slot>& slots() const { return slots_; }

private:
    std::vector<ports::Slot> slots_;
};

}  // namespace bitgrid::engine
