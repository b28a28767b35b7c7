#pragma once
// The keys of rules.yaml: name, place, what is allowed, one line of meaning. Their order is that of
// the reference page.
#include "core/config.hpp"

namespace bitgrid::core {

template <class Visitor>
void describe(Visitor& v, RuleConfig& c) {
    constexpr Range kPct{0, 100}, kKw{0, 1000}, kW{0, 100'000}, kCt{-100, 1000}, kBlocks{0, 1000};
    v.choice("strategy", c.strategy, {"surplus", "soc_band"}, "how R1 judges");
    v("surplus_throttle_min_kw", c.surplus_throttle_min, kKw, "R1: eco from this surplus on");
    v("surplus_min_kw", c.surplus_min, kKw, "R1: full power from this surplus on");
    v("price_max_ct_kwh", c.price_max, kCt, "R1: no mining above this price; null: no test");
    v("battery_first", c.battery_first, "R1: charge the house battery first");
    v("battery_first_until_pct", c.battery_first_until, kPct, "R1: up to this state of charge");
    v("battery_max_charge_w", c.battery_max_charge, kW, "most that the battery takes");
    v("battery_capacity_kwh", c.battery_capacity, kKw, "usable energy of the battery");
    v("eta", c.eta, Range{0.1, 1}, "one-way efficiency of the battery");
    v("battery_may_feed_w", c.battery_may_feed, kW,
      "R1: what the battery may give to loads above the soft band");
    v("soc_stop_pct", c.soc_stop, kPct, "soc_band: reserve, below it stop");
    v("soc_super_pct", c.soc_super, kPct, "soc_band: Super from here");
    v("soc_super_stop_pct", c.soc_super_stop, kPct, "soc_band: Super ends below");
    v("soc_standard_pct", c.soc_standard, kPct, "soc_band: Standard from here");
    v("soc_standard_stop_pct", c.soc_standard_stop, kPct, "soc_band: Standard ends below");
    v("soc_eco_start_pct", c.soc_eco_start, kPct, "soc_band: Eco from here");
    v("pv_start_w", c.pv_start, kW, "soc_band: PV power that Eco needs to start");
    v("soc_hard_min_pct", c.soc_hard_min, kPct, "R2: hard reserve, stop at or below");
    v("soc_soft_min_pct", c.soc_soft_min, kPct, "R2: soft reserve, no start at or below");
    v("max_grid_import_w", c.max_grid_import, kW, "R2: net import above it stops");
    v("grid_import_fast_w", c.grid_import_fast, kW, "R2 between blocks: net import above it ...");
    v("grid_import_fast_s", c.grid_import_fast_for, Range{1, 3600},
      "... for so long stops at once");
    v("max_chip_temp_c", c.max_chip_temp, Range{0, 95}, "R3: hotter stops; never above 95");
    v("t_resume_c", c.t_resume, Range{-40, 95}, "R3: cool enough to end a lockout");
    v("comm_timeout_s", c.comm_timeout, Range{1, 300}, "R3: longer silence stops; never above 300");
    v("safety_lockout_min", c.safety_lockout, Range{0, 1440}, "R3: pause after a trip");
    v("require_ack", c.require_ack, "R3: a person must acknowledge a trip");
    v("standby_w", c.standby, kW, "R3: a load that is off draws less");
    v("stop_confirm_s", c.stop_confirm, Range{1, 300}, "R3: time for a stop to show");
    v("boot_grace_s", c.boot_grace, Range{0, 900}, "R3: time for a load to show signs of life");
    v("forecast_lookahead_min", c.forecast_lookahead, Range{1, 1440}, "R4: how far it looks");
    v("min_predicted_surplus_kw", c.min_predicted_surplus, kKw,
      "R4: less predicted PV vetoes a start");
    v("price_spike_threshold_ct", c.price_spike_threshold, kCt,
      "R4: a price at or above it vetoes a start");
    v("min_runtime_blocks", c.min_runtime_blocks, kBlocks, "R5: blocks to run at least");
    v("min_pause_blocks", c.min_pause_blocks, kBlocks, "R5: blocks to rest at least");
    v("deadband_hold_blocks", c.deadband_hold_blocks, kBlocks,
      "R5: blocks between changes at least");
}

}  // namespace bitgrid::core
