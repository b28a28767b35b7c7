#pragma once
// Situation of one load as the lines of `bitgrid decide` and the scenario files write it.
#include <string_view>

#include "core/decide.hpp"
#include "core/result.hpp"

namespace bitgrid::research {

struct WrittenSituation {
    core::Config config;
    core::Memory memory;
    core::EnergyState state;
};

/// Unknown keys inside `config`, wrong types and unknown words are errors that name the place;
/// unknown top-level keys are ignored.
core::Result<WrittenSituation> parse_situation(std::string_view line);

}  // namespace bitgrid::research
