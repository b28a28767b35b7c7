#include "adapters/mqtt/sensor_payload.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "wire/bounded_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::adapters {
namespace {

using Json = nlohmann::json;

core::Error bad(std::string_view what, std::string_view text) {
    std::string words{what};
    // What a stranger sent is quoted only in part, and only its printable characters.
    words.append(": '");
    for (const char c : text.substr(0, 40)) words.push_back(c >= ' ' && c < 127 ? c : '?');
    return {core::ErrorCode::BadInput, words.append("'")};
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpaces = " \t\r\n";
    const auto first = text.find_first_not_of(kSpaces);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

core::Result<double> number_in(const Json& json) {
    if (json.is_number()) {
        const double value = json.get<double>();
        if (std::isfinite(value)) return value;
    }
    if (json.is_string()) return parse_number(json.get_ref<const std::string&>());
    return bad("no number", json.type_name());
}

core::Result<core::UnixTime> time_in(const Json& json) {
    if (json.is_string()) return parse_stamp(json.get_ref<const std::string&>());
    const double number = json.is_number() ? json.get<double>() : std::nan("");
    // Seconds or milliseconds since 1970, told apart by their size (years 2001 to 5138).
    if (number >= 1e9 && number < 1e11)
        return core::UnixTime{static_cast<std::int64_t>(number * 1000)};
    if (number >= 1e12 && number < 1e14) return core::UnixTime{static_cast<std::int64_t>(number)};
    return bad("no time", json.type_name());
}

const Json* follow(const Json& json, const std::string& pointer) {
    const auto path = Json::json_pointer{pointer};
    return json.contains(path) ? &json.at(path) : nullptr;
}

core::Result<SensorReading> read_named(const Json& json) {
    if (!json.is_object() || !json.contains("value")) return bad("no value", json.type_name());
    const auto value = number_in(json["value"]);
    if (!value) return value.error();
    SensorReading reading{*value, {}, {}};
    if (json.contains("unit") && json["unit"].is_string()) reading.unit = json["unit"];
    if (!json.contains("time")) return reading;
    const auto time = time_in(json["time"]);
    if (!time) return time.error();
    reading.time = *time;
    return reading;
}

core::Result<SensorReading> read_pointed(const Json& json, const SensorPointers& pointers) {
    const Json* place = follow(json, pointers.value);
    if (place == nullptr) return bad("nothing at", pointers.value);
    const auto value = number_in(*place);
    if (!value) return value.error();
    SensorReading reading{*value, {}, {}};
    if (pointers.time.empty()) return reading;
    const Json* stamp = follow(json, pointers.time);
    if (stamp == nullptr) return bad("no time at", pointers.time);
    const auto time = time_in(*stamp);
    if (!time) return time.error();
    reading.time = *time;
    return reading;
}

struct Unit {
    std::string_view name;
    std::string_view canonical;
    double factor;
    double offset;
};

constexpr std::array kUnits{
    Unit{"W", "W", 1, 0},
    Unit{"kW", "W", 1'000, 0},
    Unit{"MW", "W", 1'000'000, 0},
    Unit{"mW", "W", 0.001, 0},
    Unit{"kW", "kW", 1, 0},
    Unit{"W", "kW", 0.001, 0},
    Unit{"%", "%", 1, 0},
    Unit{"°C", "°C", 1, 0},
    Unit{"C", "°C", 1, 0},
    Unit{"K", "°C", 1, -273.15},
    Unit{"°F", "°C", 5.0 / 9, -160.0 / 9},
    Unit{"F", "°C", 5.0 / 9, -160.0 / 9},
    Unit{"ct/kWh", "ct/kWh", 1, 0},
    Unit{"EUR/kWh", "ct/kWh", 100, 0},
    Unit{"EUR/MWh", "ct/kWh", 0.1, 0},
    Unit{"TH/s", "TH/s", 1, 0},
    Unit{"GH/s", "TH/s", 0.001, 0},
    Unit{"rpm", "rpm", 1, 0},
    Unit{"s", "s", 1, 0},
};

}  // namespace

core::Result<SensorReading> read_sensor(std::string_view payload, const SensorPointers& pointers) {
    if (payload.size() > kMostPayloadBytes)
        return core::Error{core::ErrorCode::TooLarge,
                           "payload of " + std::to_string(payload.size()) + " bytes"};
    const std::string_view text = trimmed(payload);
    const bool is_document = text.starts_with('{') || text.starts_with('[');
    if (pointers.value.empty() && !is_document) {
        const auto value = parse_number(text);
        if (!value) return value.error();
        return SensorReading{*value, {}, {}};
    }
    const auto json = wire::parse_json(text, {kMostPayloadBytes, kMostPayloadDepth});
    if (!json) return json.error();
    return pointers.value.empty() ? read_named(*json) : read_pointed(*json, pointers);
}

core::Result<double> parse_number(std::string_view text) {
    const std::string_view digits = trimmed(text);
    double value = 0;
    const bool is_signed = digits.starts_with('+') && !digits.starts_with("+-");
    const char* first = digits.data() + (is_signed ? 1 : 0);
    const char* last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(first, last, value);
    if (error != std::errc{} || end != last || !std::isfinite(value))
        return bad("not a number", text);
    return value;
}

core::Result<core::UnixTime> parse_stamp(std::string_view text) {
    if (text.ends_with('Z')) return wire::parse_time(text);
    constexpr std::size_t kOffset = 6;  // +hh:mm
    if (text.size() <= kOffset) return bad("not a time with a zone", text);
    const std::string_view offset = text.substr(text.size() - kOffset);
    int hours = 0;
    int minutes = 0;
    const auto read = [&](std::size_t at, int& into) {
        return std::from_chars(offset.data() + at, offset.data() + at + 2, into).ptr ==
               offset.data() + at + 2;
    };
    const bool is_offset = (offset[0] == '+' || offset[0] == '-') && offset[3] == ':' &&
                           read(1, hours) && read(4, minutes) && hours >= 0 && hours <= 14 &&
                           minutes >= 0 && minutes < 60;
    if (!is_offset) return bad("not a time with a zone", text);
    const auto local = wire::parse_time(text.substr(0, text.size() - kOffset));
    if (!local) return local.error();
    const std::int64_t ahead_ms = (hours * 60 + minutes) * std::int64_t{60'000};
    return *local + (offset[0] == '+' ? -ahead_ms : ahead_ms);
}

std::optional<double> convert(double value, std::string_view from, std::string_view to) {
    if (from.empty() || from == to) return value;
    for (const Unit& unit : kUnits)
        if (unit.name == from && unit.canonical == to) return value * unit.factor + unit.offset;
    return std::nullopt;
}

bool is_pointer(std::string_view text) {
    if (text.empty()) return true;
    if (text[0] != '/') return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1')))
            return false;
    return true;
}

}  // namespace bitgrid::adapters
