#pragma once
// Notices that nothing ran for a while: the machine slept, a virtual machine was paused, the
// program was stopped. What waits in the sockets then is of unknown age.
#include <optional>

#include "core/time.hpp"

namespace bitgrid::engine {

/// Engine thread. Longer than any value may be old: what is shorter shows by the ages alone.
class Standstill {
public:
    /// Called with everything that happens; at least once a second. The gap in ms where there was
    /// one.
    std::optional<std::int64_t> alive(core::MonoTime now) {
        const std::int64_t gap_ms = last_ ? now - *last_ : 0;
        last_ = now;
        if (gap_ms < kGapMs) return std::nullopt;
        deaf_until_ = now + kDeafMs;
        return gap_ms;
    }
    /// What comes in now may have waited all that time.
    bool is_deaf(core::MonoTime now) const { return now < deaf_until_; }

    static constexpr std::int64_t kGapMs = 60'000;
    static constexpr std::int64_t kDeafMs = 2'000;

private:
    std::optional<core::MonoTime> last_;
    core::MonoTime deaf_until_{};
};

}  // namespace bitgrid::engine
