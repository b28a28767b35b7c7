#include "sim/web/axeos.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/noise.hpp"

namespace bitgrid::sim {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kDefaultMhz = 525;
constexpr double kAcceptedPerTerahash = 0.01;

double rounded(double value, double step) { return std::round(value / step) * step; }

WebAnswer done(const char* message) {
    return {200, Json{{"status", "success"}, {"message", message}}.dump()};
}

}  // namespace

Link AxeOs::link() {
    const HousePhysics& house = house_.now();
    const Link link = house_.faults().link(Device::Bitaxe);
    return link == Link::Up && !house.bitaxe.is_answering() ? Link::Cut : link;
}

std::string AxeOs::info() {
    const MinerModel& miner = house_.physics().bitaxe;
    const bool is_paused = miner.phase() == MinerPhase::Standby;
    const bool is_protecting = miner.phase() == MinerPhase::Protecting;
    const bool is_idle = is_paused || is_protecting || miner.phase() == MinerPhase::Booting;
    const auto second = static_cast<std::int64_t>(miner.device_s());
    const double power = house_.shown("bitaxe.power_w", miner.power_w());
    const double temp =
        house_.shown("bitaxe.temp_c", is_idle ? -1 : house_.physics().chip_c(miner));
    const double ghs = miner.hashrate_ths() * 1000 * (1 + 0.02 * smooth_noise(41, second, 5));
    const auto shares = static_cast<std::int64_t>(miner.terahashes() * kAcceptedPerTerahash);
    const Json info{{"power", rounded(power, 0.1)},
                    {"voltage", 5021.0},
                    {"current", rounded(power / 5.021 * 1000, 1)},
                    {"temp", rounded(temp, 0.1)},
                    {"temp2", -1},
                    {"vrTemp", std::round(miner.temp_c() + 3)},
                    {"hashRate", rounded(ghs, 0.1)},
                    {"hashRate_1m", rounded(miner.hashrate_ths() * 995, 0.1)},
                    {"expectedHashrate", std::round(miner.point().ths * 1000)},
                    {"frequency", frequency_mhz_},
                    {"coreVoltage", core_mv_},
                    {"coreVoltageActual", is_idle ? 0 : core_mv_ - 9},
                    {"fanspeed", std::round(100 * miner.fan_share())},
                    {"fanrpm", std::round(miner.fan_rpm())},
                    {"overheat_mode", is_protecting ? 1 : 0},
                    {"miningPaused", is_paused},
                    {"sharesAccepted", shares},
                    {"sharesRejected", shares / 300},
                    {"uptimeSeconds",
                     static_cast<std::int64_t>(house_.shown("bitaxe.elapsed_s", miner.device_s()))},
                    {"wifiRSSI", -56},
                    {"ASICModel", "BM1370"},
                    {"boardVersion", "601"},
                    {"version", "v2.9.0"},
                    {"maxPower", 40},
                    {"macAddr", "AA:BB:CC:00:11:22"},
                    {"hostname", "bitaxe"}};
    return info.dump();
}

void AxeOs::set_frequency(int mhz) {
    frequency_mhz_ = mhz;
    const double share = static_cast<double>(mhz) / kDefaultMhz;
    house_.physics().bitaxe.set_point({4 + 13.4 * std::pow(share, 1.4), 1.2 * share});
}

WebAnswer AxeOs::patch(const std::string& body) {
    const Json json = Json::parse(body, nullptr, false);
    const auto is_number = [&](const char* key) {
        return !json.contains(key) || json[key].is_number();
    };
    if (!json.is_object() || !is_number("frequency") || !is_number("coreVoltage"))
        return {400, R"({"error":"Wrong API input"})"};
    const double mhz = json.value("frequency", static_cast<double>(frequency_mhz_));
    const double mv = json.value("coreVoltage", static_cast<double>(core_mv_));
    if (!(mhz >= 1 && mhz <= 2000) || !(mv >= 1 && mv <= 2000))
        return {400, R"({"error":"Wrong API input"})"};
    set_frequency(static_cast<int>(mhz));
    core_mv_ = static_cast<int>(mv);
    return done("System settings updated");
}

WebAnswer AxeOs::answer(const WebRequest& request) {
    MinerModel& miner = house_.now().bitaxe;
    const std::string call = request.method + " " + request.path;
    if (call == "GET /api/system/info") return {200, info()};
    if (call == "GET /api/system/asic")
        return {200, Json{{"ASICModel", "BM1370"},
                          {"deviceModel", "Gamma"},
                          {"asicCount", 1},
                          {"defaultFrequency", kDefaultMhz},
                          {"frequencyOptions", {400, 490, 525, 550, 575}},
                          {"defaultVoltage", 1150},
                          {"voltageOptions", {1100, 1150, 1200}}}
                         .dump()};
    if (call == "PATCH /api/system") return patch(request.body);
    if (call == "POST /api/system/pause") {
        miner.stop();
        return done("Mining paused");
    }
    if (call == "POST /api/system/resume") {
        miner.start();
        return done("Mining resumed");
    }
    if (call == "POST /api/system/restart") {
        miner.reboot();
        return done("System will restart shortly.");
    }
    return {404, R"({"error":"unknown route"})"};
}

}  // namespace bitgrid::sim
