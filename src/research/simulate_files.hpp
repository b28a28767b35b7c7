#pragma once
// The files around a simulation: recorded homes, prices, forecasts and bitcoin figures in, the
// schedule out. Failures name file and line.
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "research/simulate_summary.hpp"

namespace bitgrid::research {

/// Columns `timestamp`, `pv_power_w`, `house_load_w`; others are ignored. `stamps` keep the times
/// as they were written.
struct HomeFile {
    RecordedHome home;
    std::vector<std::string> stamps;
};

/// Rows must be a whole number of minutes apart, 1 to 60; gaps are allowed.
core::Result<HomeFile> read_home(const std::filesystem::path&);

/// Rows with from <= time < to.
void keep_only(HomeFile&, std::optional<core::UnixTime> from, std::optional<core::UnixTime> to);

/// A column of values that hold until the next row's time.
core::Result<HeldSeries> read_series(const std::filesystem::path&, std::string_view time_column,
                                     std::string_view value_column);

/// Columns `date`, `sats_per_ths_day`, `price_eur`.
core::Result<void> read_bitcoin(const std::filesystem::path&, Tariff&);

/// The recorded PV power itself: a forecast that is always right.
HeldSeries perfect_forecast(const RecordedHome&);

/// Mean PV power of the same time on the seven days before; unknown on the first day.
HeldSeries forecast_from_history(const RecordedHome&);

/// One row per row of the home: timestamp,level,load_w,battery_kwh,import_kwh,export_kwh,
/// decision_code; of the first load. The same bytes on every machine.
std::string schedule_text(const HomeFile&, const std::vector<SimulatedRow>&);
/// The same as a file. One that cannot be written whole is an error.
core::Result<void> write_schedule(const std::filesystem::path&, const HomeFile&,
                                  const std::vector<SimulatedRow>&);

/// A schedule as write_schedule() leaves it, of the same rows of this home: of its load and this
/// battery. BadInput names the first row that belongs to another time, or cannot be.
core::Result<std::vector<SimulatedRow>> read_schedule(const std::filesystem::path&,
                                                      const RecordedHome&);

}  // namespace bitgrid::research
