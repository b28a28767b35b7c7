#include "adapters/shelly/shelly_reply.hpp"

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

}  // namespace bitgrid::adapters::shelly
