#pragma once
// A self-test as JSON, both ways: told to the daemon by who did it, shown by the face, kept by the
// checkpoint.
#include <nlohmann/json.hpp>

#include "core/events.hpp"
#include "core/result.hpp"

namespace bitgrid::wire {

/// `{"load_id","passed","actor","steps":[{"check","result","took_s"}]}`
nlohmann::json drill_json(const core::DrillReported&);

/// BadInput names the field. Without an actor: who tells it is known elsewhere. Passed is what no
/// step contradicts: a report that says otherwise of itself is refused.
core::Result<core::DrillReported> drill_from_json(const nlohmann::json&);

}  // namespace bitgrid::wire
