#include "wire/case_json.hpp"

#include <algorithm>

#include "wire/memory_json.hpp"
#include "wire/state_json.hpp"
#include "wire/words.hpp"

namespace bitgrid::wire {
namespace {

using Json = nlohmann::json;

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

core::Result<RecordedCase> case_from_json(const Json& decision, const core::Config& config) {
    if (!decision.is_object() || text_at(decision, "schema") != "decision/1")
        return lacks("schema");
    const std::string load_id = text_at(decision, "load_id");
    const auto load =
        std::find_if(config.loads.begin(), config.loads.end(),
                     [&](const core::LoadConfig& known) { return known.id == load_id; });
    if (load == config.loads.end())
        return core::Error{core::ErrorCode::BadInput,
                           "no load \"" + load_id + "\" in the configuration"};
    const auto index = static_cast<std::size_t>(load - config.loads.begin());
    const auto trigger = value_of<core::Trigger>(text_at(decision, "trigger"));
    if (!trigger) return lacks("trigger");
    const auto state = state_from_json(value_at(decision, "state"), config);
    if (!state) return state.error();
    const auto memory = memory_from_json(value_at(decision, "memory"), config);
    if (!memory) return memory.error();
    const core::Occasion occasion = *trigger == core::Trigger::BlockTick
                                        ? core::Occasion::tick()
                                        : core::Occasion::between_blocks(*trigger, index);
    return RecordedCase{{config, *memory, *state, occasion}, index};
}

}  // namespace bitgrid::wire
