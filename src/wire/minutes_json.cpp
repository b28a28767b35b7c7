#include "wire/minutes_json.hpp"

#include <cmath>

#include "wire/time_text.hpp"

namespace bitgrid::wire {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostMinutes = 60;
constexpr std::size_t kMostId = 200;  // bytes
constexpr double kMinuteS = 60;

struct SiteColumn {
    const char* key;
    std::optional<double> StateRow::*row;
    std::optional<double> (*of)(const core::SiteReadings&);
};
struct LoadColumn {
    const char* key;
    std::optional<double> StateRow::*row;
    std::optional<double> (*of)(const core::LoadReadings&);
};

template <class T>
std::optional<double> known(const core::Reading<T>& reading) {
    if (!reading) return std::nullopt;
    return std::round(reading->value * 1'000) / 1'000 + 0.0;  // + 0.0: no minus zero
}

constexpr SiteColumn kSite[] = {
    {"pv_power_w", &StateRow::pv_power_w, [](const auto& s) { return known(s.pv_power); }},
    {"grid_import_w", &StateRow::grid_import_w, [](const auto& s) { return known(s.grid_import); }},
    {"grid_export_w", &StateRow::grid_export_w, [](const auto& s) { return known(s.grid_export); }},
    {"house_load_w", &StateRow::house_load_w, [](const auto& s) { return known(s.house_load); }},
    {"battery_soc_pct", &StateRow::battery_soc_pct,
     [](const auto& s) { return known(s.battery_soc); }},
    {"battery_power_w", &StateRow::battery_power_w,
     [](const auto& s) { return known(s.battery_power); }},
};
constexpr LoadColumn kLoad[] = {
    {"power_w", &StateRow::load_power_w, [](const auto& l) { return known(l.power); }},
    {"temp_c", &StateRow::load_temp_c, [](const auto& l) { return known(l.temp); }},
    {"hashrate_ths", &StateRow::load_hashrate_ths, [](const auto& l) { return known(l.hashrate); }},
};

// One value for each minute; left out where none is known.
template <class Values>
void put(Json& json, const char* key, std::size_t minutes, Values value_at) {
    Json values = Json::array();
    bool is_known = false;
    for (std::size_t i = 0; i < minutes; ++i) {
        const std::optional<double> value = value_at(i);
        is_known = is_known || value.has_value();
        values.push_back(value ? Json(*value) : Json{});
    }
    if (is_known) json[key] = std::move(values);
}

const Json& member(const Json& json, const char* key) {
    static const Json nothing;
    if (!json.is_object()) return nothing;
    const auto found = json.find(key);
    return found != json.end() ? *found : nothing;
}

core::Error damaged_at(const std::string& key) {
    return {core::ErrorCode::Damaged, "event MinutesMeasured: no valid \"" + key + "\""};
}

// The values of one column into the rows of all minutes; absent: none is known.
bool take(const Json& json, std::span<StateRow> rows, std::optional<double> StateRow::*to) {
    if (json.is_null()) return true;
    if (!json.is_array() || json.size() != rows.size()) return false;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (json[i].is_null()) continue;
        if (!json[i].is_number()) return false;
        rows[i].*to = json[i].get<double>();
    }
    return true;
}

core::Result<void> take_load(const Json& load, const std::string& id, std::span<StateRow> rows) {
    const Json& on = member(load, "expected_on");
    if (!on.is_array() || on.size() != rows.size())
        return damaged_at("loads/" + id.substr(0, 60) + "/expected_on");
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!on[i].is_boolean()) return damaged_at("loads/" + id.substr(0, 60) + "/expected_on");
        rows[i].load_id = id;
        rows[i].is_expected_on = on[i].get<bool>();
    }
    for (const LoadColumn& column : kLoad)
        if (!take(member(load, column.key), rows, column.row))
            return damaged_at("loads/" + id.substr(0, 60) + "/" + column.key);
    return {};
}

// What is the same for every load.
core::Result<std::vector<StateRow>> site_rows(const Json& json, std::int64_t seq) {
    const Json& ends = member(json, "minute_ends");
    const Json& block = member(json, "block_id");
    if (!ends.is_array() || ends.empty() || ends.size() > kMostMinutes)
        return damaged_at("minute_ends");
    if (!block.is_number_integer() || block.get<double>() < 0 || block.get<double>() > kMostBlock)
        return damaged_at("block_id");
    std::vector<StateRow> rows(ends.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto end = ends[i].is_string() ? parse_time(ends[i].get_ref<const std::string&>())
                                             : core::Result<core::UnixTime>{damaged_at("")};
        if (!end) return damaged_at("minute_ends");
        rows[i].seq = seq;
        rows[i].time = *end;
        rows[i].block_id = block.get<core::BlockId>();
        rows[i].trigger = kMinuteTrigger;
        rows[i].mean_over_s = kMinuteS;
    }
    for (const SiteColumn& column : kSite)
        if (!take(member(json, column.key), rows, column.row)) return damaged_at(column.key);
    return rows;
}

}  // namespace

Json minutes_json(const core::MinutesMeasured& measured, const core::Config& config) {
    const auto& minutes = measured.minutes;
    Json json{{"block_id", measured.block}, {"minute_ends", Json::array()}};
    for (const core::EnergyState& minute : minutes)
        json["minute_ends"].push_back(time_text(minute.time));
    for (const SiteColumn& column : kSite)
        put(json, column.key, minutes.size(),
            [&](std::size_t i) { return column.of(minutes[i].site); });
    Json loads = Json::object();
    const std::size_t count = minutes.empty() ? 0 : minutes.front().loads.size();
    for (std::size_t which = 0; which < std::min(count, config.loads.size()); ++which) {
        Json load{{"expected_on", Json::array()}};
        for (const core::EnergyState& minute : minutes)
            load["expected_on"].push_back(minute.loads[which].is_expected_on);
        for (const LoadColumn& column : kLoad)
            put(load, column.key, minutes.size(),
                [&](std::size_t i) { return column.of(minutes[i].loads[which]); });
        loads[config.loads[which].id] = std::move(load);
    }
    json["loads"] = std::move(loads);
    return json;
}

core::Result<std::vector<StateRow>> rows_of_minutes(const Json& json, std::int64_t seq) {
    if (member(json, "type") != "MinutesMeasured")
        return core::Error{core::ErrorCode::BadInput, "event: \"type\" is not MinutesMeasured"};
    auto site = site_rows(json, seq);
    if (!site) return site;
    const Json& loads = member(json, "loads");
    if (!loads.is_object() || loads.size() > core::kMaxLoads) return damaged_at("loads");
    if (loads.empty()) return site;
    std::vector<StateRow> rows;
    for (const auto& [id, load] : loads.items()) {
        if (id.empty() || id.size() > kMostId) return damaged_at("loads");
        std::vector<StateRow> of_load = *site;
        if (const auto taken = take_load(load, id, of_load); !taken) return taken.error();
        rows.insert(rows.end(), std::make_move_iterator(of_load.begin()),
                    std::make_move_iterator(of_load.end()));
    }
    return rows;
}

}  // namespace bitgrid::wire
