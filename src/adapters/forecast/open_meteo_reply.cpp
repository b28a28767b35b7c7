#include "adapters/forecast/open_meteo_reply.hpp"

#include <algorithm>
#include <cmath>

#include "wire/bounded_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::adapters {
namespace {

using core::Error;
using core::ErrorCode;
using Json = nlohmann::json;

constexpr std::size_t kMostBytes = 1 << 20, kMostSteps = 4000;
constexpr double kTempCoefficient = -0.004, kHeatPerIrradiance = 0.0342, kTestTemp = 25;
constexpr double kMostIrradiance = 1600, kColdest = -60, kHottest = 60;
constexpr std::int64_t kEarliestMs = 1'000'000'000'000, kLatestMs = 100'000'000'000'000;
constexpr std::int64_t kShortestMs = 300'000, kLongestMs = 3'600'000;

Error bad(std::string what) { return {ErrorCode::Damaged, "forecast: " + std::move(what)}; }

// A service's own words: they come from outside and are shown to people.
std::string readable(const Json& json) {
    std::string text;
    if (json.is_string())
        for (const char c : json.get_ref<const std::string&>().substr(0, 120))
            text += c >= ' ' && c <= '~' ? c : ' ';
    return text;
}

core::Result<core::UnixTime> read_moment(const Json& json) {
    std::int64_t ms = 0;
    if (json.is_number_integer()) {
        const auto number = json.get<std::int64_t>();
        if (number < 0 || number > kLatestMs) return bad("a time is absurd");
        ms = number < kLatestMs / 1000 ? number * 1000 : number;
    } else if (json.is_string()) {
        const auto time = wire::parse_time(json.get_ref<const std::string&>());
        if (!time) return bad("a time is no time");
        ms = time->ms;
    } else {
        return bad("a time is neither a number nor a text");
    }
    if (ms < kEarliestMs || ms > kLatestMs) return bad("a time is absurd");
    return core::UnixTime{ms};
}

core::Result<std::vector<core::UnixTime>> read_times(const Json& json) {
    std::vector<core::UnixTime> times;
    for (const Json& entry : json) {
        const auto t = read_moment(entry);
        if (!t) return t.error();
        if (!times.empty() && *t <= times.back()) return bad("times do not move forward");
        times.push_back(*t);
    }
    return times;
}

std::int64_t step_length(const std::vector<core::UnixTime>& times) {
    std::int64_t shortest = kLatestMs;
    for (std::size_t i = 1; i < times.size(); ++i)
        shortest = std::min(shortest, times[i] - times[i - 1]);
    return shortest;
}

const Json* block_of(const Json& json) {
    for (const char* name : {"minutely_15", "hourly"})
        if (json.is_object() && json.contains(name) && json[name].is_object()) return &json[name];
    return nullptr;
}

}  // namespace

double RoofPlane::power_kw(double irradiance_w_m2, double air_c) const {
    const double gti = std::max(irradiance_w_m2, 0.0);
    const double warmer = air_c + kHeatPerIrradiance * gti - kTestTemp;
    const double kw = kwp * gti / 1000 * (1 + kTempCoefficient * warmer) * efficiency;
    const double most_kw = inverter_max_kw > 0 ? inverter_max_kw : kw;
    return std::max(std::min(kw, most_kw), 0.0);
}

core::Result<std::vector<ports::Slot>> read_open_meteo(std::string_view body,
                                                       const RoofPlane& roof) {
    const auto json = wire::parse_json(body, {kMostBytes, 8});
    if (!json) return bad(json.error().what);
    if (json->is_object() && json->contains("reason")) return bad(readable((*json)["reason"]));
    const Json* block = block_of(*json);
    if (block == nullptr) return bad("neither minutely_15 nor hourly");
    for (const char* key : {"time", kIrradianceField, kAirField})
        if (!block->contains(key) || !(*block)[key].is_array())
            return bad(std::string{"no list "} + key);
    const Json& irradiance = (*block)[kIrradianceField];
    const Json& air = (*block)[kAirField];
    const std::size_t count = (*block)["time"].size();
    if (count > kMostSteps || irradiance.size() != count || air.size() != count)
        return bad("lists differ in length, or have more than 4000 steps");
    const auto times = read_times((*block)["time"]);
    if (!times) return times.error();
    const std::int64_t step_ms = step_length(*times);
    if (step_ms < kShortestMs || step_ms > kLongestMs) return bad("steps are not 5 to 60 minutes");
    std::vector<ports::Slot> slots;
    for (std::size_t i = 0; i < count; ++i) {
        if (!irradiance[i].is_number() || !air[i].is_number()) continue;
        const auto gti = irradiance[i].get<double>();
        const auto air_c = air[i].get<double>();
        const bool is_sane =
            gti >= -50 && gti <= kMostIrradiance && air_c >= kColdest && air_c <= kHottest;
        if (!is_sane) continue;
        const core::UnixTime end = (*times)[i];
        slots.push_back({end + -step_ms, end, roof.power_kw(gti, air_c)});
    }
    if (slots.empty()) return bad("not one step that makes sense");
    return slots;
}

}  // namespace bitgrid::adapters
