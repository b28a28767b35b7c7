#pragma once
// What the rules would say if signals or thresholds were others, beside what they say: the same
// functions as the engine's own decisions, and nothing else. Looks, never acts.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/case.hpp"
#include "core/result.hpp"
#include "ports/narrator.hpp"
#include "research/what_if_request.hpp"

namespace bitgrid::research {

/// The moment that is asked about.
struct WhatIfBasis {
    core::Case moment;
    std::string
        decision_id;  ///< of the recorded decision; empty: the next block, with values of now
    std::vector<nlohmann::json> recorded{};  ///< decisions of that moment, as the journal has them
};

/// The answer (`what_if` of schemas/views): the changes, and for each load the decision before and
/// after them, with words, and the values that its rules looked at. BadInput names what is wrong
/// with the request. Pure; bounded: at most two evaluations and two looks ahead for each load.
core::Result<nlohmann::json> what_if(const WhatIfBasis&, const WhatIfRequest&,
                                     const ports::Narrator&);

}  // namespace bitgrid::research
