#include "research/kpi/kpis_json.hpp"

#include "wire/time_text.hpp"

namespace bitgrid::research {
namespace {

using Json = nlohmann::json;

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json{}; }

Json figure(const KpiSpec& spec, const std::optional<double>& value) {
    Json json{{"value", or_null(value)}, {"unit", spec.unit}, {"version", spec.version}};
    if (spec.target && value) json["reached"] = spec.target->is_reached_by(*value);
    if (spec.target)
        json["target"] = {{spec.target->is_least ? "at_least" : "at_most", spec.target->value}};
    return json;
}

Json baselines_json(const Baselines& all) {
    Json json = Json::object();
    for (std::size_t i = 0; i < kHandCount; ++i) {
        const auto hand = static_cast<Hand>(i);
        json[std::string{key_of(hand)}] = {{"grid_import_kwh", all.of(hand).import_kwh},
                                           {"grid_export_kwh", all.of(hand).export_kwh},
                                           {"load_kwh", all.of(hand).load_kwh},
                                           {"extra_import_kwh", all.extra_import_kwh(hand)},
                                           {"captured_pct", or_null(all.captured_pct(hand))},
                                           {"switches_per_day", all.switches_per_day(hand)}};
    }
    return json;
}

}  // namespace

Json kpis_json(const std::vector<KpiValue>& values, Stretch stretch,
               const std::optional<Baselines>& baselines) {
    Json json{{"schema", "kpi/1"},
              {"from", wire::time_text(stretch.from)},
              {"to", wire::time_text(stretch.to)},
              {"kpis", Json::object()},
              {"loads", Json::object()},
              {"baselines", baselines ? baselines_json(*baselines) : Json{}}};
    for (const KpiValue& value : values) {
        const KpiSpec& spec = spec_of(value.kpi);
        const std::string key{spec.key};
        if (value.load_id.empty()) json["kpis"][key] = figure(spec, value.value);
        else json["loads"][value.load_id][key] = or_null(value.value);
    }
    return json;
}

}  // namespace bitgrid::research
