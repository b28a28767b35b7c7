#pragma once
// What a recorded decision was made of, read back from the decision itself.
#include <nlohmann/json.hpp>
#include <string>

#include "core/case.hpp"
#include "core/result.hpp"

namespace bitgrid::wire {

struct RecordedCase {
    core::Case made_of;
    std::size_t load{};  ///< that the decision is about; index into the configuration's loads
};

/// `decision`: `decision/1` with state and memory, as the journal has it. BadInput and Damaged say
/// what it lacks, or which load of the configuration it does not know. Pure.
core::Result<RecordedCase> case_from_json(const nlohmann::json& decision, const core::Config&);

}  // namespace bitgrid::wire
