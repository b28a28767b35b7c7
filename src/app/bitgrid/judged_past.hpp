#pragma once
// The figures of a stretch of time, from wherever it comes: the journal, a recorded home that the
// rules are run against, or a schedule that was simulated before.
#include <optional>
#include <string>
#include <vector>

#include "app/bitgrid/home_run.hpp"
#include "app/bitgrid/past_days.hpp"
#include "research/kpi/baselines.hpp"
#include "research/kpi/kpis.hpp"
#include "research/report/kpi_page.hpp"

namespace bitgrid::app {

struct JudgedPast {
    std::string house;
    research::Stretch stretch{};
    bool is_simulated{false};
    std::vector<research::Span> days;  ///< oldest first
    std::optional<research::Baselines> baselines;
    std::vector<research::KpiValue> kpis;
};

/// All of them, with what the baselines and the last week add. `co2_g_per_kwh`: of the grid.
void judge(JudgedPast&, std::optional<double> co2_g_per_kwh);

core::Result<JudgedPast> judged_journal(PastReader&);

/// `schedule`: of `bitgrid simulate --out`; empty: the rules are run now. Throws a Refusal.
JudgedPast judged_home(const HomeRun&, const std::string& schedule);
JudgedPast judged_rows(const HomeRun&, const std::vector<research::SimulatedRow>&);

/// The house that the model takes for a configuration.
research::ModelHouse model_of(const core::Config&);

}  // namespace bitgrid::app
