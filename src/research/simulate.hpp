#pragma once
// The whole rule core in closed loop against a model of a house, row by row of a recorded home.
#include <string_view>
#include <vector>

#include "core/config.hpp"
#include "core/decide.hpp"
#include "research/held_series.hpp"
#include "research/house_model.hpp"

namespace bitgrid::research {

/// Means over rows of `row_ms`, left edges; UTC, W.
struct RecordedHome {
    std::int64_t row_ms{600'000};
    std::vector<core::UnixTime> times;
    std::vector<double> pv_w;
    std::vector<double> house_w;

    double hours() const { return static_cast<double>(row_ms) / 3'600'000; }
};

struct Experiment {
    core::Config config;  ///< its first `loads` loads are simulated
    Battery battery;
    double start_soc_pct{50};
    HeldSeries price_ct_kwh;  ///< empty: no price is known
    HeldSeries forecast_w;    ///< of PV; empty: no forecast
    std::size_t loads{1};     ///< as many as there are, at most
};

/// What holds during a row for one load, and the decision at its start. The first row is off.
struct SimulatedLoad {
    core::Target target;
    core::Code code{core::Code::Noop_Autonomy_NO_CHANGE};
    double load_w{};
};

/// The first load, what flows, and the loads behind the first in their order.
struct SimulatedRow : SimulatedLoad {
    Flows flows;
    std::vector<SimulatedLoad> others;

    std::size_t loads() const { return 1 + others.size(); }
    const SimulatedLoad& load(std::size_t i) const { return i == 0 ? *this : others[i - 1]; }
    SimulatedLoad& load(std::size_t i) { return i == 0 ? *this : others[i - 1]; }
    double loads_w() const;  ///< of all
};

/// One row per row of the home. Loads are decided in their order, each with what the ones before it
/// leave. The rules see the means of the last closed row and the state of
/// charge at the row's start; temperature and heartbeat are nominal.
std::vector<SimulatedRow> simulate(const RecordedHome&, const Experiment&);

}  // namespace bitgrid::research
