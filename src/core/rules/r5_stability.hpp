#pragma once
#include "core/rules/situation.hpp"

namespace bitgrid::core {

/// Keeps a load from switching all the time. Example: on for 2 completed blocks, fewer than
/// min_runtime_blocks 3 -> NOOP_R5_MIN_RUNTIME_NOT_REACHED. No vote where no last change is known.
Vote r5_stability(const Situation&);

/// Completed blocks since the load's last effective change; none where no change is known.
std::optional<std::int64_t> blocks_since_change(const LoadMemory&, BlockId now);

}  // namespace bitgrid::core
