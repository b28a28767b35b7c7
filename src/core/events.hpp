#pragma once
// Everything that can happen, as typed values: one closed variant. Each event can be understood
// alone.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/counterfactual.hpp"
#include "core/decide.hpp"
#include "core/explanation.hpp"

namespace bitgrid::core {

/// One load's decision with all that led to it. Shared and immutable once made.
struct DecisionEvent {
    std::string decision_id;  ///< UUIDv7
    BlockId block{};
    std::string load_id;
    UnixTime time{};
    Trigger trigger{Trigger::BlockTick};
    LoadDecision decision;
    UnixTime valid_until{};
    std::string command_id;  ///< empty: no command follows
    std::string rule_version;
    std::string config_version;
    EnergyState state;
    Memory memory;  ///< before the decision: with state and config it computes the decision again
    std::size_t load_index{};
    std::optional<Counterfactual> foil;
    std::optional<StopMargin> margin;
    Explanation text;
};

struct DeadbandActivated {
    std::string load_id;
    Code held_by;    ///< R5's code
    Code held_back;  ///< what R1 or R4 said
};
struct SafetyTripped {
    std::string load_id;
    Code code;
    SignalSet missing;
    Explanation text;
};
struct SafetyCleared {
    std::string load_id;
    LockoutReason reason;
};
struct OverrideSet {
    std::string override_id;
    std::string load_id;
    Override wish;
    std::string actor;
};
enum class OverrideEnd : std::uint8_t { Expired, Cancelled, Replaced, Beaten };
struct OverrideEnded {
    std::string override_id;
    std::string load_id;
    OverrideEnd why;
    std::string code;  ///< the decision that beat it, or empty
};
struct OverrideRejected {
    std::string load_id;
    std::string code;  ///< `REJECTED_R3_OVERTEMP`, …
    std::string actor;
    Explanation text;
};
struct AutonomyChanged {
    AutonomyLevel from;
    AutonomyLevel to;
    std::string actor;
};
struct EmergencyChanged {
    bool is_on;
    std::string actor;
};
enum class CommandState : std::uint8_t { Sent, Confirmed, Failed };
struct CommandReported {  ///< CommandSent, CommandConfirmed, CommandFailed
    CommandState state;
    std::string command_id;
    std::string load_id;
    Target target;
    int attempt;
    std::string why;  ///< only for Failed
};
enum class HealthLevel : std::uint8_t { Ok, Warn, Error };
struct HealthChanged {
    std::string part;  ///< `mqtt`, `device/<id>`, `database`, `clock`, …
    HealthLevel level;
    std::string reason;  ///< in English, with the number behind it
    std::string code{};  ///< stable, e.g. `BROKER_AWAY`: faces have words of their own for it
};
struct AuthFailed {
    std::string peer;
    std::string why;
};
struct RateLimited {
    std::string peer;
};
struct TimeDriftDetected {
    std::int64_t jump_ms;
};
struct EnergyPathDecided {
    BlockId block;
    EnergyPathDecision path;
};
/// What was measured while a block ran, minute by minute, and which the block's own means hide.
struct MinutesMeasured {
    BlockId block{};  ///< in which the minutes lie
    /// Oldest first, at most an hour. `time` is a minute's end; powers, those of the loads too, are
    /// means over it, the rest is as it was then. A minute of which nothing is known is not there.
    std::vector<EnergyState> minutes;
};
enum class DrillCheck : std::uint8_t {
    StartConfirmed,  ///< the load runs when asked to
    RelayClosed,
    DeadManArmed,    ///< the relay would open by itself
    DeadManRenewed,  ///< and is kept from it while all is well
    GuardArmed,
    HeatStopped,    ///< only in a simulated house: a hot load went off by itself
    StopConfirmed,  ///< the emergency stop took the load off
    RelayOpen,
    StuckLoadCut,  ///< only in a simulated house: a load that ignores its stop lost the mains
    Released,      ///< the house is as it was
};
enum class DrillResult : std::uint8_t { Passed, Failed, Skipped };
struct DrillStep {
    DrillCheck check{};
    DrillResult result{DrillResult::Skipped};
    double took_s{0};  ///< >= 0
};
inline constexpr std::size_t kMaxDrillSteps = 20;
struct DrillReported {  ///< a self-test of the way to a load's off, done by a person
    std::string load_id;
    bool is_passed{false};
    std::string actor;
    std::vector<DrillStep> steps;  ///< at most kMaxDrillSteps
};
/// Finished days were moved into the cold store, or parts of it were given up.
struct ArchiveReported {
    std::int64_t sealed_through{};  ///< sequence number of the newest sealed event; 0: none
    std::string head;               ///< its hash, hex
    std::int64_t given_up{};        ///< files that were deleted now
    std::string why;                ///< of the deleting: `retention`, `low_disk`; empty: none were
};
struct ResearchToggled {  ///< whether parts of the past may be given away as files
    bool is_on{false};
    std::string actor;
};
struct ConfigLoaded {       ///< ConfigLoaded at the start, ConfigReloaded while we run
    std::string version;    ///< hash of site, rules, policy and loads, as decisions name it
    std::string json;       ///< all files, without secrets
    std::int64_t number{};  ///< rises with every accepted version
    bool is_reload{false};
    std::string actor{};  ///< who asked: `signal`, `files`, a token's name; empty: the start
};
struct ConfigProblem {
    std::string file;
    int line{};  ///< from 1; 0: the whole file
    std::string key;
    std::string what;     ///< what was found
    std::string allowed;  ///< what would be right
};
struct ConfigRejected {  ///< nothing of it holds; what held before goes on
    std::string actor;
    std::vector<ConfigProblem> problems;  ///< all of them, at most kMaxConfigProblems
};
inline constexpr std::size_t kMaxConfigProblems = 100;
struct Started {
    std::string program_version;
    std::string config_version;
    bool was_clean;  ///< the run before ended with Stopped
};
struct Stopped {
    std::string why;
};

using Happening =
    std::variant<std::shared_ptr<const DecisionEvent>, DeadbandActivated, SafetyTripped,
                 SafetyCleared, OverrideSet, OverrideEnded, OverrideRejected, AutonomyChanged,
                 EmergencyChanged, CommandReported, HealthChanged, AuthFailed, RateLimited,
                 TimeDriftDetected, EnergyPathDecided, ConfigLoaded, ConfigRejected, Started,
                 Stopped, DrillReported, ArchiveReported, ResearchToggled, MinutesMeasured>;

struct Event {
    UnixTime time{};
    Happening what;
};

/// `DecisionMade`, `CommandSent`, …: the type in topics and in the journal.
const char* type_of(const Event&);

}  // namespace bitgrid::core
