#include "app/bitgrid/kpi_file.hpp"

#include "archive/durable_file.hpp"
#include "research/kpi/kpis_json.hpp"

namespace bitgrid::app {

core::Result<void> write_kpi_file(const std::string& path, const JudgedPast& past) {
    return archive::replace_file(
        path, research::kpis_json(past.kpis, past.stretch, past.baselines).dump() + "\n");
}

}  // namespace bitgrid::app
