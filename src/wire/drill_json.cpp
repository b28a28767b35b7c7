#include "wire/drill_json.hpp"

#include <algorithm>

#include "wire/state_json.hpp"
#include "wire/words.hpp"

namespace bitgrid::wire {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxText = 100;
constexpr double kMostSeconds = 86'400;

core::Error bad(const std::string& what) { return {core::ErrorCode::BadInput, what}; }

bool read_text(const Json& json, const char* key, std::string& out) {
    const auto it = json.find(key);
    if (it == json.end() || !it->is_string()) return false;
    out = it->get<std::string>();
    return !out.empty() && out.size() <= kMaxText;
}

template <class Enum>
bool read_word(const Json& json, const char* key, Enum& out) {
    std::string text;
    if (!read_text(json, key, text)) return false;
    const auto value = value_of<Enum>(text);
    out = value.value_or(out);
    return value.has_value();
}

bool read_step(const Json& json, core::DrillStep& step) {
    if (!json.is_object() || json.size() != 3) return false;
    const auto took = json.find("took_s");
    if (took == json.end() || !took->is_number()) return false;
    step.took_s = took->get<double>();
    return step.took_s >= 0 && step.took_s <= kMostSeconds &&
           read_word(json, "check", step.check) && read_word(json, "result", step.result);
}

}  // namespace

Json drill_json(const core::DrillReported& drill) {
    Json steps = Json::array();
    for (const core::DrillStep& step : drill.steps)
        steps.push_back({{"check", word(step.check)},
                         {"result", word(step.result)},
                         {"took_s", number(step.took_s)}});
    return {{"load_id", drill.load_id},
            {"passed", drill.is_passed},
            {"actor", drill.actor},
            {"steps", std::move(steps)}};
}

core::Result<core::DrillReported> drill_from_json(const Json& json) {
    core::DrillReported drill;
    if (!json.is_object() || !read_text(json, "load_id", drill.load_id))
        return bad("\"load_id\" must be the id of a load");
    const auto passed = json.find("passed");
    if (passed == json.end() || !passed->is_boolean())
        return bad("\"passed\" must be true or false");
    drill.is_passed = passed->get<bool>();
    const auto steps = json.find("steps");
    if (steps == json.end() || !steps->is_array() || steps->empty() ||
        steps->size() > core::kMaxDrillSteps)
        return bad("\"steps\" must be a list of 1 to " + std::to_string(core::kMaxDrillSteps));
    for (const Json& one : *steps)
        if (!read_step(one, drill.steps.emplace_back()))
            return bad("a step must have check, result and took_s (0 to 86400)");
    const auto has = [&](core::DrillResult result) {
        return std::any_of(drill.steps.begin(), drill.steps.end(),
                           [&](const core::DrillStep& step) { return step.result == result; });
    };
    if (drill.is_passed != (!has(core::DrillResult::Failed) && has(core::DrillResult::Passed)))
        return bad("\"passed\" must be what the steps say");
    return drill;
}

}  // namespace bitgrid::wire
