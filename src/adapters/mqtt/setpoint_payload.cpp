#include "adapters/mqtt/setpoint_payload.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "wire/bounded_json.hpp"
#include "wire/time_text.hpp"
#include "wire/words.hpp"

namespace bitgrid::adapters {
namespace {

using Json = nlohmann::json;

constexpr wire::JsonBounds kSetpointBounds{1'024, 4};
constexpr std::size_t kMostIdBytes = 64;
constexpr double kMostWatts = 1e6;
constexpr std::int64_t kMostEpochNumber = std::int64_t{1} << 50;
constexpr std::array<std::string_view, 6> kRefusals{"",       "STALE_EPOCH",      "EXPIRED",
                                                    "LAPSED", "OVER_TEMPERATURE", "ENDING"};

core::Error unfit(const char* what) { return {core::ErrorCode::BadInput, what}; }

core::Result<Json> object_in(std::string_view payload) {
    auto json = wire::parse_json(payload, kSetpointBounds);
    if (!json) return json;
    if (!json->is_object()) return unfit("a command is an object");
    return json;
}

std::string text_in(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

core::Result<std::int64_t> epoch_in(const Json& json) {
    const auto found = json.find("epoch");
    if (found == json.end()) return std::int64_t{0};
    if (!found->is_number_integer()) return unfit("epoch: a whole number");
    const auto epoch = found->get<std::int64_t>();
    if (epoch < 0 || epoch > kMostEpochNumber) return unfit("epoch: 0 to 2^50");
    return epoch;
}

bool is_id(const std::string& id) {
    return !id.empty() && id.size() <= kMostIdBytes &&
           std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < 127; });
}

core::Result<core::Target> target_in(const Json& json, core::Watts watts) {
    const std::string word = text_in(json, "level");
    const auto& words = wire::Words<core::Level>::all;
    const auto found = std::find(words.begin(), words.end(), word);
    if (found == words.end()) return unfit("level: off, eco, full or limited");
    const auto level = static_cast<core::Level>(found - words.begin());
    return core::Target{level, level == core::Level::Limited ? watts : core::Watts{}};
}

}  // namespace

std::string_view word_of(ports::Refusal refusal) {
    return kRefusals[static_cast<std::size_t>(refusal)];
}

std::string setpoint_text(const ports::Setpoint& s) {
    return Json{{"command_id", s.command_id},
                {"level", wire::Words<core::Level>::all[static_cast<std::size_t>(s.target.level)]},
                {"watts", s.watts.value},
                {"expires_at", wire::time_text(s.expires_at)},
                {"epoch", s.epoch}}
        .dump();
}

core::Result<ports::Setpoint> read_setpoint(std::string_view payload) {
    const auto json = object_in(payload);
    if (!json) return json.error();
    ports::Setpoint setpoint;
    setpoint.command_id = text_in(*json, "command_id");
    if (!is_id(setpoint.command_id)) return unfit("command_id: 1 to 64 printable characters");
    const auto watts = json->find("watts");
    if (watts != json->end()) {
        if (!watts->is_number()) return unfit("watts: a number");
        setpoint.watts = core::Watts{watts->get<double>()};
        if (!(setpoint.watts.value >= 0 && setpoint.watts.value <= kMostWatts))
            return unfit("watts: 0 to 1000000");
    }
    const auto target = target_in(*json, setpoint.watts);
    if (!target) return target.error();
    setpoint.target = *target;
    const auto epoch = epoch_in(*json);
    if (!epoch) return epoch.error();
    setpoint.epoch = *epoch;
    if (!setpoint.target.is_on()) return setpoint;
    const auto expires = wire::parse_time(text_in(*json, "expires_at"));
    if (!expires) return unfit("expires_at: a time, 2026-06-15T10:00:00.000Z");
    setpoint.expires_at = *expires;
    return setpoint;
}

std::string ack_text(const SetpointAck& ack) {
    const char* state = ack.refusal == ports::Refusal::None     ? "accepted"
                        : ack.refusal == ports::Refusal::Lapsed ? "lapsed"
                                                                : "refused";
    return Json{{"command_id", ack.command_id}, {"state", state}, {"error", word_of(ack.refusal)}}
        .dump();
}

core::Result<SetpointAck> read_setpoint_ack(std::string_view payload) {
    const auto json = object_in(payload);
    if (!json) return json.error();
    SetpointAck ack{text_in(*json, "command_id"), ports::Refusal::None};
    if (!is_id(ack.command_id)) return unfit("command_id: 1 to 64 printable characters");
    const auto found = std::find(kRefusals.begin(), kRefusals.end(), text_in(*json, "error"));
    if (found == kRefusals.end()) return unfit("error: a word that is known");
    ack.refusal = static_cast<ports::Refusal>(found - kRefusals.begin());
    return ack;
}

core::Result<std::int64_t> read_claimed_epoch(std::string_view payload) {
    if (payload.empty()) return std::int64_t{0};
    const auto json = object_in(payload);
    if (!json) return json.error();
    return epoch_in(*json);
}

}  // namespace bitgrid::adapters
