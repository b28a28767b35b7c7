#include "sim/web/control_api.hpp"

#include "sim/commands.hpp"
#include "sim/web/json_text.hpp"

namespace bitgrid::sim {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Flows& f) {
    return {{"pv_power_w", f.pv_w},           {"house_load_w", f.house_w},
            {"car_power_w", f.car_w},         {"miner_power_w", f.miner_w},
            {"bitaxe_power_w", f.bitaxe_w},   {"rod_power_w", f.rod_w},
            {"battery_power_w", f.battery_w}, {"grid_power_w", f.grid_w}};
}

Json json_of(const Meters& m) {
    return {{"pv_energy_wh", m.pv_wh},           {"house_energy_wh", m.house_wh},
            {"car_energy_wh", m.car_wh},         {"loads_energy_wh", m.loads_wh},
            {"charged_energy_wh", m.charged_wh}, {"discharged_energy_wh", m.discharged_wh},
            {"import_energy_wh", m.import_wh},   {"export_energy_wh", m.export_wh}};
}

Json json_of(const MinerModel& m) {
    constexpr const char* kPhases[] = {"unpowered", "booting", "standby", "working", "protecting"};
    constexpr const char* kModes[] = {"eco", "standard", "super"};
    return {{"phase", kPhases[static_cast<int>(m.phase())]},
            {"mode", kModes[static_cast<int>(m.mode())]},
            {"power_w", m.power_w()},
            {"temp_c", m.temp_c()},
            {"fan_rpm", m.fan_rpm()},
            {"hashrate_ths", m.hashrate_ths()},
            {"device_s", m.device_s()},
            {"boots", m.boots()},
            {"has_blocked_fan", m.faults.has_blocked_fan},
            {"ignores_stop", m.faults.ignores_stop},
            {"lies", m.faults.lies}};
}

Json json_of(const Plug& p) {
    return {{"is_on", p.is_on()},
            {"is_closed", p.is_closed()},
            {"power_w", p.power_w()},
            {"timer_left_s", p.timer_left_s() ? Json(*p.timer_left_s()) : Json(nullptr)}};
}

Json json_of(const Faults& faults) {
    constexpr const char* kLinks[] = {"up", "cut", "hangs"};
    Json links, reported = Json::object(), scaled = Json::object();
    for (std::size_t i = 0; i < kDeviceNames.size(); ++i)
        links[std::string{kDeviceNames[i]}] = kLinks[static_cast<int>(faults.links[i])];
    for (const auto& [signal, value] : faults.reported) reported[signal] = value;
    for (const auto& [signal, factor] : faults.scaled) scaled[signal] = factor;
    return {{"links", links},
            {"modbus", static_cast<int>(faults.modbus)},
            {"has_broken_json", faults.has_broken_json},
            {"reported", reported},
            {"scaled", scaled}};
}

}  // namespace

std::string describe_state(House& house) {
    const HousePhysics& now = house.now();
    Json log = Json::array();
    for (const DoneOrder& done : house.log())
        log.push_back(
            {{"time_ms", done.time.ms}, {"order", done.order}, {"refused", done.refused}});
    const Json state{
        {"time_ms", now.time().ms},
        {"flows", json_of(now.flows())},
        {"meters", json_of(now.meters())},
        {"battery", {{"soc_pct", now.battery.soc_pct()}, {"stored_wh", now.battery.stored_wh()}}},
        {"price_ct_kwh", house.market().price_ct_kwh(now.time())},
        {"miner", json_of(now.miner)},
        {"bitaxe", json_of(now.bitaxe)},
        {"plug", json_of(now.miner_plug)},
        {"rod", json_of(now.rod_plug)},
        {"faults", json_of(house.faults())},
        {"log", log}};
    return text_of(state);
}

WebAnswer ControlApi::command(const std::string& body) {
    const Json json = Json::parse(body, nullptr, false);
    if (!json.is_object() || !json.contains("do") || !json["do"].is_string() ||
        !(json.value("args", Json("")).is_string()))
        return {400, R"({"error":"expected {\"do\": \"…\", \"args\": \"…\"}"})"};
    std::string line = json["do"].get<std::string>();
    if (const auto args = json.value("args", std::string{}); !args.empty()) line += " " + args;
    const auto done = house_.order(line);
    if (!done) return {422, text_of(Json{{"error", done.error().what}})};
    return {200, text_of(Json{{"done", line}, {"time_ms", house_.physics().time().ms}})};
}

WebAnswer ControlApi::advance(const std::string& body) {
    if (!advance_) return {409, R"({"error":"the clock of this house moves by itself"})"};
    const Json json = Json::parse(body, nullptr, false);
    const double seconds =
        json.is_object() && json.contains("seconds") && json["seconds"].is_number()
            ? json["seconds"].get<double>()
            : -1;
    if (!(seconds >= 0 && seconds <= 86'400))
        return {400, R"({"error":"seconds must be 0 to 86400"})"};
    advance_(static_cast<std::int64_t>(seconds * 1000));
    return {200, Json{{"time_ms", house_.now().time().ms}}.dump()};
}

WebAnswer ControlApi::answer(const WebRequest& request) {
    const std::string call = request.method + " " + request.path;
    if (call == "POST /sim/command") return command(request.body);
    if (call == "POST /sim/advance") return advance(request.body);
    if (call == "GET /sim/state") return {200, describe_state(house_)};
    if (call == "GET /sim/orders") {
        Json list = Json::array();
        for (const auto& help : order_list())
            list.push_back({{"usage", help.usage}, {"does", help.does}});
        return {200, list.dump()};
    }
    return {404, R"({"error":"no such path"})"};
}

}  // namespace bitgrid::sim
