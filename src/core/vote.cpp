#include "core/vote.hpp"

namespace bitgrid::core {
namespace {

struct MeasureSpec {
    std::string_view name;
    std::string_view unit;
    double step{1};
};

// In the order of the enum.
constexpr std::array<MeasureSpec, 21> kMeasures{{
    {"surplus_kw", "kW", 0.1},
    {"battery_soc_pct", "%"},
    {"pv_power_w", "W"},
    {"net_import_w", "W"},
    {"energy_price_ct_kwh", "ct/kWh", 0.1},
    {"price_peak_ct_kwh", "ct/kWh", 0.1},
    {"pv_forecast_kw", "kW", 0.1},
    {"temp_c", "°C"},
    {"heartbeat_age_s", "s"},
    {"missing_signals", ""},
    {"off_power_w", "W"},
    {"emergency_latched", ""},
    {"lockout_left_s", "s"},
    {"unacknowledged", ""},
    {"unconfirmed_commands", ""},
    {"shutting_down", ""},
    {"blocks_since_change", "blocks"},
    {"override_left_s", "s"},
    {"fast_import_s", "s"},
    {"path_value_ct_kwh", "ct/kWh", 0.1},
    {"guard_holds", ""},
}};

constexpr std::array<std::string_view, 5> kOps{"<", "<=", ">", ">=", "=="};

constexpr std::array<std::string_view, 25> kBounds{
    "surplus_throttle_min_kw",
    "surplus_min_kw",
    "price_max_ct_kwh",
    "soc_stop_pct",
    "soc_super_pct",
    "soc_super_stop_pct",
    "soc_standard_pct",
    "soc_standard_stop_pct",
    "soc_eco_start_pct",
    "pv_start_w",
    "soc_hard_min_pct",
    "soc_soft_min_pct",
    "max_grid_import_w",
    "grid_import_fast_s",
    "max_chip_temp_c",
    "t_resume_c",
    "comm_timeout_s",
    "standby_w",
    "zero",
    "min_predicted_surplus_kw",
    "price_spike_threshold_ct",
    "min_runtime_blocks",
    "min_pause_blocks",
    "deadband_hold_blocks",
    "preferred_path_ct_kwh",
};

}  // namespace

std::string_view name_of(Measure m) { return kMeasures[static_cast<std::size_t>(m)].name; }
std::string_view unit_of(Measure m) { return kMeasures[static_cast<std::size_t>(m)].unit; }
double step_of(Measure m) { return kMeasures[static_cast<std::size_t>(m)].step; }
std::string_view name_of(Op op) { return kOps[static_cast<std::size_t>(op)]; }
std::string_view name_of(Bound b) { return kBounds[static_cast<std::size_t>(b)]; }

}  // namespace bitgrid::core
