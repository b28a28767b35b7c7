#include <stdexcept>

#include "bench/benchmark.hpp"
#include "bench/reaction/safety_trials.hpp"

namespace bitgrid::bench {

Figures safety_reaction(const Effort& effort) {
    RunningHouse house{trial_house()};
    SafetyTrials trials{house};
    const Reactions reactions = trials.run(effort.trials);
    if (reactions.unanswered > 0)
        throw std::runtime_error{"a load that was too hot was not stopped"};
    const std::string note =
        "over-temperature sent by MQTT to stop command at the plug by MQTT, broker both ways, idle";
    return {{"safety_p99_ms", {quantile(reactions.ms, 0.99), "ms", reactions.ms.size(), note}},
            {"safety_max_ms", {largest(reactions.ms), "ms", reactions.ms.size(), note}}};
}

}  // namespace bitgrid::bench
