#include "research/replay.hpp"

#include "wire/bounded_json.hpp"
#include "wire/case_json.hpp"
#include "wire/decision_json.hpp"

namespace bitgrid::research {
namespace {

using Json = nlohmann::json;

constexpr const char* kTakenOver[] = {"decision_id", "command_id", "explain", "config_version",
                                      "rule_version"};

const Json& value_at(const Json& json, const char* key) {
    static const Json nothing;
    const auto found = json.find(key);
    return found != json.end() ? *found : nothing;
}

}  // namespace

std::vector<std::string> differences(const Replayed& replayed) {
    std::vector<std::string> paths;
    for (const Json& step : Json::diff(replayed.recorded, replayed.now))
        paths.push_back(step.at("path").get<std::string>());
    return paths;
}

core::Result<Replayed> replay(std::string_view decision, const core::Config& config) {
    auto recorded = wire::parse_json(decision);
    if (!recorded) return recorded.error();
    const auto found = wire::case_from_json(*recorded, config);
    if (!found) return found.error();
    Replayed replayed{std::move(*recorded), {}, false};
    for (const core::DecisionEvent& event : core::judge(found->made_of, found->load))
        replayed.now = wire::decision_json(event, config, true);
    for (const char* key : kTakenOver) replayed.now[key] = value_at(replayed.recorded, key);
    // A command follows a change of level and nothing else.
    if (const bool was_commanded = replayed.recorded["command_id"].is_string();
        was_commanded != (replayed.now["level_before"] != replayed.now["target_level"]))
        replayed.now["command_id"] = was_commanded ? Json{} : Json("");
    replayed.is_same = replayed.now.dump() == decision;
    return replayed;
}

}  // namespace bitgrid::research
