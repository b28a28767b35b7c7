#include "wire/live_json.hpp"

#include <algorithm>
#include <array>

#include "core/rules/r3_safety.hpp"
#include "wire/decision_json.hpp"
#include "wire/drill_json.hpp"
#include "wire/state_json.hpp"
#include "wire/time_text.hpp"
#include "wire/words.hpp"

namespace bitgrid::wire {
namespace {

using Json = nlohmann::json;

template <class T>
Json signal_json(const core::Reading<T>& r, std::string_view unit) {
    const bool is_known = r.quality != core::Quality::Missing;
    return {{"value", is_known ? number(r.value.value) : Json{}},
            {"unit", unit},
            {"age_s", is_known ? Json(static_cast<double>(r.age_ms) / 1000) : Json{}},
            {"quality", word(r.quality)}};
}

Json site_signals(const core::SiteReadings& s) {
    return {{"pv_power_w", signal_json(s.pv_power, "W")},
            {"grid_import_w", signal_json(s.grid_import, "W")},
            {"grid_export_w", signal_json(s.grid_export, "W")},
            {"house_load_w", signal_json(s.house_load, "W")},
            {"battery_soc_pct", signal_json(s.battery_soc, "%")},
            {"battery_power_w", signal_json(s.battery_power, "W")},
            {"energy_price_ct_kwh", signal_json(s.price, "ct/kWh")},
            {"price_peak_ct_kwh", signal_json(s.price_peak, "ct/kWh")},
            {"pv_forecast_kw", signal_json(s.pv_forecast, "kW")}};
}

std::string_view confirmation_word(ports::Confirmation c) {
    switch (c) {
        case ports::Confirmation::Confirmed:
            return "confirmed";
        case ports::Confirmation::Pending:
            return "pending";
        case ports::Confirmation::Failed:
            return "failed";
    }
    return "failed";
}

Json override_json(const ports::OverrideView& o) {
    return {{"override_id", o.override_id},
            {"action", word(o.wish.action)},
            {"limit_w",
             o.wish.action == core::OverrideAction::Limit ? number(o.wish.limit.value) : Json{}},
            {"until", time_text(o.wish.until)},
            {"use_reserve", o.wish.use_reserve},
            {"actor", o.actor}};
}

Json lockout_json(const core::Lockout& l, const core::RuleConfig& rules) {
    return {{"reason", word(l.reason)},
            {"until", time_text(l.until)},
            {"needs_ack", core::needs_ack(l, rules)},
            {"acked", l.is_acked}};
}

Json load_json(const ports::LoadView& l, const core::Config& config) {
    const core::Target target = l.memory.target;
    return {
        {"id", l.config.id},
        {"name", l.config.name},
        {"kind", word(l.config.kind)},
        {"full_w", number(l.config.full_w.value)},
        {"eco_w", number(l.config.eco_w.value)},
        {"can_throttle", l.config.can_throttle},
        {"level", word(target.level)},
        {"limit_w", target.level == core::Level::Limited ? number(target.limit.value) : Json{}},
        {"running",
         l.readings.power && *l.readings.power > core::standby_of(config.rules, l.config)},
        {"confirmation", confirmation_word(l.confirmation)},
        {"signals",
         {{"temp_c", signal_json(l.readings.temp, "°C")},
          {"power_w", signal_json(l.readings.power, "W")},
          {"heartbeat_age_s", signal_json(l.readings.heartbeat_age, "s")},
          {"hashrate_ths", signal_json(l.readings.hashrate, "TH/s")}}},
        {"lockout", l.memory.lockout ? lockout_json(*l.memory.lockout, config.rules) : Json{}},
        {"override", l.wish ? override_json(*l.wish) : Json{}},
        {"switches_today", l.switches_today},
        {"relay", l.has_relay},
        {"relay_closed", l.is_relay_closed ? Json(*l.is_relay_closed) : Json{}},
        {"dead_man_left_s", l.dead_man_left_s ? number(*l.dead_man_left_s) : Json{}},
        {"decision", l.last_decision ? decision_json(*l.last_decision, config, false) : Json{}}};
}

const ports::LoadView* first_in_trip(const ports::LiveView& view) {
    for (const ports::LoadView& load : view.loads)
        if (load.memory.lockout) return &load;
    return nullptr;
}

// Without a signal of the site nothing may run; without one of a load the others may.
bool is_blind(const ports::LiveView& view) {
    return std::any_of(view.missing_signals.begin(), view.missing_signals.end(),
                       [](const std::string& name) { return name.find('.') == std::string::npos; });
}

Json drill_of(const ports::LiveView& view) {
    if (!view.drill) return nullptr;
    Json json = drill_json(view.drill->report);
    json["time"] = time_text(view.drill->time);
    return json;
}

Json safety_json(const ports::LiveView& view) {
    Json json{{"mode", "normal"}, {"since", nullptr}, {"until", nullptr}, {"reason_code", nullptr}};
    const ports::LoadView* tripped = first_in_trip(view);
    if (view.is_emergency) json["mode"] = "estop";
    else if (tripped != nullptr) json["mode"] = "lockout";
    else if (view.is_degraded) json["mode"] = view.is_ready && is_blind(view) ? "safe" : "degraded";
    if (tripped != nullptr) json["until"] = time_text(tripped->memory.lockout->until);
    for (const ports::LoadView& load : view.loads) {
        const auto& last = load.last_decision;
        if (!last || core::rule_of(last->decision.code) != core::Rule::R3) continue;
        json["reason_code"] = core::name_of(last->decision.code);
        json["since"] = time_text(load.code_since);
        break;
    }
    return json;
}

Json health_json(const ports::LiveView& view) {
    core::HealthLevel worst = core::HealthLevel::Ok;
    Json parts = Json::array();
    for (const ports::PartHealth& part : view.health) {
        worst = std::max(worst, part.level);
        parts.push_back({{"part", part.part},
                         {"status", word(part.level)},
                         {"reason", part.reason},
                         {"code", part.code},
                         {"since", time_text(part.since)},
                         {"rejected", part.rejected}});
    }
    return {{"status", word(worst)}, {"parts", std::move(parts)}};
}

std::string_view guard_word(ports::GuardState state) {
    constexpr std::array<std::string_view, 5> kWords{"none", "missing", "armed", "holding",
                                                     "silent"};
    return kWords[static_cast<std::size_t>(state)];
}

Json guard_json(const ports::GuardView& guard) {
    const bool is_known = guard.state != ports::GuardState::None;
    const bool holds = guard.state == ports::GuardState::Holding;
    return {{"state", guard_word(guard.state)},
            {"since", is_known ? Json(time_text(guard.since)) : Json{}},
            {"loads_not_off", holds ? Json(guard.loads_not_off) : Json{}},
            {"proof_left_s", guard.proof_left_s ? number(*guard.proof_left_s) : Json{}},
            {"note", guard.note}};
}

}  // namespace

Json energy_path_json(const core::EnergyPathDecision& path) {
    Json values = Json::object();
    Json rejected = Json::array();
    for (std::size_t i = 0; i < core::kPathCount; ++i) {
        const auto p = static_cast<core::Path>(i);
        values[std::string{word(p)}] = number(path.value_ct_kwh[i]);
        if (p != path.preferred) rejected.push_back(word(p));
    }
    return {{"preferred", word(path.preferred)},
            {"rejected", std::move(rejected)},
            {"value_ct_kwh", std::move(values)},
            {"sats_per_kwh", number(path.sats_per_kwh)}};
}

Json live_json(const ports::LiveView& view, const core::Config& config) {
    Json loads = Json::array();
    for (const ports::LoadView& load : view.loads) loads.push_back(load_json(load, config));
    const std::int64_t block_ms = config.site.block_ms();
    return {{"schema", "live/1"},
            {"time", time_text(view.time)},
            {"site",
             {{"id", config.site.id},
              {"name", config.site.name},
              {"time_zone", config.site.time_zone},
              {"block_minutes", config.site.block_minutes},
              {"has_battery", config.site.has_battery}}},
            {"ready", view.is_ready},
            {"safety", safety_json(view)},
            {"quality", view.is_degraded ? "error" : "ok"},
            {"degraded", view.is_degraded},
            {"missing_signals", view.missing_signals},
            {"autonomy", word(view.autonomy)},
            {"emergency", view.is_emergency},
            {"signals", site_signals(view.state.site)},
            {"surplus_kw", number(core::surplus_kw(config, view.state))},
            {"loads", std::move(loads)},
            {"block",
             {{"id", view.block},
              {"start", time_text(core::block_start(view.block, block_ms))},
              {"next_tick", time_text(view.next_tick)}}},
            {"health", health_json(view)},
            {"guard", guard_json(view.guard)},
            {"last_cycle", view.last_cycle.ms > 0 ? Json(time_text(view.last_cycle)) : Json{}},
            {"drill", drill_of(view)},
            {"research", view.is_research_on},
            {"energy_path", energy_path_json(view.path)},
            {"config_version", view.config_version},
            {"program_version", view.program_version}};
}

Json changed_keys(const Json& before, const Json& now) {
    Json changed = Json::object();
    for (const auto& [key, value] : now.items())
        if (!before.contains(key) || before[key] != value) changed[key] = value;
    return changed;
}

}  // namespace bitgrid::wire
