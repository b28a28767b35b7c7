#pragma once
// What goes wrong in a long run, drawn at random: each trouble begins, lasts for a while, and ends.
#include <atomic>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "faults/harness/home.hpp"

namespace bitgrid::faults {

/// What the observer must know of troubles that the house itself does not show. Written by the
/// thread of the run, read by the observer's.
struct Known {
    std::atomic<bool> is_controller_gone{false};
    std::atomic<bool> is_house_unheard{
        false};                             ///< no reading of the house can reach the controller
    std::atomic<bool> is_emergency{false};  ///< pressed, accepted, not yet acknowledged
};

struct Trouble {
    std::string name;
    std::function<void()> begin;
    std::function<void()> end;  ///< empty: it is over at once
};

/// Every trouble there is; home and known must outlive them.
std::vector<Trouble> all_troubles(Home&, Known&);

}  // namespace bitgrid::faults
