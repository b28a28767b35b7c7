#pragma once
// The way from a target level to a device. A driver knows one device's commands and nothing of
// rules.
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/level.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace bitgrid::ports {

struct Command {
    std::string command_id;  ///< the same id twice has one effect
    core::Target target;
    core::Watts watts{};      ///< what the target means for this load
    std::int64_t lease_ms{};  ///< the setpoint lapses to off unless renewed; 0: it does not lapse
    bool is_safety{false};    ///< goes before anything else that the driver has queued
};

/// Accepted by the device, or the reason why not. Acceptance is not confirmation: that comes by
/// telemetry.
using CommandDone = std::function<void(core::Result<void>)>;

/// The dead man's switch in a device, as the device itself last told it. Not told: all that is
/// known is what it was sent. Told, and without seconds: nothing would open it.
struct DeadMan {
    bool is_told{false};
    std::optional<double> left_s;  ///< until it opens by itself, >= 0
};

/// Engine thread only. command() puts the bytes on their way before it returns where the connection
/// allows, never blocks, and calls back exactly once. A new command replaces one that still waits
/// (which fails with Refused).
class LoadDriver {
public:
    virtual ~LoadDriver() = default;
    virtual void command(const Command&, CommandDone) = 0;
    /// Repeats a setpoint's lease or re-arms the device's dead man's switch; only called by a
    /// healthy completed cycle.
    virtual void renew(const Command&) = 0;
    /// Of a device that is switch and load in one.
    virtual DeadMan dead_man() const { return {}; }
};

/// A switch in front of a load (smart plug). Off means off: state and measured power agree.
class Relay {
public:
    virtual ~Relay() = default;
    virtual void cut(CommandDone) = 0;
    /// Closes the contact for `dead_man_s`; the relay opens by itself unless renewed.
    virtual void close(int dead_man_s, CommandDone) = 0;
    virtual void renew(int dead_man_s) = 0;
    virtual DeadMan dead_man() const { return {}; }
};

}  // namespace bitgrid::ports
