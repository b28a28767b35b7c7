#include "engine/guard_judgement.hpp"

namespace bitgrid::engine {

GuardJudgement judge(const ports::GuardView& guard) {
    using core::HealthLevel;
    const std::string note = guard.note.empty() ? "" : ": " + guard.note;
    switch (guard.state) {
        case ports::GuardState::None:
            break;
        case ports::GuardState::Armed:
            return {guard.note.empty() ? HealthLevel::Ok : HealthLevel::Warn, guard.note, ""};
        case ports::GuardState::Missing:
            return {HealthLevel::Warn, "no guard is running" + note, "GUARD_MISSING"};
        case ports::GuardState::Holding:
            return {HealthLevel::Warn,
                    "the guard keeps every load off until this controller has proved itself" + note,
                    "GUARD_HOLDS"};
        case ports::GuardState::Silent:
            return {guard.forbids_loads ? HealthLevel::Error : HealthLevel::Warn,
                    "the guard does not answer" + note, "GUARD_SILENT"};
    }
    return {};
}

}  // namespace bitgrid::engine
