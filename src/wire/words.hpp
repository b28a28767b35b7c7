#pragma once
// The words for enumerations in JSON, topics and columns: one table each, read both ways.
#include <array>
#include <optional>
#include <string_view>

#include "core/events.hpp"
#include "core/signals.hpp"

namespace bitgrid::wire {

/// The word of a value; specialised below for every enumeration that leaves the process.
template <class Enum>
struct Words;

template <>
struct Words<core::Level> {
    static constexpr std::array<std::string_view, 4> all{"off", "eco", "full", "limited"};
};
template <>
struct Words<core::Mode> {
    static constexpr std::array<std::string_view, 6> all{"",    "Standby",  "Hold",
                                                         "Eco", "Standard", "Super"};
};
template <>
struct Words<core::Quality> {
    static constexpr std::array<std::string_view, 4> all{"missing", "stale", "implausible", "good"};
};
template <>
struct Words<core::Trigger> {
    static constexpr std::array<std::string_view, 4> all{"BLOCK_TICK", "SAFETY_ASYNC", "OVERRIDE",
                                                         "FORECAST_UPDATE"};
};
template <>
struct Words<core::AutonomyLevel> {
    static constexpr std::array<std::string_view, 4> all{"MANUAL", "ASSIST", "SEMI", "FULL"};
};
template <>
struct Words<core::OverrideAction> {
    static constexpr std::array<std::string_view, 3> all{"START", "STOP", "LIMIT"};
};
template <>
struct Words<core::OverrideEnd> {
    static constexpr std::array<std::string_view, 4> all{"expired", "cancelled", "replaced",
                                                         "beaten"};
};
template <>
struct Words<core::LockoutReason> {
    static constexpr std::array<std::string_view, 4> all{"OVERTEMP", "COMM_TIMEOUT",
                                                         "ACTUATOR_STUCK", "EMERGENCY"};
};
template <>
struct Words<core::HealthLevel> {
    static constexpr std::array<std::string_view, 3> all{"ok", "warn", "error"};
};
template <>
struct Words<core::DrillCheck> {
    static constexpr std::array<std::string_view, 10> all{
        "start_confirmed", "relay_closed",   "dead_man_armed", "dead_man_renewed", "guard_armed",
        "heat_stopped",    "stop_confirmed", "relay_open",     "stuck_load_cut",   "released"};
};
template <>
struct Words<core::DrillResult> {
    static constexpr std::array<std::string_view, 3> all{"passed", "failed", "skipped"};
};
template <>
struct Words<core::LoadKind> {
    static constexpr std::array<std::string_view, 3> all{"miner", "heater", "plug"};
};
template <>
struct Words<core::Path> {
    static constexpr std::array<std::string_view, 4> all{"export", "store", "heat", "hodl"};
};
template <>
struct Words<core::Action> {
    static constexpr std::array<std::string_view, 4> all{"START", "THROTTLE", "STOP", "NOOP"};
};

template <class Enum>
constexpr std::string_view word(Enum value) {
    return Words<Enum>::all[static_cast<std::size_t>(value)];
}

template <class Enum>
constexpr std::optional<Enum> value_of(std::string_view text) {
    for (std::size_t i = 0; i < Words<Enum>::all.size(); ++i)
        if (Words<Enum>::all[i] == text) return static_cast<Enum>(i);
    return std::nullopt;
}

}  // namespace bitgrid::wire
