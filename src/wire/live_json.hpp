#pragma once
// The house as it is now as JSON (`live/1`): what `GET /state`, WebSocket and MQTT show.
#include <nlohmann/json.hpp>

#include "core/config.hpp"
#include "ports/live_view.hpp"

namespace bitgrid::wire {

nlohmann::json live_json(const ports::LiveView&, const core::Config&);

nlohmann::json energy_path_json(const core::EnergyPathDecision&);

/// Only the top-level keys that differ.
nlohmann::json changed_keys(const nlohmann::json& before, const nlohmann::json& now);

}  // namespace bitgrid::wire
