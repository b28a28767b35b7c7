#include "wire/time_text.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace bitgrid::wire {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kLastMs = 253'402'300'799'999;  // 9999-12-31T23:59:59.999Z

// Reads exactly `digits` digits at the front and takes them away.
bool take_number(std::string_view& text, std::size_t digits, int& value) {
    if (text.size() < digits) return false;
    value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(digits);
    return true;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

struct Parts {
    int year{}, month{}, day{}, hour{}, minute{}, second{}, milli{};
};

bool take_parts(std::string_view& t, Parts& p) {
    if (!take_number(t, 4, p.year) || !take(t, '-') || !take_number(t, 2, p.month) || !take(t, '-'))
        return false;
    if (!take_number(t, 2, p.day) || !(take(t, 'T') || take(t, ' '))) return false;
    if (!take_number(t, 2, p.hour) || !take(t, ':') || !take_number(t, 2, p.minute)) return false;
    if (take(t, ':') && !take_number(t, 2, p.second)) return false;
    if (take(t, '.') && !take_number(t, 3, p.milli)) return false;
    take(t, 'Z');
    return t.empty();
}

}  // namespace

std::string time_text(core::UnixTime time) {
    using namespace std::chrono;
    const std::int64_t ms = std::clamp<std::int64_t>(time.ms, 0, kLastMs);
    const year_month_day date{sys_days{days{ms / kDayMs}}};
    const std::int64_t rest = ms % kDayMs;
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(rest / 3'600'000),
                  static_cast<int>(rest / 60'000 % 60), static_cast<int>(rest / 1000 % 60),
                  static_cast<int>(rest % 1000));
    return text;
}

core::Result<core::UnixTime> parse_time(std::string_view text) {
    using namespace std::chrono;
    Parts p;
    std::string_view rest = text;
    const bool is_shaped = take_parts(rest, p);
    const year_month_day date{year{p.year}, month{static_cast<unsigned>(p.month)},
                              day{static_cast<unsigned>(p.day)}};
    if (!is_shaped || !date.ok() || p.year < 1970 || p.hour > 23 || p.minute > 59 || p.second > 59)
        return core::Error{core::ErrorCode::BadInput, "not a time like 2026-06-15T10:00:00Z: \"" +
                                                          std::string{text.substr(0, 40)} + "\""};
    const std::int64_t days_ms = sys_days{date}.time_since_epoch().count() * kDayMs;
    return core::UnixTime{days_ms + p.hour * 3'600'000LL + p.minute * 60'000LL + p.second * 1000LL +
                          p.milli};
}

}  // namespace bitgrid::wire
