// What the engine shows of itself; nothing here changes anything.
#include "engine/engine.hpp"

namespace bitgrid::engine {

std::vector<std::string> Engine::unconfirmed_loads() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < actuators_.size(); ++i)
        if (actuators_[i]->confirmation() == ports::Confirmation::Pending &&
            !actuators_[i]->target().is_on())
            names.push_back(config_.loads[i].name);
    return names;
}

BootFacts Engine::boot_facts(const core::EnergyState& state) const {
    BootFacts facts{is_time_trusted_, charge_, {}, {}, has_decided_};
    if (has_decided_) return facts;
    facts.unconfirmed = unconfirmed_loads();
    const core::SignalSet missing = core::missing_site_signals(config_.site, state);
    for (const core::SignalSpec& spec : core::kSignals)
        if (missing.has(spec.signal)) facts.missing.emplace_back(spec.name);
    return facts;
}

std::optional<core::Explanation> Engine::waits_for() const {
    return engine::waits_for(boot_facts(freeze()));
}

ports::LoadView Engine::look_at(std::size_t i, const core::EnergyState& state) const {
    ports::LoadView view;
    view.config = config_.loads[i];
    view.readings = state.loads[i];
    view.memory = conductor_.memory().loads[i];
    view.confirmation = actuators_[i]->confirmation();
    view.last_decision = conductor_.last_decision(i);
    view.code_since = conductor_.code_since(i);
    if (view.memory.wish)
        view.wish = ports::OverrideView{conductor_.wish_meta(i).override_id, *view.memory.wish,
                                        conductor_.wish_meta(i).actor};
    view.switches_today = conductor_.switches_today(i);
    view.has_relay = actuators_[i]->has_relay();
    view.is_relay_closed = actuators_[i]->is_relay_closed();
    view.dead_man_left_s = actuators_[i]->dead_man_left_s();
    return view;
}

ports::LiveView Engine::look() const {
    ports::LiveView view;
    view.state = freeze();
    view.time = view.state.time;
    view.is_ready = is_ready();
    view.waits_for = engine::waits_for(boot_facts(view.state));
    view.autonomy = conductor_.memory().autonomy;
    view.is_emergency = conductor_.memory().is_emergency;
    const core::SignalSet site = core::missing_site_signals(config_.site, view.state);
    for (const core::SignalSpec& spec : core::kSignals)
        if (site.has(spec.signal)) view.missing_signals.emplace_back(spec.name);
    for (std::size_t i = 0; i < config_.loads.size(); ++i) {
        const core::SignalSet mine =
            core::missing_load_signals(config_.loads[i], view.state.loads[i]);
        for (const core::SignalSpec& spec : core::kSignals)
            if (mine.has(spec.signal))
                view.missing_signals.push_back(config_.loads[i].id + "." + std::string{spec.name});
        view.loads.push_back(look_at(i, view.state));
    }
    view.is_degraded = !view.missing_signals.empty();
    view.health = health_.parts();
    view.measurements = board_.taken();
    view.block = clockwork_.block();
    view.next_tick = clockwork_.next_tick();
    view.path = conductor_.path();
    if (guard_ != nullptr) view.guard = guard_->look();
    view.last_cycle = last_cycle_;
    view.drill = drill_;
    view.is_research_on = is_research_on_;
    view.config_version = conductor_.versions().config;
    view.config_number = conductor_.versions().config_number;
    view.program_version = conductor_.versions().program;
    return view;
}

std::optional<core::Case> Engine::next_case() const {
    if (!has_decided_) return std::nullopt;
    core::EnergyState state = complete(board_.preview_block(now(), controls()));
    state.time = clockwork_.next_tick();
    return core::Case{config_, conductor_.memory(), state, core::Occasion::tick()};
}

std::shared_ptr<const core::DecisionEvent> Engine::preview(std::size_t load) const {
    if (load >= config_.loads.size()) return nullptr;
    const auto next = next_case();
    if (!next) return nullptr;
    auto event = std::make_shared<core::DecisionEvent>(
        conductor_.rehearse(next->memory, next->state, next->occasion, load));
    conductor_.narrate(*event);
    return event;
}

}  // namespace bitgrid::engine
