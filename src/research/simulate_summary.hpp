#pragma once
// What a simulated schedule is worth against the same house without the load. Energies in kWh,
// money in EUR; pure.
#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "research/simulate.hpp"

namespace bitgrid::research {

struct Tariff {
    double feed_in_ct_kwh{8};
    double grid_ct_kwh{30};
    HeldSeries sats_per_ths_day;  ///< of 1 TH/s over a day; empty: the mined value is unknown
    HeldSeries btc_eur;
};

struct GridEnergy {
    double import_kwh{};
    double export_kwh{};
};

struct Summary {
    std::size_t rows{};
    double days{};
    GridEnergy without_load;
    GridEnergy with_load;
    double load_kwh{};  ///< of all loads
    int switches{};     ///< changes between on and off; of the load that switches most
    std::optional<double> sats;
    std::optional<double> mined_eur;
    double feed_in_forgone_eur{};
    double extra_grid_eur{};
    std::map<std::string, int> rows_by_code;  ///< of the first load

    /// Share of the export without the load that does not leave the house any more; 0 where none
    /// is.
    double captured_pct() const;
    double extra_grid_kwh() const { return with_load.import_kwh - without_load.import_kwh; }
    double switches_per_day() const { return days > 0 ? switches / days : 0; }
    std::optional<double> net_eur() const;
};

/// What a load computes at a level, TH/s.
double hash_rate_ths(const core::LoadConfig&, core::Target);

/// The same house without the load.
GridEnergy run_without_load(const RecordedHome&, const Experiment&);

Summary summarise(const RecordedHome&, const Experiment&, const std::vector<SimulatedRow>&,
                  const Tariff&);

}  // namespace bitgrid::research
