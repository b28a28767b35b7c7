#include "sim/web/tasmota.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/web/json_text.hpp"

namespace bitgrid::sim {

using nlohmann::json;

namespace {

constexpr int kMostTenths = 111;

double seconds_of(int code) { return code <= kMostTenths ? code / 10.0 : code - 100.0; }

int code_of(double seconds) {
    return static_cast<int>(seconds <= 11.1 ? std::ceil(seconds * 10) : std::ceil(seconds) + 100);
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    });
    return text;
}

}  // namespace

std::string Tasmota::power(const std::string& argument) {
    const std::string wish = lower(argument);
    const auto timer = [this] {
        return pulse_code_ > 0 ? std::optional{seconds_of(pulse_code_)} : std::nullopt;
    };
    if (wish == "on" || wish == "1") plug().set(true, timer());
    if (wish == "off" || wish == "0") plug().set(false, std::nullopt);
    if (wish == "toggle" || wish == "2") {
        const bool is_on = !plug().is_on();
        plug().set(is_on, is_on ? timer() : std::nullopt);
    }
    return json{{"POWER", plug().is_on() ? "ON" : "OFF"}}.dump();
}

std::string Tasmota::pulse_time(const std::string& argument) {
    int code = 0;
    const char* end = argument.data() + argument.size();
    const auto [stop, error] = std::from_chars(argument.data(), end, code);
    if (error == std::errc{} && stop == end && code >= 0 && code <= 65'535) {
        pulse_code_ = code;
        if (plug().is_on()) power("on");
    }
    const auto left = plug().timer_left_s();
    return json{{"PulseTime1", {{"Set", pulse_code_}, {"Remaining", left ? code_of(*left) : 0}}}}
        .dump();
}

std::string Tasmota::say(const std::string& command, const std::string& argument) {
    const std::string word = lower(command);
    const double watts = house_.shown(config_.signal, plug().power_w());
    if (word == "power" || word == "power1") return power(argument);
    if (word == "pulsetime1") return pulse_time(argument);
    if (word == "state")
        return json{{"UptimeSec", house_.physics().time().ms / 1000 % 1'000'000},
                    {"POWER", plug().is_on() ? "ON" : "OFF"},
                    {"Wifi", {{"RSSI", 82}}}}
            .dump();
    if (word == "status" && (argument == "8" || argument == "10"))
        return text_of(json{{"StatusSNS",
                             {{"ENERGY",
                               {{"Total", plug().energy_wh() / 1000},
                                {"Power", std::round(watts)},
                                {"Voltage", 229}}}}}});
    return R"({"Command":"Unknown"})";
}

WebAnswer Tasmota::answer(const WebRequest& request) {
    house_.now();
    if (request.path != "/cm") return {404, "Not Found", "text/plain"};
    const std::string line = request.query_or("cmnd", "");
    const std::size_t blank = line.find(' ');
    return {200,
            say(line.substr(0, blank), blank == std::string::npos ? "" : line.substr(blank + 1))};
}

}  // namespace bitgrid::sim
