#pragma once
// What a Tasmota plug says to its commands over HTTP, and how its PulseTime writes seconds.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "adapters/web_reply.hpp"
#include "core/result.hpp"

namespace bitgrid::adapters::tasmota {

/// Seconds as PulseTime takes them: tenths of a second up to 11.1 s, above whole seconds and 100.
/// 0 switches the timer off, so at least a tenth.
int pulse_code(int seconds);
/// And back; 0 for 0.
double pulse_seconds(double code);

struct PulseTime {
    double set_code{0};  ///< 0: no timer
    double left_s{0};    ///< 0: does not run
};

/// An answer to any command; pure. Refused: unknown command, or a login that is wanted.
core::Result<nlohmann::json> read_answer(const WebReply&);

/// `POWER`, or `POWER<n>`, of the answer to State or Power; `index` counts from 1. Pure.
core::Result<bool> read_power_state(const nlohmann::json&, int index);

/// Watts of the answer to `Status 8`; the sum of its phases where there are several; missing where
/// it has no meter. Pure.
std::optional<double> read_watts(const nlohmann::json&);

/// Answer to `PulseTime<n>`; missing where the firmware does not tell what remains. Pure.
std::optional<PulseTime> read_pulse_time(const nlohmann::json&, int index);

}  // namespace bitgrid::adapters::tasmota
