#pragma once
// What a new configuration asks of the running house.
#include <string>

#include "app/installation.hpp"

namespace bitgrid::app {

enum class Change : std::uint8_t {
    None,
    Values,     ///< rules, prices, policy, names, watts of the loads, the mirror: hold between two
                ///< cycles
    Parts,      ///< devices, loads, broker, API, UPS, journal: made anew, with every load off
    Forbidden,  ///< the length of a block: journal and counters are in blocks
};

Change change_between(const Installation& now, const Installation& next);

}  // namespace bitgrid::app
