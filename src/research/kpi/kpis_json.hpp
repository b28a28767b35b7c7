#pragma once
// Figures as JSON (`kpi/1`): what `bitgrid kpi --format json` and the API say.
#include <nlohmann/json.hpp>

#include "research/kpi/baselines.hpp"
#include "research/kpi/kpis.hpp"
#include "research/kpi/past_rows.hpp"

namespace bitgrid::research {

/// Keys of the catalogue, null where not known; those of each load below its id.
nlohmann::json kpis_json(const std::vector<KpiValue>&, Stretch, const std::optional<Baselines>&);

}  // namespace bitgrid::research
