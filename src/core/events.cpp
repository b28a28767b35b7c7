#include "core/events.hpp"

namespace bitgrid::core {
namespace {

struct TypeName {
    const char* operator()(const std::shared_ptr<const DecisionEvent>&) const {
        return "DecisionEvent";
    }
    const char* operator()(const DeadbandActivated&) const { return "DeadbandActivated"; }
    const char* operator()(const SafetyTripped&) const { return "SafetyTripped"; }
    const char* operator()(const SafetyCleared&) const { return "SafetyCleared"; }
    const char* operator()(const OverrideSet&) const { return "OverrideSet"; }
    const char* operator()(const OverrideEnded&) const { return "OverrideEnded"; }
    const char* operator()(const OverrideRejected&) const { return "OverrideRejected"; }
    const char* operator()(const AutonomyChanged&) const { return "AutonomyChanged"; }
    const char* operator()(const EmergencyChanged&) const { return "EmergencyChanged"; }
    const char* operator()(const CommandReported& c) const {
        switch (c.state) {
            case CommandState::Sent:
                return "CommandSent";
            case CommandState::Confirmed:
                return "CommandConfirmed";
            case CommandState::Failed:
                return "CommandFailed";
        }
        return "CommandFailed";
    }
    const char* operator()(const HealthChanged&) const { return "HealthChanged"; }
    const char* operator()(const AuthFailed&) const { return "AuthFailed"; }
    const char* operator()(const RateLimited&) const { return "RateLimited"; }
    const char* operator()(const TimeDriftDetected&) const { return "TimeDriftDetected"; }
    const char* operator()(const EnergyPathDecided&) const { return "EnergyPathDecided"; }
    const char* operator()(const ConfigLoaded& c) const {
        return c.is_reload ? "ConfigReloaded" : "ConfigLoaded";
    }
    const char* operator()(const ConfigRejected&) const { return "ConfigRejected"; }
    const char* operator()(const Started&) const { return "Started"; }
    const char* operator()(const Stopped&) const { return "Stopped"; }
    const char* operator()(const DrillReported&) const { return "DrillReported"; }
    const char* operator()(const ArchiveReported&) const { return "ArchiveReported"; }
    const char* operator()(const ResearchToggled&) const { return "ResearchToggled"; }
    const char* operator()(const MinutesMeasured&) const { return "MinutesMeasured"; }
};

}  // namespace

const char* type_of(const Event& event) { return std::visit(TypeName{}, event.what); }

}  // namespace bitgrid::core
