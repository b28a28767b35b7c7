#pragma once
// Two rule sets over the same blocks: where they decide otherwise. Pure.
#include <optional>
#include <vector>

#include "research/simulate.hpp"

namespace bitgrid::research {

struct Compared {
    std::size_t rows{};
    std::size_t other_codes{};           ///< rows in which a load is decided for another reason
    std::size_t other_levels{};          ///< rows in which a load does something else
    std::optional<std::size_t> first{};  ///< row with another level; else with another code
    std::size_t first_load{};            ///< of that row
};

/// Of the same home and loads: as many rows each.
Compared compare(const std::vector<SimulatedRow>& a, const std::vector<SimulatedRow>& b);

}  // namespace bitgrid::research
