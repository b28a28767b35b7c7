#pragma once
// The parts of the figures as JSON (`kpi_parts/1`), both ways and without loss: so that a day that
// is over need not be read again.
#include <nlohmann/json.hpp>

#include "core/result.hpp"
#include "research/kpi/kpi_parts.hpp"

namespace bitgrid::research {

nlohmann::json kpi_parts_json(const KpiParts&);

/// BadInput for another schema, Damaged with the key that is missing or wrong. Keys that are not
/// known are ignored.
core::Result<KpiParts> kpi_parts_from_json(const nlohmann::json&);

}  // namespace bitgrid::research
