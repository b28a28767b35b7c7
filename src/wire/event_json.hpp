#pragma once
// Every event as JSON (`event/1`; a decision as `decision/1`). dump() of it is the canonical text
// that the journal hashes: keys sorted, no spaces, numbers in the shortest form that reads back the
// same.
#include <nlohmann/json.hpp>

#include "core/config.hpp"
#include "core/events.hpp"

namespace bitgrid::wire {

nlohmann::json event_json(const core::Event&, const core::Config&);

nlohmann::json problems_json(const std::vector<core::ConfigProblem>&);

}  // namespace bitgrid::wire
