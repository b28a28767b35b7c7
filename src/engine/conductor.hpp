#pragma once
// Decide, then journal, act, tell: the one way by which a load's target changes.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/decide.hpp"
#include "core/events.hpp"
#include "engine/actuator.hpp"
#include "engine/recorder.hpp"
#include "ports/identity.hpp"
#include "ports/narrator.hpp"

namespace bitgrid::engine {

struct Versions {
    std::string rules{"1"};
    std::string config;
    std::string program;
    std::int64_t config_number{0};  ///< rises with every accepted configuration
    std::string config_seal{};      ///< hash of all that is set, devices included
};

/// Who set the wish that is in the memory.
struct WishMeta {
    std::string override_id;
    std::string actor;
    core::OverrideEnd end{core::OverrideEnd::Expired};  ///< how it will have ended
};

using Actuators = std::vector<std::unique_ptr<Actuator>>;

/// Engine thread. Stops of R3 act before they are journalled; everything else is journalled before
/// it acts.
class Conductor {
public:
    struct World {
        ports::Clock& clock;
        ports::Identity& identity;
        const ports::Narrator& narrator;
        Recorder& recorder;
        Actuators& actuators;
    };

    Conductor(const core::Config&, Versions, World);

    /// What was decided, and still has to be told: words, journal, bus. Only what R3 stops has
    /// been done.
    struct Decided {
        core::EnergyState state;
        core::Occasion occasion;
        std::vector<std::shared_ptr<core::DecisionEvent>> events;
    };
    /// Judges the loads that the occasion concerns. Stops of R3 are given before it returns.
    Decided decide(const core::EnergyState&, core::Occasion);
    void tell(Decided, std::vector<core::Event> also = {}, Recorder::Act done = nullptr);
    /// Both, one after the other. `also` is
    /// journalled in the same batch, `done` runs after the journal has it.
    void conduct(const core::EnergyState&, core::Occasion, std::vector<core::Event> also = {},
                 Recorder::Act done = nullptr);
    /// The decision that the occasion would bring, without any effect. Without texts.
    core::DecisionEvent rehearse(const core::Memory&, const core::EnergyState&, core::Occasion,
                                 std::size_t load) const;
    /// Words and counterfactuals for a rehearsed decision.
    void narrate(core::DecisionEvent&) const;

    /// Called before an order is given that was decided a while ago (the disk was slow, the program
    /// stood still): safety looks again.
    void before_late_orders(std::function<void()> look) { look_again_ = std::move(look); }

    core::Memory& memory() { return memory_; }
    const core::Memory& memory() const { return memory_; }
    WishMeta& wish_meta(std::size_t load) { return wishes_[load]; }
    const WishMeta& wish_meta(std::size_t load) const { return wishes_[load]; }
    const std::shared_ptr<const core::DecisionEvent>& last_decision(std::size_t load) const {
        return last_decisions_[load];
    }
    /// Since when the last decision says what it says; 0 before the first.
    core::UnixTime code_since(std::size_t load) const { return code_since_[load]; }
    int switches_today(std::size_t load) const;
    const core::EnergyPathDecision& path() const { return path_; }
    const core::Config& config() const { return config_; }
    const Versions& versions() const { return versions_; }
    /// From the next decision on.
    void use(Versions versions) { versions_ = std::move(versions); }

private:
    struct Switches {
        std::int64_t day{0};
        int count{0};
    };

    core::DecisionEvent describe(const core::LoadDecision&, const core::Memory& before,
                                 const core::EnergyState&, core::Occasion) const;
    void remember(const std::shared_ptr<core::DecisionEvent>&);
    void act(const core::DecisionEvent&);
    void act_on(const std::vector<std::shared_ptr<core::DecisionEvent>>&, core::MonoTime made_at);
    void count_switch(const core::DecisionEvent&);
    void append_consequences(std::vector<core::Event>&, const core::DecisionEvent&);

    const core::Config& config_;
    Versions versions_;
    World world_;
    core::Memory memory_;
    std::function<void()> look_again_;
    core::EnergyPathDecision path_{};
    std::vector<WishMeta> wishes_;
    std::vector<std::shared_ptr<const core::DecisionEvent>> last_decisions_;
    std::vector<std::shared_ptr<const core::DecisionEvent>> last_changes_;  ///< of the level
    std::vector<core::UnixTime> code_since_;
    std::vector<Switches> switches_;
};

}  // namespace bitgrid::engine
