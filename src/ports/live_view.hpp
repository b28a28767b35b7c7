#pragma once
// The house as it is now, for the face: a copy that cannot steer.
#include <optional>
#include <string>
#include <vector>

#include "core/events.hpp"
#include "ports/guard.hpp"
#include "ports/signals.hpp"

namespace bitgrid::ports {

struct PartHealth {
    std::string part;
    core::HealthLevel level{core::HealthLevel::Ok};
    std::string reason;
    core::UnixTime since{};
    std::int64_t rejected{0};  ///< bad messages so far
    std::string code{};        ///< of the reason, as HealthChanged has it
};

struct OverrideView {
    std::string override_id;
    core::Override wish;
    std::string actor;
};

/// Commanded and confirmed are two things.
enum class Confirmation : std::uint8_t { Confirmed, Pending, Failed };

struct LoadView {
    core::LoadConfig config;
    core::LoadReadings readings;
    core::LoadMemory memory;
    Confirmation confirmation{Confirmation::Confirmed};
    std::shared_ptr<const core::DecisionEvent> last_decision;  ///< null before the first
    core::UnixTime code_since{};  ///< since when the last decision says what it says
    std::optional<OverrideView> wish;
    int switches_today{0};  ///< effective changes on <-> off since midnight UTC
    bool has_relay{false};
    std::optional<bool> is_relay_closed;    ///< by its own word; none: no relay, or not known
    std::optional<double> dead_man_left_s;  ///< until the relay opens by itself
};

/// The newest self-test.
struct DrillView {
    core::UnixTime time{};
    core::DrillReported report;
};

struct LiveView {
    core::UnixTime time{};
    core::UnixTime last_cycle{};  ///< when the control cycle last ran through; 0: not yet
    bool is_ready{false};
    std::optional<core::Explanation> waits_for;  ///< why it is not ready, in words
    core::EnergyState state;
    core::AutonomyLevel autonomy{core::AutonomyLevel::Full};
    bool is_emergency{false};
    bool is_degraded{false};
    std::vector<std::string> missing_signals;  ///< full names, e.g. `miner.temp_c`
    std::vector<LoadView> loads;
    std::vector<PartHealth> health;
    std::int64_t measurements{0};  ///< values taken from sensors so far
    core::BlockId block{};
    core::UnixTime next_tick{};
    core::EnergyPathDecision path;  ///< of the last tick
    GuardView guard;
    std::optional<DrillView> drill;
    bool is_research_on{false};  ///< parts of the past may be given away as files
    std::string config_version;
    std::int64_t config_number{0};  ///< rises with every accepted configuration; 0: not counted
    std::string program_version;
};

class House {
public:
    virtual LiveView look() const = 0;
    virtual const core::Config& config() const = 0;
    virtual bool is_research_on() const { return false; }
    /// What the next block would decide with the values of now; null before the first complete
    /// state.
    virtual std::shared_ptr<const core::DecisionEvent> preview(std::size_t load) const = 0;

protected:
    ~House() = default;
};

}  // namespace bitgrid::ports
