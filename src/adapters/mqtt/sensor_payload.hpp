#pragma once
// What stands in a sensor's message: a number in a known unit, perhaps with its time. Pure; for
// bytes from anybody: bounded, never an exception, an error says what is wrong.
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"

namespace bitgrid::adapters {

inline constexpr std::size_t kMostPayloadBytes = 65'536;
inline constexpr int kMostPayloadDepth = 16;

struct SensorReading {
    double value{};
    std::string unit;                    ///< as the payload says; empty: it does not
    std::optional<core::UnixTime> time;  ///< of the measurement, where the payload says so
};

/// Where in a JSON payload the parts stand: JSON pointers, e.g. `/ENERGY/Power`.
struct SensorPointers {
    std::string value;  ///< empty: the payload is a plain number, or {"value", "unit", "time"}
    std::string time;   ///< empty: no time
};

/// `unavailable`, `unknown`, `None`, NaN, infinity, nothing at all: errors, never a value.
core::Result<SensorReading> read_sensor(std::string_view payload, const SensorPointers&);

/// A finite decimal number and nothing else, spaces around it aside.
core::Result<double> parse_number(std::string_view text);

/// ISO 8601 with `Z` or an offset. A time without a zone is nobody's: an error.
core::Result<core::UnixTime> parse_stamp(std::string_view text);

/// Value in the canonical unit of spec "Signals"; empty where the units do not fit.
std::optional<double> convert(double value, std::string_view from, std::string_view to);

/// A JSON pointer that can be followed: empty, or `/` and valid escapes.
bool is_pointer(std::string_view text);

}  // namespace bitgrid::adapters
