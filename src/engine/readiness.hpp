#pragma once
// What the start waits for, step by step, in words.
#include <optional>
#include <string>
#include <vector>

#include "core/explanation.hpp"
#include "ports/charge.hpp"

namespace bitgrid::engine {

/// The steps in their order; the first that is not done is the one that is told.
struct BootFacts {
    bool is_time_trusted{true};
    ports::Charge charge{ports::Charge::Full};
    std::vector<std::string> unconfirmed;  ///< names of loads that have not shown that they are off
    std::vector<std::string> missing;      ///< required signals of the site
    bool has_decided{false};
};

/// Empty once nothing is waited for: decisions are made.
std::optional<core::Explanation> waits_for(const BootFacts&);

}  // namespace bitgrid::engine
