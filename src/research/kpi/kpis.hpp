#pragma once
// The figures of a stretch of time, from its parts. Pure. What is not known is nothing, never 0.
#include <optional>
#include <string>
#include <vector>

#include "research/kpi/baselines.hpp"
#include "research/kpi/catalogue.hpp"
#include "research/kpi/kpi_parts.hpp"

namespace bitgrid::research {

struct KpiValue {
    Kpi kpi;
    std::string load_id;  ///< empty: of the house
    std::optional<double> value;
};

/// What cannot be had from the parts of the range.
struct KpiContext {
    std::optional<KpiParts> last_week;    ///< seven days up to its end; nothing: all of it
    std::optional<double> co2_g_per_kwh;  ///< of the grid; nothing: not known
    std::optional<Baselines> baselines;   ///< of the same blocks
};

/// First all of the house in the order of the catalogue, then those of each load.
std::vector<KpiValue> kpis_of(const KpiParts&, const KpiContext& = {});

/// Of the house, or of a load. Nothing where it is not known or not there.
std::optional<double> find_kpi(const std::vector<KpiValue>&, Kpi, std::string_view load_id = {});

}  // namespace bitgrid::research
