#include "core/case.hpp"

namespace bitgrid::core {

std::vector<DecisionEvent> judge(const Case& all, std::optional<std::size_t> only) {
    std::vector<DecisionEvent> events;
    const Outcome outcome = decide(all.config, all.memory, all.state, all.occasion);
    for (const LoadDecision& made : outcome.decisions) {
        if (only && made.load != *only) continue;
        events.push_back(describe(all.config, made, all.memory, all.state, all.occasion));
        look_ahead(all.config, events.back());
    }
    return events;
}

}  // namespace bitgrid::core
