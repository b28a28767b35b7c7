#pragma once
// Time as values. Nothing in the core can ask what time it is: moments are handed in.
#include <compare>
#include <cstdint>

namespace bitgrid::core {

/// Wall time, milliseconds since the Unix epoch, UTC. For blocks and tariffs.
struct UnixTime {
    std::int64_t ms{};
    friend constexpr auto operator<=>(const UnixTime&, const UnixTime&) = default;
    friend constexpr UnixTime operator+(UnixTime t, std::int64_t ms) { return {t.ms + ms}; }
    friend constexpr std::int64_t operator-(UnixTime a, UnixTime b) { return a.ms - b.ms; }
};

/// Time that only moves forward, milliseconds since an arbitrary start. For ages and timeouts.
struct MonoTime {
    std::int64_t ms{};
    friend constexpr auto operator<=>(const MonoTime&, const MonoTime&) = default;
    friend constexpr MonoTime operator+(MonoTime t, std::int64_t ms) { return {t.ms + ms}; }
    friend constexpr std::int64_t operator-(MonoTime a, MonoTime b) { return a.ms - b.ms; }
};

/// Number of a block: floor(unix time / block length), aligned to the epoch.
using BlockId = std::int64_t;

constexpr BlockId block_of(UnixTime t, std::int64_t block_ms) {
    return t.ms >= 0 ? t.ms / block_ms : (t.ms - block_ms + 1) / block_ms;
}
constexpr UnixTime block_start(BlockId block, std::int64_t block_ms) { return {block * block_ms}; }

/// A decision made in this block holds until the end of the block after it.
constexpr UnixTime valid_until(BlockId block, std::int64_t block_ms) {
    return block_start(block + 2, block_ms);
}

}  // namespace bitgrid::core
