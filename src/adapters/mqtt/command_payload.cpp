#include "adapters/mqtt/command_payload.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>

#include "adapters/mqtt/sensor_payload.hpp"
#include "adapters/mqtt/topic.hpp"
#include "wire/bounded_json.hpp"
#include "wire/words.hpp"

namespace bitgrid::adapters {
namespace {

using Json = nlohmann::json;
using Kind = MqttCommand::Kind;

constexpr std::size_t kMostBytes = 4'096;
constexpr std::size_t kMostIdBytes = 64;

core::Error bad(std::string what) { return {core::ErrorCode::BadInput, std::move(what)}; }

bool is_id(const std::string& text) {
    return !text.empty() && text.size() <= kMostIdBytes &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isgraph(c); });
}

core::Result<void> allow_only(const Json& json, std::initializer_list<std::string_view> keys) {
    for (const auto& [key, value] : json.items())
        if (key != "command_id" && std::find(keys.begin(), keys.end(), key) == keys.end())
            return bad("unknown key '" + key.substr(0, 32) + "'");
    return {};
}

core::Result<void> read_limits(const Json& json, ports::OverrideRequest& request) {
    const bool is_limit = request.action == core::OverrideAction::Limit;
    if (json.contains("watts") != is_limit) return bad("watts: needed for LIMIT, and only there");
    if (is_limit) {
        const Json& watts = json["watts"];
        const double value = watts.is_number() ? watts.get<double>() : -1;
        if (!(value > 0 && value <= 100'000)) return bad("watts: a number, 1 to 100000");
        request.limit = core::Watts{value};
    }
    if (json.contains("duration_min")) {
        const Json& minutes = json["duration_min"];
        const bool is_whole = minutes.is_number_integer();
        if (!is_whole || !(minutes.get<double>() >= 1 && minutes.get<double>() <= 1440))
            return bad("duration_min: a whole number, 1 to 1440");
        request.duration_min = minutes.get<int>();
    }
    if (json.contains("use_reserve")) {
        if (!json["use_reserve"].is_boolean()) return bad("use_reserve: true or false");
        request.use_reserve = json["use_reserve"].get<bool>();
    }
    return {};
}

core::Result<MqttCommand> read_override(std::string_view load, const Json& json) {
    if (!json.is_object()) return bad("an object is needed: {\"action\": …}");
    if (auto known = allow_only(json, {"action", "watts", "duration_min", "use_reserve"}); !known)
        return known.error();
    const auto action = json.find("action");
    if (action == json.end() || !action->is_string())
        return bad("action: START, STOP, LIMIT or NONE");
    MqttCommand command;
    command.request.load_id = load;
    const std::string& word = action->get_ref<const std::string&>();
    if (word == "NONE") {
        command.kind = Kind::EndOverride;
        return command;
    }
    const auto wanted = wire::value_of<core::OverrideAction>(word);
    if (!wanted) return bad("action: START, STOP, LIMIT or NONE");
    command.kind = Kind::SetOverride;
    command.request.action = *wanted;
    if (auto limits = read_limits(json, command.request); !limits) return limits.error();
    return command;
}

core::Result<MqttCommand> read_autonomy(std::string_view text, const Json& json) {
    std::string word{text};
    if (json.is_object()) {
        if (auto known = allow_only(json, {"level"}); !known) return known.error();
        const auto level = json.find("level");
        if (level == json.end() || !level->is_string())
            return bad("level: MANUAL, ASSIST, SEMI or FULL");
        word = level->get_ref<const std::string&>();
    }
    const auto level = wire::value_of<core::AutonomyLevel>(word);
    if (!level) return bad("level: MANUAL, ASSIST, SEMI or FULL");
    MqttCommand command;
    command.kind = Kind::SetAutonomy;
    command.autonomy = *level;
    return command;
}

// A button sends one of these words, or a document with at most an id.
core::Result<MqttCommand> read_button(Kind kind, std::string_view text, const Json& json) {
    constexpr std::array<std::string_view, 6> kPressed{"", "PRESS", "ON", "on", "1", "true"};
    if (json.is_object()) {
        if (auto known = allow_only(json, {}); !known) return known.error();
    } else if (std::find(kPressed.begin(), kPressed.end(), text) == kPressed.end()) {
        return bad("PRESS, or an object with a command_id");
    }
    MqttCommand command;
    command.kind = kind;
    return command;
}

core::Result<MqttCommand> read_research(std::string_view text, const Json& json) {
    constexpr std::array<std::string_view, 4> kOn{"ON", "on", "1", "true"};
    constexpr std::array<std::string_view, 4> kOff{"OFF", "off", "0", "false"};
    MqttCommand command;
    command.kind = Kind::SetResearch;
    if (json.is_object()) {
        if (auto known = allow_only(json, {"enabled"}); !known) return known.error();
        const auto enabled = json.find("enabled");
        if (enabled == json.end() || !enabled->is_boolean()) return bad("enabled: true or false");
        command.is_on = enabled->get<bool>();
        return command;
    }
    command.is_on = std::find(kOn.begin(), kOn.end(), text) != kOn.end();
    if (!command.is_on && std::find(kOff.begin(), kOff.end(), text) == kOff.end())
        return bad("true, false, or an object with enabled: true or false");
    return command;
}

core::Result<MqttCommand> read_path(std::string_view path, std::string_view text,
                                    const Json& json) {
    if (path == "autonomy") return read_autonomy(text, json);
    if (path == "emergency_stop") return read_button(Kind::EmergencyStop, text, json);
    if (path == "safety/ack") return read_button(Kind::Acknowledge, text, json);
    if (path == "research") return read_research(text, json);
    const std::string_view load = topic_level(path, 1);
    if (topic_matches("load/+/override", path) && !load.empty()) return read_override(load, json);
    return bad("no such command");
}

}  // namespace

ReadCommand read_command(std::string_view path, std::string_view payload) {
    if (payload.size() > kMostBytes)
        return {"", core::Error{core::ErrorCode::TooLarge, "a command has at most 4096 bytes"}};
    Json json;
    if (payload.starts_with('{')) {
        auto parsed = wire::parse_json(payload, {kMostBytes, kMostPayloadDepth});
        if (!parsed) return {"", parsed.error()};
        json = std::move(*parsed);
    }
    std::string id;
    if (const auto found = json.find("command_id"); json.is_object() && found != json.end()) {
        if (!found->is_string() || !is_id(found->get_ref<const std::string&>()))
            return {"", bad("command_id: 1 to 64 printable characters")};
        id = *found;
    }
    return {id, read_path(path, payload, json)};
}

}  // namespace bitgrid::adapters
