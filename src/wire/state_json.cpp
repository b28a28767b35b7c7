#include "wire/state_json.hpp"

#include <cmath>

#include "wire/checked_json.hpp"
#include "wire/time_text.hpp"
#include "wire/words.hpp"

namespace bitgrid::wire {
namespace {

using Json = nlohmann::json;

// Readings as `[value, age_ms, quality]`: short, and without loss.
template <class T>
Json reading_json(const core::Reading<T>& r) {
    if (r.quality == core::Quality::Missing) return nullptr;
    return Json::array({number(r.value.value), r.age_ms, word(r.quality)});
}

// Absent where empty: what was written before there was such a thing reads the same.
void add_signals(Json& json, const char* key, core::SignalSet set) {
    if (set.empty()) return;
    Json& names = json[key] = Json::array();
    for (const core::SignalSpec& spec : core::kSignals)
        if (set.has(spec.signal)) names.push_back(spec.name);
}

Json load_json(const core::LoadReadings& l) {
    Json json{{"expected_on", l.is_expected_on},
              {"unconfirmed", l.is_unconfirmed},
              {"off_for_s", reading_json(l.off_for)},
              {"temp_c", reading_json(l.temp)},
              {"power_w", reading_json(l.power)},
              {"heartbeat_age_s", reading_json(l.heartbeat_age)},
              {"hashrate_ths", reading_json(l.hashrate)}};
    add_signals(json, "distrusted", l.distrusted);
    return json;
}

bool read_load(const Json& json, core::LoadReadings& l) {
    CheckedJson r{json};
    r.boolean("expected_on", l.is_expected_on);
    r.boolean("unconfirmed", l.is_unconfirmed);
    r.reading("off_for_s", l.off_for);
    r.reading("temp_c", l.temp);
    r.reading("power_w", l.power);
    r.reading("heartbeat_age_s", l.heartbeat_age);
    r.reading("hashrate_ths", l.hashrate);
    r.signals("distrusted", l.distrusted);
    return json.is_object() && r.error().empty();
}

}  // namespace

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json target_json(core::Target target) {
    if (target.level == core::Level::Limited) return number(target.limit.value);
    return word(target.level);
}

Json state_json(const core::EnergyState& s, const core::Config& config) {
    Json json{{"time", time_text(s.time)},
              {"shutting_down", s.is_shutting_down},
              {"guard_holds", s.is_held_by_guard},
              {"pv_power_w", reading_json(s.site.pv_power)},
              {"grid_import_w", reading_json(s.site.grid_import)},
              {"grid_export_w", reading_json(s.site.grid_export)},
              {"house_load_w", reading_json(s.site.house_load)},
              {"battery_soc_pct", reading_json(s.site.battery_soc)},
              {"battery_power_w", reading_json(s.site.battery_power)},
              {"energy_price_ct_kwh", reading_json(s.site.price)},
              {"price_peak_ct_kwh", reading_json(s.site.price_peak)},
              {"pv_forecast_kw", reading_json(s.site.pv_forecast)},
              {"fast_import_s", reading_json(s.site.fast_import_for)}};
    add_signals(json, "distrusted", s.distrusted);
    Json& loads = json["loads"] = Json::object();
    for (std::size_t i = 0; i < s.loads.size(); ++i)
        loads[config.loads[i].id] = load_json(s.loads[i]);
    return json;
}

core::Result<core::EnergyState> state_from_json(const Json& json, const core::Config& config) {
    core::EnergyState s;
    CheckedJson r{json};
    r.time("time", s.time);
    r.boolean("shutting_down", s.is_shutting_down);
    r.boolean("guard_holds", s.is_held_by_guard);
    r.reading("pv_power_w", s.site.pv_power);
    r.reading("grid_import_w", s.site.grid_import);
    r.reading("grid_export_w", s.site.grid_export);
    r.reading("house_load_w", s.site.house_load);
    r.reading("battery_soc_pct", s.site.battery_soc);
    r.reading("battery_power_w", s.site.battery_power);
    r.reading("energy_price_ct_kwh", s.site.price);
    r.reading("price_peak_ct_kwh", s.site.price_peak);
    r.reading("pv_forecast_kw", s.site.pv_forecast);
    r.reading("fast_import_s", s.site.fast_import_for);
    r.signals("distrusted", s.distrusted);
    if (!r.error().empty()) return damaged("state: " + r.error());
    for (const core::LoadConfig& load : config.loads) {
        const Json* loads = r.find("loads");
        core::LoadReadings readings;
        if (loads == nullptr || !loads->contains(load.id) ||
            !read_load((*loads)[load.id], readings))
            return damaged("state: bad or missing load \"" + load.id + "\"");
        s.loads.push_back(readings);
    }
    return s;
}

}  // namespace bitgrid::wire
