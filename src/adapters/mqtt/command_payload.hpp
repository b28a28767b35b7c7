#pragma once
// What somebody wants of us in an MQTT message below our root: read strictly, because it acts.
// Pure; for bytes from anybody: bounded, never an exception, an error says what is allowed.
#include <string>
#include <string_view>

#include "ports/control.hpp"

namespace bitgrid::adapters {

struct MqttCommand {
    enum class Kind {
        SetOverride,
        EndOverride,
        SetAutonomy,
        EmergencyStop,
        Acknowledge,
        SetResearch
    };
    Kind kind{Kind::EmergencyStop};
    ports::OverrideRequest request;  ///< SetOverride; EndOverride: only its load
    core::AutonomyLevel autonomy{};  ///< SetAutonomy
    bool is_on{false};               ///< SetResearch
};

/// The id is known also of a command that is refused, so that the answer can name it.
struct ReadCommand {
    std::string command_id;  ///< empty: the sender gave none
    core::Result<MqttCommand> command;
};

/// `path` is the topic between the root and `/set`: `autonomy`, `load/<id>/override`, …
ReadCommand read_command(std::string_view path, std::string_view payload);

}  // namespace bitgrid::adapters
