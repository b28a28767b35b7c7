#include "sim/web/shelly.hpp"

#include <charconv>
#include <cmath>
#include <optional>

#include "sim/noise.hpp"
#include "sim/web/json_text.hpp"

namespace bitgrid::sim {

using nlohmann::json;

struct Shelly::Outcome {
    json result;
    int error{0};  ///< Shelly's code; 0: none, 404: no such method
    std::string message;
};

namespace {

constexpr int kBadArgument = -103;
constexpr int kNotFound = -105;

double rounded(double value, double step) { return std::round(value / step) * step; }

// The query's words as JSON: true, false and numbers are what they look like.
json params_of(const std::map<std::string, std::string>& query) {
    json params = json::object();
    for (const auto& [key, text] : query) {
        double number = 0;
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, number);
        if (text == "true" || text == "false") params[key] = text == "true";
        else if (error == std::errc{} && stop == end && !text.empty()) params[key] = number;
        else params[key] = text;
    }
    return params;
}

}  // namespace

ShellyConfig miner_plug() { return {}; }

ShellyConfig rod_plug() {
    return {Device::Rod, &HousePhysics::rod_plug, "shellyplugsg3-sim002", "rod.power_w"};
}

json Shelly::device_info() const {
    return {
        {"name", nullptr},         {"id", config_.id}, {"mac", "5432045SIM01"},
        {"model", "S3PL-00112EU"}, {"gen", 3},         {"fw_id", "20250924-062717/1.4.4-g83cd4ff"},
        {"ver", "1.4.4"},          {"app", "PlugSG3"}, {"auth_en", false},
        {"auth_domain", nullptr}};
}

json Shelly::status() const {
    const Plug& plug = this->plug();
    const core::UnixTime now = house_.physics().time();
    const double volts = 230 + 2 * smooth_noise(21, now.ms / 1000, 20);
    const double watts = house_.shown(config_.signal, plug.power_w());
    json status{
        {"id", 0},
        {"source", source_},
        {"output", plug.is_on()},
        {"apower", rounded(watts, 0.1)},
        {"voltage", rounded(volts, 0.1)},
        {"current", rounded(watts / volts, 0.001)},
        {"aenergy",
         {{"total", rounded(81'442 + plug.energy_wh(), 0.001)},
          {"by_minute", {0, 0, 0}},
          {"minute_ts", now.ms / 60'000 * 60}}},
        {"temperature",
         {{"tC", rounded(28 + watts / 80, 0.1)}, {"tF", rounded(82.4 + watts / 44.4, 0.1)}}}};
    if (plug.timer_s()) {
        const double gone = *plug.timer_s() - *plug.timer_left_s();
        status["timer_started_at"] = static_cast<double>(now.ms) / 1000 - gone;
        status["timer_duration"] = *plug.timer_s();
    }
    return status;
}

Shelly::Outcome Shelly::set(const json& params) {
    if (!params.contains("on") || !params["on"].is_boolean())
        return {{}, kBadArgument, "Missing or bad argument 'on'!"};
    std::optional<double> toggle_after;
    if (params.contains("toggle_after")) {
        if (!params["toggle_after"].is_number() || params["toggle_after"].get<double>() < 0)
            return {{}, kBadArgument, "Argument 'toggle_after', value out of range!"};
        toggle_after = params["toggle_after"].get<double>();
    }
    const bool was_on = plug().is_on();
    plug().set(params["on"].get<bool>(), toggle_after);
    source_ = "HTTP_in";
    return {{{"was_on", was_on}}, 0, ""};
}

Shelly::Outcome Shelly::call(const std::string& method, const json& params) {
    if (method == "Shelly.GetDeviceInfo") return {device_info(), 0, ""};
    if (method == "Shelly.GetStatus")
        return {
            {{"switch:0", status()}, {"sys", {{"unixtime", house_.physics().time().ms / 1000}}}},
            0,
            ""};
    if (!method.starts_with("Switch.")) return {{}, 404, "No handler for " + method};
    if (!params.contains("id") || !params["id"].is_number())
        return {{}, kBadArgument, "Missing required argument 'id'!"};
    if (params["id"].get<double>() != 0) return {{}, kNotFound, "Argument 'id', value not found!"};
    if (method == "Switch.Set") return set(params);
    if (method == "Switch.Toggle") return set({{"on", !plug().is_on()}});
    if (method == "Switch.GetStatus") return {status(), 0, ""};
    if (method == "Switch.GetConfig")
        return {{{"id", 0},
                 {"name", nullptr},
                 {"initial_state", "off"},
                 {"auto_on", false},
                 {"auto_off", false},
                 {"power_limit", 2500}},
                0,
                ""};
    return {{}, 404, "No handler for " + method};
}

WebAnswer Shelly::answer(const WebRequest& request) {
    house_.now();
    if (request.path == "/shelly") return {200, device_info().dump()};
    if (request.path == "/rpc" && request.method == "POST") {
        const json frame = json::parse(request.body, nullptr, false);
        if (!frame.is_object() || !frame.contains("method") || !frame["method"].is_string())
            return {400, R"({"code":-32700,"message":"Invalid JSON"})"};
        const Outcome out =
            call(frame["method"].get<std::string>(), frame.value("params", json::object()));
        json reply{{"id", frame.value("id", json{0})}, {"src", config_.id}};
        if (frame.contains("src")) reply["dst"] = frame["src"];
        if (out.error == 0) reply["result"] = out.result;
        else reply["error"] = {{"code", out.error}, {"message", out.message}};
        return {200, text_of(reply)};
    }
    if (!request.path.starts_with("/rpc/")) return {404, "Not Found", "text/plain"};
    json params = params_of(request.query);
    if (request.method == "POST") params = json::parse(request.body, nullptr, false);
    if (!params.is_object()) return {400, R"({"code":-32700,"message":"Invalid JSON"})"};
    const Outcome out = call(request.path.substr(5), params);
    if (out.error == 0) return {200, out.result.dump()};
    return {out.error == 404 ? 404 : 500,
            text_of(json{{"code", out.error}, {"message", out.message}})};
}

}  // namespace bitgrid::sim
