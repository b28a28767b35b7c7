#include "explain/numbers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace bitgrid::explain {
namespace {

constexpr int kMostDigits = 9;

int usual_digits(std::string_view unit) { return unit == "kW" || unit == "ct/kWh" ? 1 : 0; }

double rounded(double value, int digits) {
    const double scale = std::pow(10, digits);
    return std::floor(std::abs(value) * scale + 0.5 + 1e-9) / scale * (value < 0 ? -1 : 1);
}

bool is_exact(double value, int digits) {
    return std::abs(rounded(value, digits) - value) < 1e-9 * std::max(1.0, std::abs(value));
}

int digits_of(double value, int fewest, int most) {
    int digits = fewest;
    while (digits < most && !is_exact(value, digits)) ++digits;
    return digits;
}

std::string written(const Locale& locale, double value, int digits, std::string_view unit) {
    double shown = rounded(value, digits);
    // Cents that are whole stand without a fraction, as on a bill.
    if (unit == "ct/kWh" && is_exact(shown, 0)) digits = 0;
    std::array<char, 64> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.*f", digits, std::abs(shown));
    std::string text{buffer.data()};
    if (const auto point = text.find('.'); point != std::string::npos)
        text.replace(point, 1, locale.word("general", "decimal"));
    if (shown < 0) text.insert(0, "\u2212");
    return text.append(" ").append(locale.word("units", unit));
}

int digits_that_tell_apart(double value, std::span<const double> others, int digits) {
    const auto looks_like_one = [&] {
        return std::ranges::any_of(others, [&](double other) {
            return value != other && rounded(value, digits) == rounded(other, digits);
        });
    };
    while (digits < kMostDigits && looks_like_one()) ++digits;
    return digits;
}

// Long times in the unit that a person would use.
struct Scaled {
    double value;
    std::string_view unit;
};
Scaled readable(double value, std::string_view unit) {
    if (unit == "s" && value >= 600) return readable(value / 60, "min");
    if (unit == "min" && value >= 600) return {value / 60, "h"};
    return {value, unit};
}

}  // namespace

std::string measured(const Locale& locale, double value, std::string_view unit,
                     std::span<const double> bounds) {
    if (!std::isfinite(value)) return std::string{locale.no_data()};
    if (const Scaled scaled = readable(value, unit); scaled.unit != unit)
        return written(locale, scaled.value, 0, scaled.unit);
    int digits = usual_digits(unit);
    for (const double bound : bounds)
        if (std::isfinite(bound)) digits = std::max(digits, digits_of(bound, digits, 3));
    return written(locale, value, digits_that_tell_apart(value, bounds, digits), unit);
}

std::string compared(const Locale& locale, double value, std::string_view unit, double other) {
    if (!std::isfinite(value)) return std::string{locale.no_data()};
    const std::array others{other};
    return written(locale, value, digits_that_tell_apart(value, others, usual_digits(unit)), unit);
}

std::string threshold(const Locale& locale, double value, std::string_view unit) {
    if (!std::isfinite(value)) return std::string{locale.no_data()};
    const Scaled scaled = readable(value, unit);
    return written(locale, scaled.value, digits_of(scaled.value, usual_digits(scaled.unit), 3),
                   scaled.unit);
}

std::string goal(const Locale& locale, double value, std::string_view unit, Toward toward) {
    if (!std::isfinite(value)) return std::string{locale.no_data()};
    const int usual = usual_digits(unit);
    const int digits = usual == 0 ? 0 : digits_of(value, usual, 2);
    const double scale = std::pow(10, digits);
    const double steps = value * scale;
    const double reached =
        toward == Toward::Up ? std::ceil(steps - 1e-6) : std::floor(steps + 1e-6);
    return written(locale, reached / scale, digits, unit);
}

std::size_t length_of(std::string_view utf8) {
    return static_cast<std::size_t>(std::ranges::count_if(
        utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string shortened(std::string_view utf8, std::size_t most) {
    if (length_of(utf8) <= most) return std::string{utf8};
    std::size_t end = 0;
    for (std::size_t characters = 0; end < utf8.size(); ++end) {
        if ((static_cast<unsigned char>(utf8[end]) & 0xC0U) == 0x80U) continue;
        if (++characters == most) break;
    }
    std::string text{utf8.substr(0, end)};
    while (text.ends_with(' ')) text.pop_back();
    return text + "…";
}

}  // namespace bitgrid::explain
