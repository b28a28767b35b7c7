#pragma once
// `bitgrid replay home.csv`: a house from a file decided again, row by row in closed loop, and held
// against what was decided for it before. Reads its files alone.
#include "app/bitgrid/home_run.hpp"
#include "app/bitgrid/looking.hpp"

namespace bitgrid::app {

struct ReplayHome {
    Looking look;
    HomeOptions home;
    std::string schedule;  ///< of `simulate --out`; empty: nothing to hold against
    std::string kpi;       ///< file for the figures; empty: none
};

/// Whether the name is that of a table: .csv or .csv.gz.
bool is_home_file(const std::string& path);

/// kNo where a row is decided otherwise than in the schedule. Throws a Refusal.
int replay_home(const ReplayHome&);

}  // namespace bitgrid::app
