#include "research/decide_line.hpp"

#include "core/counterfactual.hpp"
#include "research/situation_json.hpp"
#include "wire/decision_json.hpp"
#include "wire/state_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::research {

core::Result<std::string> decide_line(std::string_view line) {
    const auto situation = parse_situation(line);
    if (!situation) return situation.error();
    const auto& [config, memory, state] = *situation;
    const core::Outcome outcome = core::decide(config, memory, state);
    const core::LoadDecision& d = outcome.decisions[0];
    const core::CodeSpec& spec = core::spec_of(d.code);
    const core::BlockId block = core::block_of(state.time, config.site.block_ms());
    const auto foil = core::counterfactual(config, memory, state, 0);
    const nlohmann::json json{
        {"action", core::name_of(spec.action)},
        {"decision_code", spec.name},
        {"reason", spec.reason},
        {"target_level", wire::target_json(d.target)},
        {"valid_until", wire::time_text(core::valid_until(block, config.site.block_ms()))},
        {"votes", wire::votes_json(d.votes)},
        {"params", wire::params_json(d)},
        {"counterfactual", foil ? wire::counterfactual_json(*foil) : nlohmann::json{}}};
    return json.dump();
}

}  // namespace bitgrid::research
