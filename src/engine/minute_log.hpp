#pragma once
// The minutes of the running block, kept until they are journalled together: one record a block
// costs the disk nothing that its decisions do not cost anyway. Engine thread; a value; cannot
// fail.
#include <optional>

#include "core/events.hpp"

namespace bitgrid::engine {

class MinuteLog {
public:
    explicit MinuteLog(std::int64_t block_ms) : block_ms_{block_ms} {}

    /// The first minute runs; what was of it before is not known.
    void begin(core::UnixTime now) { minute_ = core::block_of(now, kMinuteMs); }
    /// Another minute runs than the one that began last.
    bool is_over(core::UnixTime now) const { return core::block_of(now, kMinuteMs) != minute_; }
    /// What the minute was that began last; then the one of `now` begins. Returns what was kept of
    /// another block, or an hour that nobody took: a clock that was set leaves such.
    std::optional<core::MinutesMeasured> add(core::EnergyState, core::UnixTime now);
    /// What is kept, and begins anew; nothing where nothing is.
    std::optional<core::MinutesMeasured> take();

private:
    static constexpr std::int64_t kMinuteMs = 60'000;
    static constexpr std::size_t kMost = 60;

    std::int64_t block_ms_;
    core::BlockId minute_{};  ///< counted like blocks
    core::MinutesMeasured kept_;
};

}  // namespace bitgrid::engine
