#pragma once
// What stands in `command/<device>` and its `/ack`: written and read in one place, because both
// ends are ours. Pure; for bytes from anybody: bounded, never an exception, an error says what is
// allowed.
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "ports/setpoint.hpp"

namespace bitgrid::adapters {

/// {"command_id","level","watts","expires_at","epoch"}
std::string setpoint_text(const ports::Setpoint&);
core::Result<ports::Setpoint> read_setpoint(std::string_view payload);

struct SetpointAck {
    std::string command_id;
    ports::Refusal refusal{ports::Refusal::None};
};
/// {"command_id","state","error"}; state: accepted, lapsed, refused.
std::string ack_text(const SetpointAck&);
core::Result<SetpointAck> read_setpoint_ack(std::string_view payload);

/// The epoch of a claim to the site; 0 where the message is an empty one.
core::Result<std::int64_t> read_claimed_epoch(std::string_view payload);

std::string_view word_of(ports::Refusal);

}  // namespace bitgrid::adapters
