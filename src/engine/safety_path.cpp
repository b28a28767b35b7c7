#include "engine/safety_path.hpp"

#include "core/rules/r3_safety.hpp"

namespace bitgrid::engine {

using core::Occasion;
using core::Trigger;

// A running load is stopped; a load that is off is journalled only when a new trip begins.
bool SafetyPath::must_act(const core::Vote& safety, std::size_t load) const {
    if (!safety.is_binding) return false;
    const core::LoadMemory& memory = conductor_.memory().loads[load];
    if (memory.target.is_on()) return true;
    const auto reason = core::lockout_after(safety.code);
    return reason && !(memory.lockout && memory.lockout->reason == *reason);
}

std::optional<Conductor::Decided> SafetyPath::stop_if_unsafe(std::size_t load,
                                                             const core::EnergyState& state) {
    const core::Vote vote =
        core::judge_safety(conductor_.config(), conductor_.memory(), state, load);
    if (!must_act(vote, load)) return std::nullopt;
    return conductor_.decide(state, Occasion::between_blocks(Trigger::SafetyAsync, load));
}

void SafetyPath::look(std::size_t load) {
    if (auto decided = stop_if_unsafe(load, freeze_())) conductor_.tell(std::move(*decided));
}

void SafetyPath::look_at_all() {
    const core::EnergyState state = freeze_();
    std::vector<Conductor::Decided> stops;
    for (std::size_t i = 0; i < conductor_.config().loads.size(); ++i)
        if (auto decided = stop_if_unsafe(i, state)) stops.push_back(std::move(*decided));
    // The last stop is on its way before the first is told of.
    for (Conductor::Decided& decided : stops) conductor_.tell(std::move(decided));
}

bool SafetyPath::look_at_grid() {
    core::EnergyState state = freeze_();
    const core::SiteReadings& site = state.site;
    const double net_w = site.grid_import ? site.grid_import->value -
                                                (site.grid_export ? site.grid_export->value : 0)
                                          : 0;  // a missing import is R3's business
    if (!(net_w > conductor_.config().rules.grid_import_fast.value)) {
        fast_import_since_.reset();
        return false;
    }
    if (!fast_import_since_) fast_import_since_ = clock_.mono();
    const double lasted_s = static_cast<double>(clock_.mono() - *fast_import_since_) / 1000;
    if (lasted_s < conductor_.config().rules.grid_import_fast_for.value) return false;

    bool is_held = false;
    for (std::size_t i = conductor_.config().loads.size(); i-- > 0;) {
        const core::LoadMemory& memory = conductor_.memory().loads[i];
        if (!memory.target.is_on()) continue;
        if (conductor_.memory().autonomy != core::AutonomyLevel::Full || memory.wish) {
            is_held = true;
            continue;
        }
        state.site.fast_import_for =
            core::admit<core::Seconds>(core::Signal::LoadHeartbeat, lasted_s);
        conductor_.conduct(state, Occasion::between_blocks(Trigger::SafetyAsync, i));
        fast_import_since_.reset();  // the next load has its own minute to help
        return false;
    }
    return is_held;
}

}  // namespace bitgrid::engine
