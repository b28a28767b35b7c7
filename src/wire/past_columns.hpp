#pragma once
// The columns of the datasets, in order, each with its name: for whoever writes, reads or converts
// them. Two schema versions may lie side by side: columns are only ever added, at the end, and a
// file without one reads as if it were null, 0 or empty.
#include "wire/past.hpp"

namespace bitgrid::wire {

template <class Visitor>
void describe(Visitor& v, DecisionRow& r) {
    v("seq", r.seq);
    v("time", r.time);
    v("block_id", r.block_id);
    v("load_id", r.load_id);
    v("decision_id", r.decision_id);
    v("trigger", r.trigger);
    v("decision_code", r.decision_code);
    v("rule", r.rule);
    v("reason", r.reason);
    v("action", r.action);
    v("level_before", r.level_before);
    v("target_level", r.target_level);
    v("target_w", r.target_w);
    v("valid_until", r.valid_until);
    v("surplus_kw", r.surplus_kw);
    v("missing", r.missing);
    v("explained", r.is_explained);
    v("config_version", r.config_version);
    v("rule_version", r.rule_version);
    v("command_id", r.command_id);
    v("mode", r.mode);
    v("proposal", r.proposal);
    v("votes", r.votes);
    v("inputs", r.inputs);
}
template <class Visitor>
void describe(Visitor& v, StateRow& r) {
    v("seq", r.seq);
    v("time", r.time);
    v("block_id", r.block_id);
    v("load_id", r.load_id);
    v("trigger", r.trigger);
    v("pv_power_w", r.pv_power_w);
    v("grid_import_w", r.grid_import_w);
    v("grid_export_w", r.grid_export_w);
    v("house_load_w", r.house_load_w);
    v("battery_soc_pct", r.battery_soc_pct);
    v("battery_power_w", r.battery_power_w);
    v("energy_price_ct_kwh", r.energy_price_ct_kwh);
    v("price_peak_ct_kwh", r.price_peak_ct_kwh);
    v("pv_forecast_kw", r.pv_forecast_kw);
    v("expected_on", r.is_expected_on);
    v("load_power_w", r.load_power_w);
    v("load_temp_c", r.load_temp_c);
    v("load_hashrate_ths", r.load_hashrate_ths);
    v("load_heartbeat_age_s", r.load_heartbeat_age_s);
    v("mean_over_s", r.mean_over_s);  // since version 2
}
template <class Visitor>
void describe(Visitor& v, ValueRow& r) {
    v("seq", r.seq);
    v("time", r.time);
    v("block_id", r.block_id);
    v("preferred", r.preferred);
    v("export_ct_kwh", r.export_ct_kwh);
    v("store_ct_kwh", r.store_ct_kwh);
    v("heat_ct_kwh", r.heat_ct_kwh);
    v("hodl_ct_kwh", r.hodl_ct_kwh);
    v("sats_per_kwh", r.sats_per_kwh);
}
template <class Visitor>
void describe(Visitor& v, WordsRow& r) {
    v("seq", r.seq);
    v("time", r.time);
    v("decision_id", r.decision_id);
    v("load_id", r.load_id);
    v("language", r.language);
    v("short", r.brief);
    v("details", r.details);
    v("counterfactual", r.counterfactual);
}
template <class Visitor>
void describe(Visitor& v, KpiRow& r) {
    v("from", r.from);
    v("to", r.to);
    v("key", r.key);
    v("load_id", r.load_id);
    v("value", r.value);
    v("unit", r.unit);
    v("version", r.version);
    v("parts", r.parts);
}
template <class Visitor>
void describe(Visitor& v, EventRow& r) {
    v("seq", r.seq);
    v("time", r.time);
    v("type", r.type);
    v("load_id", r.load_id);
    v("decision_id", r.decision_id);
    v("code", r.code);
    v("canonical", r.canonical);
    v("prev_hash", r.prev_hash);
    v("hash", r.hash);
}

}  // namespace bitgrid::wire
