#pragma once
// Time-weighted mean of a power signal over a block.
#include <cstdint>
#include <optional>

#include "core/time.hpp"

namespace bitgrid::engine {

/// A value holds from its arrival until the next one, at most for its max age. Engine thread;
/// cannot fail.
class BlockMean {
public:
    void add(double value, core::MonoTime at, std::int64_t holds_ms);
    /// Absurd or withdrawn: from here on nothing is covered until the next value.
    void interrupt(core::MonoTime at);
    /// Mean of what was covered since the last close; none where that is less than half of
    /// `block_ms`.
    std::optional<double> close(core::MonoTime at, std::int64_t block_ms);
    /// The same without closing, for previews.
    std::optional<double> peek(core::MonoTime at) const;
    std::int64_t covered_ms(core::MonoTime at) const;

private:
    void advance(core::MonoTime at);

    double value_{0};
    core::MonoTime from_{};
    core::MonoTime holds_until_{};
    double sum_{0};  ///< value times milliseconds
    std::int64_t covered_ms_{0};
};

}  // namespace bitgrid::engine
