#include "sim/web/shelly1.hpp"

#include <charconv>
#include <cmath>
#include <optional>

#include "sim/web/json_text.hpp"

namespace bitgrid::sim {

using nlohmann::json;

namespace {

std::optional<double> whole_seconds(const std::string& text) {
    int seconds = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, seconds);
    if (error != std::errc{} || stop != end || seconds < 0 || seconds > 86'400) return std::nullopt;
    return seconds;
}

}  // namespace

json Shelly1::relay_status() const {
    const Plug& plug = this->plug();
    const double left = std::ceil(plug.timer_left_s().value_or(0));
    return {{"ison", plug.is_on()},    {"has_timer", plug.timer_s().has_value()},
            {"timer_started", 0},      {"timer_duration", plug.timer_s().value_or(0)},
            {"timer_remaining", left}, {"overpower", false},
            {"source", "http"}};
}

WebAnswer Shelly1::relay(const WebRequest& request) {
    const std::string turn = request.query_or("turn", "");
    std::optional<double> timer;
    if (const std::string text = request.query_or("timer", ""); !text.empty()) {
        timer = whole_seconds(text);
        if (!timer) return {400, "Bad timer!", "text/plain"};
    }
    if (!turn.empty() && turn != "on" && turn != "off" && turn != "toggle")
        return {400, "Bad turn!", "text/plain"};
    if (turn == "toggle") plug().set(!plug().is_on(), timer);
    else if (!turn.empty()) plug().set(turn == "on", timer);
    return {200, relay_status().dump()};
}

WebAnswer Shelly1::answer(const WebRequest& request) {
    house_.now();
    if (request.path == "/shelly")
        return {200, json{{"type", "SHPLG-S"}, {"mac", "C0FFEE000001"}, {"auth", false}}.dump()};
    if (request.path == "/relay/0") return relay(request);
    if (request.path != "/status") return {404, "Not Found", "text/plain"};
    const double watts = house_.shown(config_.signal, plug().power_w());
    return {200, text_of(json{{"relays", {relay_status()}},
                              {"meters",
                               {{{"power", std::round(watts * 100) / 100},
                                 {"is_valid", true},
                                 {"total", std::floor(plug().energy_wh() * 60)}}}},
                              {"temperature", 28 + watts / 80},
                              {"overtemperature", false},
                              {"unixtime", house_.physics().time().ms / 1000}})};
}

}  // namespace bitgrid::sim
