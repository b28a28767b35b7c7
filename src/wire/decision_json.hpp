#pragma once
// A decision with its votes, numbers and words as JSON (`decision/1`).
#include <nlohmann/json.hpp>

#include "core/config.hpp"
#include "core/events.hpp"

namespace bitgrid::wire {

/// `with_state`: also the frozen state and the memory before it.
nlohmann::json decision_json(const core::DecisionEvent&, const core::Config&, bool with_state);

/// surplus_kw, mode, missing signals.
nlohmann::json params_json(const core::LoadDecision&);
nlohmann::json votes_json(const core::Votes&);
nlohmann::json counterfactual_json(const core::Counterfactual&);
nlohmann::json explanation_json(const core::Explanation&);

}  // namespace bitgrid::wire
