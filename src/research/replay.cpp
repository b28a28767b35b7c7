#include "research/replay.hpp"

#include <algorithm>

#include "core/describe.hpp"
#include "wire/bounded_json.hpp"
#include "wire/decision_json.hpp"
#include "wire/state_json.hpp"
#include "wire/words.hpp"

namespace bitgrid::research {
namespace {

using Json = nlohmann::json;

constexpr const char* kTakenOver[] = {"decision_id", "command_id", "explain", "config_version",
                                      "rule_version"};

std::string text_at(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

const Json& value_at(const Json& json, const char* key) {
    static const Json nothing;
    const auto found = json.find(key);
    return found != json.end() ? *found : nothing;
}

core::Error lacks(const char* key) {
    return {core::ErrorCode::BadInput,
            std::string{"the decision lacks a valid \""} + key + "\": it cannot be replayed"};
}

}  // namespace

core::Result<wire::Moment> moment_of(const Json& decision, const core::Config& config) {
    const auto state = wire::state_from_json(value_at(decision, "state"), config);
    if (!state) return state.error();
    const auto memory = wire::memory_from_json(value_at(decision, "memory"), config);
    if (!memory) return memory.error();
    return wire::Moment{*state, *memory};
}

std::vector<std::string> differences(const Replayed& replayed) {
    std::vector<std::string> paths;
    for (const Json& step : Json::diff(replayed.recorded, replayed.now))
        paths.push_back(step.at("path").get<std::string>());
    return paths;
}

core::Result<Replayed> replay(std::string_view decision, const core::Config& config) {
    auto recorded = wire::parse_json(decision);
    if (!recorded) return recorded.error();
    if (!recorded->is_object() || text_at(*recorded, "schema") != "decision/1")
        return lacks("schema");
    const std::string load_id = text_at(*recorded, "load_id");
    const auto load =
        std::find_if(config.loads.begin(), config.loads.end(),
                     [&](const core::LoadConfig& known) { return known.id == load_id; });
    if (load == config.loads.end())
        return core::Error{core::ErrorCode::BadInput,
                           "no load \"" + load_id + "\" in the configuration"};
    const auto index = static_cast<std::size_t>(load - config.loads.begin());
    const auto trigger = wire::value_of<core::Trigger>(text_at(*recorded, "trigger"));
    if (!trigger) return lacks("trigger");
    const auto moment = moment_of(*recorded, config);
    if (!moment) return moment.error();
    const auto& [state, memory] = *moment;

    const core::Occasion occasion = *trigger == core::Trigger::BlockTick
                                        ? core::Occasion::tick()
                                        : core::Occasion::between_blocks(*trigger, index);
    const core::Outcome outcome = core::decide(config, memory, state, occasion);
    Replayed replayed{std::move(*recorded), {}, false};
    for (const core::LoadDecision& made : outcome.decisions) {
        if (made.load != index) continue;
        core::DecisionEvent event = core::describe(config, made, memory, state, occasion);
        core::look_ahead(config, event);
        replayed.now = wire::decision_json(event, config, true);
    }
    for (const char* key : kTakenOver) replayed.now[key] = value_at(replayed.recorded, key);
    // A command follows a change of level and nothing else.
    if (const bool was_commanded = replayed.recorded["command_id"].is_string();
        was_commanded != (replayed.now["level_before"] != replayed.now["target_level"]))
        replayed.now["command_id"] = was_commanded ? Json{} : Json("");
    replayed.is_same = replayed.now.dump() == decision;
    return replayed;
}

}  // namespace bitgrid::research
