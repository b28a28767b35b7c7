#pragma once
// What people ask for: overrides, autonomy, emergency stop, acknowledgement, accepted proposals.
#include <deque>
#include <string>
#include <unordered_map>

#include "engine/conductor.hpp"
#include "engine/safety_path.hpp"
#include "ports/control.hpp"

namespace bitgrid::engine {

/// Engine thread. A request is rehearsed on the whole rule set before anything changes: what would
/// be beaten is refused with the reason. The same command_id twice has one effect and one answer.
class Wishes final : public ports::Control {
public:
    Wishes(Conductor&, SafetyPath&, SafetyPath::Freeze, Conductor::World);

    void set_override(ports::OverrideRequest, ports::Answer) override;
    void end_override(std::string which, std::string actor, ports::Answer) override;
    void set_autonomy(core::AutonomyLevel, std::string actor, ports::Answer) override;
    void emergency_stop(std::string actor, ports::Answer) override;
    void acknowledge(std::string actor, ports::Answer) override;
    void set_research(bool is_on, std::string actor, ports::Answer) override;
    void accept_proposal(std::string decision_id, std::string actor, ports::Answer) override;

    /// Sets it; true: it was otherwise before.
    void toggle_research_by(std::function<bool(bool is_on)> set) { research_ = std::move(set); }

    /// While another controller has this site every request is refused.
    void observe(bool is_observer) { is_observer_ = is_observer; }
    /// Says what the start still waits for, empty once decisions are made: until then nothing may
    /// be started, stopping is always possible.
    void wait_for(std::function<std::optional<core::Explanation>()> start) {
        start_ = std::move(start);
    }
    /// Ends wishes whose time is over. Called every second.
    void expire();

private:
    struct Rehearsal {
        std::size_t load;
        core::Override wish;
        core::DecisionEvent event;
    };

    bool is_refused(const std::string& command_id, const ports::Answer&) const;
    std::vector<std::size_t> loads_named(const std::string& id) const;
    bool is_valid(const ports::OverrideRequest&, ports::Reply&) const;
    bool is_too_early(const ports::OverrideRequest&, ports::Reply&) const;
    Rehearsal rehearse(const ports::OverrideRequest&, std::size_t load,
                       const core::EnergyState&) const;
    void refuse(const ports::OverrideRequest&, const Rehearsal&, const ports::Answer&);
    void carry_out(Rehearsal&, const std::string& actor, const std::string& override_id,
                   Recorder::Act done);
    void end(std::size_t load, core::OverrideEnd, Recorder::Act done);
    void remember(const ports::Reply&);

    Conductor& conductor_;
    SafetyPath& safety_;
    SafetyPath::Freeze freeze_;
    Conductor::World world_;
    std::unordered_map<std::string, ports::Reply> answered_;
    std::deque<std::string> answered_order_;
    bool is_observer_{false};
    std::function<std::optional<core::Explanation>()> start_;
    std::function<bool(bool)> research_{[](bool) { return false; }};
};

}  // namespace bitgrid::engine
