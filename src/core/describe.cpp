#include "core/describe.hpp"

namespace bitgrid::core {

DecisionEvent describe(const Config& config, const LoadDecision& decision, const Memory& before,
                       const EnergyState& state, Occasion occasion) {
    DecisionEvent event;
    event.block = block_of(state.time, config.site.block_ms());
    event.load_id = config.loads[decision.load].id;
    event.load_index = decision.load;
    event.time = state.time;
    event.trigger = occasion.trigger;
    event.decision = decision;
    event.valid_until = valid_until(event.block, config.site.block_ms());
    event.state = state;
    event.memory = before;
    return event;
}

void look_ahead(const Config& config, DecisionEvent& event) {
    if (event.decision.target == kFull)
        event.margin = stop_margin(config, event.memory, event.state, event.load_index);
    else event.foil = counterfactual(config, event.memory, event.state, event.load_index);
}

}  // namespace bitgrid::core
