#pragma once
// All that a decision is made of, as one value, and the one way from it to what is said of it: for
// the decision of the past, for the one that comes, and for one that is only imagined.
#include <optional>
#include <vector>

#include "core/describe.hpp"

namespace bitgrid::core {

/// config.loads, memory.loads and state.loads have the same length.
struct Case {
    Config config;
    Memory memory;  ///< before the decision
    EnergyState state;
    Occasion occasion;
};

/// Of every load that the occasion concerns, or of `only` one of them, with what would change it.
/// Without ids, versions and words. Pure; a few dozen microseconds for each load.
std::vector<DecisionEvent> judge(const Case&, std::optional<std::size_t> only = std::nullopt);

}  // namespace bitgrid::core
