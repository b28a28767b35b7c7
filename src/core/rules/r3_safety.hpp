#pragma once
#include "core/rules/situation.hpp"

namespace bitgrid::core {

/// Stops what is hot, silent, blind, stuck, locked out or ending. Example: 85.1 °C >
/// max_chip_temp_c 85 -> STOP_R3_OVERTEMP. Cannot be switched off or configured past its hard
/// limits. The first row that applies names the code; the rows after it are still recorded.
Vote r3_safety(const Situation&);

/// Whether a person must look before it ends: since it began, or since the rules ask for it.
bool needs_ack(const Lockout&, const RuleConfig&);

/// Whether a lockout still holds: time not over, or known to be too warm, or not acknowledged where
/// asked for.
bool is_locked_out(const Lockout&, const RuleConfig&, const Reading<Celsius>& temp, UnixTime now);

/// The lockout that a trip starts; none for telemetry, shutdown and the lockout itself.
std::optional<LockoutReason> lockout_after(Code);

}  // namespace bitgrid::core
