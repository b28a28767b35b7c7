#pragma once
// What a drill found, as two files of the folder `drill`: one for people, one for programs.
#include <string>

#include "app/drill.hpp"

namespace bitgrid::app {

struct DrillPaper {
    core::UnixTime time{};  ///< when it was done
    std::string where;      ///< address of the daemon; empty: a simulated house
    std::string told;       ///< what people read, below the time
    DrillOutcome outcome;
};

/// Writes `folder`/drill-<time>.txt and .json, and gives the path without the ending. The folder is
/// made. An error names the path; a half-written file is not left under its name.
core::Result<std::string> write_drill(const std::string& folder, const DrillPaper&);

}  // namespace bitgrid::app
