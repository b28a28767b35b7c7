#pragma once
// Numbers that remember what they measure. SI inside: W, Wh, °C, s, %; thresholds of R1 and R4 in
// kW, prices in ct/kWh.
#include <chrono>
#include <compare>
#include <cstdint>

namespace bitgrid::core {

/// One number with its unit in the type. Only the same unit compares, adds and subtracts; nothing
/// converts by itself.
template <class Unit>
struct Quantity {
    double value{};
    constexpr Quantity() = default;
    constexpr explicit Quantity(double v) : value{v} {}
    friend constexpr auto operator<=>(const Quantity&, const Quantity&) = default;
    friend constexpr Quantity operator+(Quantity a, Quantity b) {
        return Quantity{a.value + b.value};
    }
    friend constexpr Quantity operator-(Quantity a, Quantity b) {
        return Quantity{a.value - b.value};
    }
};

using Watts = Quantity<struct WattUnit>;
using Kilowatts = Quantity<struct KilowattUnit>;
using KilowattHours = Quantity<struct KilowattHourUnit>;
using Celsius = Quantity<struct CelsiusUnit>;
using Percent = Quantity<struct PercentUnit>;
using CentPerKwh = Quantity<struct CentPerKwhUnit>;
using Seconds = Quantity<struct SecondUnit>;
using Minutes = Quantity<struct MinuteUnit>;
using TerahashPerSecond = Quantity<struct TerahashPerSecondUnit>;
using JoulePerTerahash = Quantity<struct JoulePerTerahashUnit>;

}  // namespace bitgrid::core
