#pragma once
// Figures as a file (`kpi/1`), for verbs that make them beside something else.
#include <string>

#include "app/bitgrid/judged_past.hpp"

namespace bitgrid::app {

/// Of a past that was judged. Unavailable where it cannot be written.
core::Result<void> write_kpi_file(const std::string& path, const JudgedPast&);

}  // namespace bitgrid::app
