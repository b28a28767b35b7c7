#include "adapters/shelly/shelly_reply.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrid::adapters::shelly {
namespace {

using core::Error;
using core::ErrorCode;
using Json = nlohmann::json;

constexpr std::size_t kMostErrors = 8, kLongestError = 40;

std::optional<double> number_at(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number()) return std::nullopt;
    const auto value = found->get<double>();
    return std::isfinite(value) ? std::optional{value} : std::nullopt;
}

std::string errors_of(const Json& status) {
    std::string text;
    const auto found = status.find("errors");
    if (found == status.end() || !found->is_array()) return text;
    for (std::size_t i = 0; i < found->size() && i < kMostErrors; ++i) {
        if (!text.empty()) text += ' ';
        const Json& error = (*found)[i];
        text += error.is_string() ? error.get<std::string>().substr(0, kLongestError) : "?";
    }
    return text;
}

bool is_true(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() && found->get<bool>();
}

const Json* channel_at(const Json& status, const char* list, std::size_t channel) {
    if (!status.is_object()) return nullptr;
    const auto found = status.find(list);
    if (found == status.end() || !found->is_array() || channel >= found->size()) return nullptr;
    const Json& one = (*found)[channel];
    return one.is_object() ? &one : nullptr;
}

ErrorCode code_of(int number) {
    switch (number) {
        case -105:
        case 404:
            return ErrorCode::NotFound;
        case -108:
        case -114:
        case 429:
        case 503:
            return ErrorCode::Unavailable;
        default:
            return ErrorCode::Refused;
    }
}

}  // namespace

core::Result<SwitchStatus> read_switch_status(const Json& json) {
    const bool has_output =
        json.is_object() && json.contains("output") && json["output"].is_boolean();
    if (!has_output) return Error{ErrorCode::Damaged, "switch status without its output"};
    SwitchStatus status;
    status.is_on = json["output"].get<bool>();
    status.power_w = number_at(json, "apower");
    status.timer_s = number_at(json, "timer_duration");
    status.timer_began_s = number_at(json, "timer_started_at");
    status.errors = errors_of(json);
    return status;
}

core::Result<Json> read_result(const WebReply& reply) {
    const Json& json = reply.json;
    // `{"code":…}` with a status of 500, a frame with `error`, or a bare HTTP error.
    const Json* error = nullptr;
    if (json.is_object() && json.contains("error")) error = &json["error"];
    else if (!reply.is_good()) error = &json;
    if (error == nullptr) {
        if (json.is_object()) return json;
        return Error{ErrorCode::Damaged, "answer is no JSON object"};
    }
    const double number =
        error->is_object() ? number_at(*error, "code").value_or(reply.status) : reply.status;
    const int code = std::abs(number) < 100'000 ? static_cast<int>(number) : reply.status;
    return Error{code_of(code), "RPC error " + std::to_string(code) + ", " + reply.complaint()};
}

core::Result<Json> read_gen1(const WebReply& reply) {
    if (!reply.is_good())
        return Error{reply.status == 404 ? ErrorCode::NotFound : ErrorCode::Refused,
                     reply.complaint()};
    // It answers a bad request with words, and a status of 200 in older firmware.
    if (reply.json.is_object()) return reply.json;
    return Error{ErrorCode::Damaged, "answer is no JSON object"};
}

core::Result<PlugStatus> read_gen1_status(const Json& json, std::size_t channel) {
    const Json* relay = channel_at(json, "relays", channel);
    if (relay == nullptr || !relay->contains("ison") || !(*relay)["ison"].is_boolean())
        return Error{ErrorCode::Damaged, "status without its relay"};
    PlugStatus status;
    status.is_on = (*relay)["ison"].get<bool>();
    if (is_true(*relay, "has_timer")) {
        const auto left = number_at(*relay, "timer_remaining");
        status.tells_timer = left.has_value();
        if (left) status.timer_s = std::max(*left, 0.0);
    }
    if (is_true(*relay, "overpower")) status.errors = "overpower";
    if (is_true(json, "overtemperature"))
        status.errors += status.errors.empty() ? "overtemperature" : " overtemperature";
    const Json* meter = channel_at(json, "meters", channel);
    const bool is_valid =
        meter != nullptr && (!meter->contains("is_valid") || is_true(*meter, "is_valid"));
    if (is_valid) status.power_w = number_at(*meter, "power");
    return status;
}

}  // namespace bitgrid::adapters::shelly
