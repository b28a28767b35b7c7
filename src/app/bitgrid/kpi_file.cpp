#include "app/bitgrid/kpi_file.hpp"

#include "files/whole_file.hpp"
#include "research/kpi/kpis_json.hpp"

namespace bitgrid::app {

core::Result<void> write_kpi_file(const std::string& path, const JudgedPast& past) {
    return files::write_whole(
        path, research::kpis_json(past.kpis, past.stretch, past.baselines).dump() + "\n");
}

}  // namespace bitgrid::app
