#include "engine/conductor.hpp"

#include <utility>

#include "core/describe.hpp"

namespace bitgrid::engine {
namespace {

using core::DecisionEvent;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kLateMs = 5'000;  ///< an order that old is looked at again

bool is_safety(const DecisionEvent& event) {
    return core::rule_of(event.decision.code) == core::Rule::R3;
}

bool is_urgent(core::Code code) {
    return code == core::Code::Stop_R3_OVERTEMP || code == core::Code::Stop_R3_EMERGENCY;
}

bool is_beaten(const DecisionEvent& event) {
    const auto& wish = event.memory.loads[event.load_index].wish;
    return wish && event.state.time < wish->until;
}

}  // namespace

Conductor::Conductor(const core::Config& config, Versions versions, World world)
    : config_{config},
      versions_{std::move(versions)},
      world_{world},
      wishes_(config.loads.size()),
      last_decisions_(config.loads.size()),
      last_changes_(config.loads.size()),
      code_since_(config.loads.size()),
      switches_(config.loads.size()) {
    for (std::size_t i = 0; i < config.loads.size(); ++i) memory_.loads.push_back({});
}

void Conductor::remember(const std::shared_ptr<DecisionEvent>& event) {
    auto& last = last_decisions_[event->load_index];
    const bool is_new = !last || last->decision.code != event->decision.code;
    if (is_new) code_since_[event->load_index] = event->time;
    last = event;
    if (event->decision.changes_level()) last_changes_[event->load_index] = event;
}

DecisionEvent Conductor::describe(const core::LoadDecision& decision, const core::Memory& before,
                                  const core::EnergyState& state, core::Occasion occasion) const {
    DecisionEvent event = core::describe(config_, decision, before, state, occasion);
    event.rule_version = versions_.rules;
    event.config_version = versions_.config;
    return event;
}

void Conductor::narrate(DecisionEvent& event) const {
    core::look_ahead(config_, event);
    event.text = world_.narrator.decision(config_, event);
}

DecisionEvent Conductor::rehearse(const core::Memory& memory, const core::EnergyState& state,
                                  core::Occasion occasion, std::size_t load) const {
    const core::Outcome outcome = core::decide(config_, memory, state, occasion);
    for (const core::LoadDecision& decision : outcome.decisions)
        if (decision.load == load) return describe(decision, memory, state, occasion);
    return {};
}

void Conductor::act(const DecisionEvent& event) {
    Actuator& actuator = *world_.actuators[event.load_index];
    actuator.order({event.command_id, event.decision.target, is_safety(event),
                    is_urgent(event.decision.code)});
}

void Conductor::count_switch(const DecisionEvent& event) {
    if (event.decision.before.is_on() == event.decision.target.is_on()) return;
    Switches& s = switches_[event.load_index];
    const std::int64_t day = event.time.ms / kDayMs;
    if (s.day != day) s = {day, 0};
    ++s.count;
}

int Conductor::switches_today(std::size_t load) const {
    const Switches& s = switches_[load];
    return s.day == world_.clock.wall().ms / kDayMs ? s.count : 0;
}

void Conductor::append_consequences(std::vector<core::Event>& events, const DecisionEvent& e) {
    const core::LoadDecision& d = e.decision;
    const auto add = [&](core::Happening what) { events.push_back({e.time, std::move(what)}); };
    if (d.is_deadband_held) {
        const core::Vote& r4 = d.votes[static_cast<std::size_t>(core::Rule::R4)];
        const core::Vote& r1 = d.votes[static_cast<std::size_t>(core::Rule::R1)];
        add(core::DeadbandActivated{e.load_id, d.code, r4.is_binding ? r4.code : r1.code});
    }
    if (d.is_trip || (is_safety(e) && d.changes_level()))
        add(core::SafetyTripped{e.load_id, d.code, d.missing, e.text});
    if (d.is_clear) {
        const auto& lockout = e.memory.loads[e.load_index].lockout;
        add(core::SafetyCleared{e.load_id,
                                lockout ? lockout->reason : core::LockoutReason::Overtemp});
    }
    if (d.has_override_ended) {
        WishMeta& meta = wishes_[e.load_index];
        const core::OverrideEnd end = is_beaten(e) ? core::OverrideEnd::Beaten : meta.end;
        add(core::OverrideEnded{meta.override_id, e.load_id, end,
                                std::string{core::name_of(d.code)}});
        meta = {};
    }
}

// A later change, or another controller, may have overtaken these while the journal was written. A
// later decision that changes nothing relies on them.
void Conductor::act_on(const std::vector<std::shared_ptr<DecisionEvent>>& made,
                       core::MonoTime made_at) {
    if (world_.clock.mono() - made_at > kLateMs && look_again_) look_again_();
    for (const auto& event : made) {
        const bool is_newest_change = last_changes_[event->load_index] == event;
        const bool is_wanted = memory_.loads[event->load_index].target == event->decision.target;
        if (is_newest_change && is_wanted && !is_safety(*event)) act(*event);
    }
}

Conductor::Decided Conductor::decide(const core::EnergyState& state, core::Occasion occasion) {
    const core::Memory before = memory_;
    const core::Outcome outcome = core::decide(config_, before, state, occasion);
    memory_ = outcome.memory;
    if (occasion.trigger == core::Trigger::BlockTick) path_ = outcome.path;

    Decided decided{state, occasion, {}};
    for (const core::LoadDecision& decision : outcome.decisions) {
        auto event = std::make_shared<DecisionEvent>(describe(decision, before, state, occasion));
        event->decision_id = world_.identity.next(world_.clock.wall());
        if (decision.changes_level()) {
            event->command_id = world_.identity.next(world_.clock.wall());
            // Safety acts first: no word, no disk, no bus stands before this line.
            if (is_safety(*event)) act(*event);
        } else if (decision.is_trip && is_urgent(decision.code)) {
            world_.actuators[decision.load]->hurry();
        }
        decided.events.push_back(std::move(event));
    }
    return decided;
}

void Conductor::tell(Decided decided, std::vector<core::Event> also, Recorder::Act done) {
    std::vector<core::Event> events = std::move(also);
    for (const auto& event : decided.events) {
        narrate(*event);
        count_switch(*event);
        remember(event);
        events.push_back({event->time, std::shared_ptr<const DecisionEvent>{event}});
        append_consequences(events, *event);
    }
    const core::UnixTime time = decided.state.time;
    if (decided.occasion.trigger == core::Trigger::BlockTick && path_.has_surplus)
        events.push_back(
            {time, core::EnergyPathDecided{core::block_of(time, config_.site.block_ms()), path_}});

    world_.recorder.write(std::move(events),
                          [this, made = std::move(decided.events), done = std::move(done),
                           made_at = world_.clock.mono()] {
                              act_on(made, made_at);
                              if (done) done();
                          });
}

void Conductor::conduct(const core::EnergyState& state, core::Occasion occasion,
                        std::vector<core::Event> also, Recorder::Act done) {
    tell(decide(state, occasion), std::move(also), std::move(done));
}

}  // namespace bitgrid::engine
