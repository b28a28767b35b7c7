#include "sim/web/market_api.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <sstream>

#include "sim/web/json_text.hpp"

namespace bitgrid::sim {
namespace {

using Json = nlohmann::ordered_json;
using core::UnixTime;

constexpr std::int64_t kDayMs = 86'400'000;

UnixTime midnight(UnixTime t) { return {t.ms / kDayMs * kDayMs}; }

// A day, a time, or a number of seconds or milliseconds since the epoch.
core::Result<UnixTime> parse_moment(const std::string& text) {
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    constexpr std::int64_t kFar = 100'000'000'000'000;  // ms: the year 5138
    if (error == std::errc{} && stop == end && number >= 0 && number < kFar)
        return UnixTime{number < 100'000'000'000 ? number * 1000 : number};
    return text.size() == 10 ? parse_day(text) : parse_time(text);
}

std::string iso_minute(UnixTime t) {
    const std::chrono::sys_days day{std::chrono::days{t.ms / kDayMs}};
    const std::chrono::year_month_day date{day};
    const auto minutes = static_cast<int>(t.ms % kDayMs / 60'000);
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  minutes / 60, minutes % 60);
    return buffer;
}

WebAnswer bad(const std::string& reason) {
    return {400, text_of(Json{{"error", true}, {"reason", reason}})};
}

double cents(double value) { return std::round(value * 1000) / 1000; }

}  // namespace

MarketApi::Window MarketApi::known(Window asked) const {
    const UnixTime now = house_.physics().time();
    const bool has_tomorrow = now.ms % kDayMs >= kDayMs / 2;
    return {asked.from, std::min(asked.to, midnight(now) + (has_tomorrow ? 2 : 1) * kDayMs)};
}

core::Result<MarketApi::Window> MarketApi::window(const WebRequest& request, const char* from_key,
                                                  const char* to_key) const {
    const UnixTime today = midnight(house_.physics().time());
    Window window{today, today + kDayMs};
    if (const std::string text = request.query_or(from_key, ""); !text.empty()) {
        const auto from = parse_moment(text);
        if (!from) return from.error();
        window = {*from, *from + kDayMs};
    }
    if (const std::string text = request.query_or(to_key, ""); !text.empty()) {
        const auto to = parse_moment(text);
        if (!to) return to.error();
        window.to =
            text.size() == 10 && text[4] == '-' ? *to + kDayMs : *to;  // the day named is whole
    }
    window.from.ms = window.from.ms / Market::kSlotMs * Market::kSlotMs;
    if (window.to - window.from > 40 * kDayMs)
        return core::Error{core::ErrorCode::TooLarge, "more than 40 days"};
    return known(window);
}

WebAnswer MarketApi::energy_charts(const WebRequest& request) const {
    const auto span = window(request, "start", "end");
    if (!span) return bad(span.error().what);
    Json seconds = Json::array(), prices = Json::array();
    for (UnixTime t = span->from; t < span->to; t = t + Market::kSlotMs) {
        seconds.push_back(t.ms / 1000);
        prices.push_back(cents(house_.market().price_ct_kwh(t) * 10));
    }
    return {200, Json{{"license_info",
                       "CC BY 4.0 (creativecommons.org/licenses/by/4.0) from "
                       "Bundesnetzagentur | SMARD.de"},
                      {"unix_seconds", std::move(seconds)},
                      {"price", std::move(prices)},
                      {"unit", "EUR / MWh"},
                      {"deprecated", false}}
                     .dump()};
}

WebAnswer MarketApi::awattar(const WebRequest& request) const {
    const auto span = window(request, "start", "end");
    if (!span) return bad(span.error().what);
    Json data = Json::array();
    for (UnixTime t = span->from; t < span->to; t = t + Market::kSlotMs)
        data.push_back({{"start_timestamp", t.ms},
                        {"end_timestamp", t.ms + Market::kSlotMs},
                        {"marketprice", cents(house_.market().price_ct_kwh(t) * 10)},
                        {"unit", "Eur/MWh"}});
    return {200, Json{{"object", "list"}, {"data", std::move(data)}}.dump()};
}

core::Result<double> MarketApi::weather(const std::string& field, UnixTime t,
                                        std::int64_t step_ms) const {
    const HousePhysics& house = house_.physics();
    const auto irradiance = [&](UnixTime from, UnixTime to) {
        const double pv_w = forecast_pv_w(house.recording().pv_w, from, to, forecast_error_);
        return std::round(irradiance_for(pv_w, house.config().kwp, forecast_air_c(t)) * 10) / 10;
    };
    if (field == "global_tilted_irradiance_instant")
        return irradiance(t + -step_ms / 2, t + step_ms / 2);
    if (field == "global_tilted_irradiance")
        return irradiance(t + -step_ms, t);  // the preceding step
    if (field == "temperature_2m") return std::round(forecast_air_c(t) * 10) / 10;
    return core::Error{core::ErrorCode::BadInput, "Cannot initialize variable '" + field + "'"};
}

WebAnswer MarketApi::forecast(const WebRequest& request) const {
    int days = 7;
    const std::string wanted = request.query_or("forecast_days", "7");
    const auto [stop, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), days);
    if (error != std::errc{} || days < 1 || days > 16)
        return bad("Parameter 'forecast_days' is out of range");
    const UnixTime from = midnight(house_.physics().time());
    const bool is_unix = request.query_or("timeformat", "iso8601") == "unixtime";

    Json reply{
        {"latitude", 48.14}, {"longitude", 11.58}, {"utc_offset_seconds", 0}, {"timezone", "GMT"}};
    for (const auto& [block, step_ms] :
         {std::pair{"minutely_15", 900'000LL}, std::pair{"hourly", 3'600'000LL}}) {
        std::istringstream fields{request.query_or(block, "")};
        Json columns = Json::object();
        for (std::string field; std::getline(fields, field, ',');) {
            for (UnixTime t = from; t < from + days * kDayMs; t = t + step_ms) {
                const auto value = weather(field, t, step_ms);
                if (!value) return bad(value.error().what);
                columns[field].push_back(*value);
            }
        }
        if (columns.empty()) continue;
        for (UnixTime t = from; t < from + days * kDayMs; t = t + step_ms) {
            if (is_unix) columns["time"].push_back(t.ms / 1000);
            else columns["time"].push_back(iso_minute(t));
        }
        reply[block] = std::move(columns);
    }
    return {200, reply.dump()};
}

WebAnswer MarketApi::answer(const WebRequest& request) {
    house_.now();
    if (request.method == "GET" && request.path == "/price") return energy_charts(request);
    if (request.method == "GET" && request.path == "/v1/marketdata") return awattar(request);
    if (request.method == "GET" && request.path == "/v1/forecast") return forecast(request);
    return {404, R"({"error":true,"reason":"Not Found"})"};
}

}  // namespace bitgrid::sim
