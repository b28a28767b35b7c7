// What outlives a run: written beside every entry of the journal, taken back at the next start.
#include <algorithm>

#include "engine/engine.hpp"

namespace bitgrid::engine {

void Engine::restore(const ports::Checkpoint& saved) {
    core::Memory& memory = conductor_.memory();
    memory.autonomy = saved.memory.autonomy;
    memory.is_emergency = saved.memory.is_emergency;
    last_stored_ = saved.saved_at;
    tenure_ = saved.tenure;
    if (!saved.is_stopped) {
        is_recovering_ = true;
        health_.report("start", core::HealthLevel::Warn,
                       "the run before did not end by itself; every load is commanded off first",
                       ports_.clock.wall(), "ENDED_BADLY");
    }
    is_research_on_ = saved.is_research_on;
    if (saved.drill_time.ms > 0) drill_ = ports::DrillView{saved.drill_time, saved.drill};
    for (std::size_t i = 0; i < config_.loads.size(); ++i) {
        const auto found =
            std::find(saved.load_ids.begin(), saved.load_ids.end(), config_.loads[i].id);
        if (found == saved.load_ids.end()) continue;
        const auto j = static_cast<std::size_t>(found - saved.load_ids.begin());
        if (j >= saved.memory.loads.size()) continue;
        core::LoadMemory& mine = memory.loads[i];
        mine = saved.memory.loads[j];
        if (const auto block_ms = config_.site.block_ms(); mine.unchanged_since)
            mine.unchanged_since =
                rescaled(
                    std::vector{ports::BlockRange{*mine.unchanged_since, *mine.unchanged_since}},
                    saved.block_ms, block_ms)[0]
                    .last;
        if (j < saved.override_ids.size() && j < saved.actors.size())
            conductor_.wish_meta(i) = {saved.override_ids[j], saved.actors[j],
                                       core::OverrideEnd::Expired};
        rest(i);
    }
}

ports::Checkpoint Engine::checkpoint() const {
    ports::Checkpoint saved;
    saved.memory = conductor_.memory();
    for (std::size_t i = 0; i < config_.loads.size(); ++i) {
        saved.load_ids.push_back(config_.loads[i].id);
        saved.override_ids.push_back(conductor_.wish_meta(i).override_id);
        saved.actors.push_back(conductor_.wish_meta(i).actor);
    }
    saved.decided = clockwork_.decided().ranges();
    saved.last_block = saved.decided.empty() ? 0 : saved.decided.back().last;
    saved.block_ms = config_.site.block_ms();
    saved.saved_at = is_time_trusted_ ? ports_.clock.wall() : last_stored_;
    saved.tenure = tenure_;
    saved.is_stopped = is_stopped_;
    saved.config_number = conductor_.versions().config_number;
    saved.config_seal = conductor_.versions().config_seal;
    saved.is_research_on = is_research_on_;
    if (drill_) {
        saved.drill_time = drill_->time;
        saved.drill = drill_->report;
    }
    return saved;
}

}  // namespace bitgrid::engine
