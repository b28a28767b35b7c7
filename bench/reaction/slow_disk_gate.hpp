#pragma once
// What the measuring program and the preloaded shim share, in a file that both map.
#include <atomic>
#include <cstdint>

namespace bitgrid::bench {

struct Gate {
    std::atomic<std::uint32_t> is_closed;
    std::atomic<std::uint32_t> held;  ///< flushes that began while it was closed
};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

inline constexpr const char* kGateVariable = "SLOW_DISK_GATE";

}  // namespace bitgrid::bench
