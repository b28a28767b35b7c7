#pragma once
// The signals of a home: name, unit, plausible range, how old a value may be. One table; everything
// else asks it.
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/units.hpp"

namespace bitgrid::core {

enum class Signal : std::uint8_t {
    PvPower,
    GridImport,
    GridExport,
    HouseLoad,
    BatterySoc,
    BatteryPower,
    EnergyPrice,
    PvForecast,
    LoadTemp,
    LoadHeartbeat,
    LoadPower,
    LoadHashrate,
    LoadFan,
};
inline constexpr std::size_t kSignalCount = 13;

struct SignalSpec {
    Signal signal;
    std::string_view
        name;  ///< key everywhere; a load's signals stand below its id, e.g. `miner.temp_c`
    std::string_view unit;
    double min;
    double max;
    double max_age_s;  ///< default; a device may state its own (at least three polls, <= 60 s where
                       ///< R3 needs it)
};

/// The table of spec "Signals". Ages of price and forecast come from their slots and issue times.
inline constexpr std::array<SignalSpec, kSignalCount> kSignals{{
    {Signal::PvPower, "pv_power_w", "W", -100, 100'000, 30},
    {Signal::GridImport, "grid_import_w", "W", 0, 100'000, 30},
    {Signal::GridExport, "grid_export_w", "W", 0, 100'000, 30},
    {Signal::HouseLoad, "house_load_w", "W", 0, 100'000, 30},
    {Signal::BatterySoc, "battery_soc_pct", "%", 0, 100, 60},
    {Signal::BatteryPower, "battery_power_w", "W", -100'000, 100'000, 30},
    {Signal::EnergyPrice, "energy_price_ct_kwh", "ct/kWh", -100, 1'000, 3'600},
    {Signal::PvForecast, "pv_forecast_kw", "kW", 0, 1'000, 21'600},
    {Signal::LoadTemp, "temp_c", "°C", -40, 150, 30},
    {Signal::LoadHeartbeat, "heartbeat_age_s", "s", 0, 1e12, 1e12},
    {Signal::LoadPower, "power_w", "W", 0, 100'000, 30},
    {Signal::LoadHashrate, "hashrate_ths", "TH/s", 0, 1e6, 120},
    {Signal::LoadFan, "fan_rpm", "rpm", 0, 1e5, 120},
}};

constexpr const SignalSpec& spec_of(Signal s) { return kSignals[static_cast<std::size_t>(s)]; }
std::optional<Signal> signal_named(std::string_view name);
/// Whether each load has one of its own.
constexpr bool is_of_load(Signal s) { return s >= Signal::LoadTemp; }

/// Several signals at once, e.g. those that are missing.
class SignalSet {
public:
    constexpr void add(Signal s) { bits_ |= 1u << static_cast<unsigned>(s); }
    constexpr bool has(Signal s) const { return (bits_ >> static_cast<unsigned>(s)) & 1u; }
    constexpr bool empty() const { return bits_ == 0; }
    constexpr std::uint32_t bits() const { return bits_; }
    constexpr void set_bits(std::uint32_t bits) { bits_ = bits; }
    friend constexpr SignalSet operator|(SignalSet a, SignalSet b) {
        a.bits_ |= b.bits_;
        return a;
    }
    friend constexpr bool operator==(SignalSet, SignalSet) = default;

private:
    std::uint32_t bits_{0};
};

enum class Quality : std::uint8_t { Missing, Stale, Implausible, Good };

/// A measured value, how old it was when the state was frozen, and whether a rule may use it.
/// Only `Good` counts; `value` is then finite and within its range. Nothing is estimated in place
/// of a missing value.
template <class T>
struct Reading {
    T value{};
    std::int32_t age_ms{0};
    Quality quality{Quality::Missing};

    constexpr explicit operator bool() const { return quality == Quality::Good; }
    constexpr const T& operator*() const { return value; }
    constexpr const T* operator->() const { return &value; }
    friend constexpr bool operator==(const Reading&, const Reading&) = default;
};

/// The one gate for a raw number: absent, not finite, out of range and too old are all "missing"
/// for the rules.
template <class T>
constexpr Reading<T> admit(Signal signal, std::optional<double> raw, std::int32_t age_ms = 0) {
    return admit<T>(signal, raw, age_ms, spec_of(signal).max_age_s);
}
template <class T>
constexpr Reading<T> admit(Signal signal, std::optional<double> raw, std::int32_t age_ms,
                           double max_age_s) {
    const SignalSpec& spec = spec_of(signal);
    // Asked as "within", so that NaN and infinity fall out.
    if (!raw || !(*raw - *raw == 0)) return {};
    if (!(*raw >= spec.min && *raw <= spec.max)) return {T{*raw}, age_ms, Quality::Implausible};
    if (!(static_cast<double>(age_ms) <= max_age_s * 1000))
        return {T{*raw}, age_ms, Quality::Stale};
    return {T{*raw}, age_ms, Quality::Good};
}

}  // namespace bitgrid::core
