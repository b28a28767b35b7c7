#include "adapters/tasmota/tasmota_reply.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrid::adapters::tasmota {
namespace {

using core::Error;
using core::ErrorCode;
using Json = nlohmann::json;

constexpr int kOffset = 100;
constexpr int kMostTenths = 111;
constexpr int kMostCode = 64'900;
constexpr std::size_t kMostPhases = 8;

std::optional<double> finite(const Json& json) {
    if (!json.is_number()) return std::nullopt;
    const auto value = json.get<double>();
    return std::isfinite(value) ? std::optional{value} : std::nullopt;
}

const Json* member(const Json& json, const std::string& key) {
    if (!json.is_object()) return nullptr;
    const auto found = json.find(key);
    return found == json.end() ? nullptr : &*found;
}

std::string text_of(const Json* json) {
    return json != nullptr && json->is_string() ? json->get<std::string>() : std::string{};
}

}  // namespace

int pulse_code(int seconds) {
    if (10 * seconds <= kMostTenths) return std::max(10 * seconds, 1);
    return std::min(seconds + kOffset, kMostCode);
}

double pulse_seconds(double code) {
    if (!(code > 0)) return 0;
    return code <= kMostTenths ? code / 10 : code - kOffset;
}

core::Result<Json> read_answer(const WebReply& reply) {
    if (!reply.is_good())
        return Error{reply.status == 404 ? ErrorCode::NotFound : ErrorCode::Refused,
                     reply.complaint()};
    if (!reply.json.is_object()) return Error{ErrorCode::Damaged, "answer is no JSON object"};
    // Both with a status of 200.
    if (member(reply.json, "WARNING") != nullptr)
        return Error{ErrorCode::Refused, "it wants a user and a password, or others than these"};
    const std::string command = text_of(member(reply.json, "Command"));
    if (command == "Unknown" || command == "Error")
        return Error{ErrorCode::Refused, "it does not know the command"};
    return reply.json;
}

core::Result<bool> read_power_state(const Json& json, int index) {
    const Json* state = member(json, "POWER" + std::to_string(index));
    // A device with one switch gives it no number.
    if (state == nullptr && index == 1) state = member(json, "POWER");
    const std::string text = text_of(state);
    if (text == "ON") return true;
    if (text == "OFF") return false;
    return Error{ErrorCode::Damaged, "answer without its switch"};
}

std::optional<double> read_watts(const Json& json) {
    const Json* sensors = member(json, "StatusSNS");
    const Json* energy = sensors != nullptr ? member(*sensors, "ENERGY") : nullptr;
    const Json* power = energy != nullptr ? member(*energy, "Power") : nullptr;
    if (power == nullptr) return std::nullopt;
    if (!power->is_array()) return finite(*power);
    if (power->empty() || power->size() > kMostPhases) return std::nullopt;
    double sum_w = 0;
    for (const Json& phase : *power) {
        const auto watts = finite(phase);
        if (!watts) return std::nullopt;
        sum_w += *watts;
    }
    return std::isfinite(sum_w) ? std::optional{sum_w} : std::nullopt;
}

std::optional<PulseTime> read_pulse_time(const Json& json, int index) {
    const Json* timer = member(json, "PulseTime" + std::to_string(index));
    const Json* set = timer != nullptr ? member(*timer, "Set") : nullptr;
    const Json* remaining = timer != nullptr ? member(*timer, "Remaining") : nullptr;
    if (set == nullptr || remaining == nullptr) return std::nullopt;
    const auto set_code = finite(*set);
    const auto left_code = finite(*remaining);
    if (!set_code || !left_code) return std::nullopt;
    return PulseTime{std::clamp(*set_code, 0.0, 65'535.0),
                     pulse_seconds(std::clamp(*left_code, 0.0, 65'535.0))};
}

}  // namespace bitgrid::adapters::tasmota
