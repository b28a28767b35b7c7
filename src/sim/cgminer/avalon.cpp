#include "sim/cgminer/avalon.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "sim/noise.hpp"

namespace bitgrid::sim {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kDescription = "cgminer 4.11.1";
constexpr double kAcceptedPerTerahash = 0.0002;

// What the miner says of itself, lies and frozen values included.
struct Shown {
    bool is_standby{};
    double power_w{}, temp_c{}, ghs{}, elapsed_s{}, fan_rpm{}, fan_pct{}, inlet_c{};
    int mode{};
    double accepted{};
};

Shown look(const House& house, const MinerModel& miner) {
    const bool lies = miner.faults.lies;
    const MinerPhase phase = miner.phase();
    Shown s;
    s.is_standby = lies || phase == MinerPhase::Standby || phase == MinerPhase::Protecting;
    const bool is_idle = s.is_standby || phase == MinerPhase::Booting;
    s.power_w = house.shown("miner.power_w", lies ? miner.spec().idle_w : miner.power_w());
    s.temp_c = house.shown("miner.temp_c", is_idle ? -273 : house.physics().chip_c(miner));
    s.ghs = house.shown("miner.hashrate_ths", is_idle ? 0 : miner.hashrate_ths()) * 1000;
    s.elapsed_s = house.shown("miner.elapsed_s", std::floor(miner.device_s()));
    s.ghs *= 1 + 0.01 * smooth_noise(31, static_cast<std::int64_t>(miner.device_s()), 5);
    s.fan_rpm = miner.fan_rpm();
    s.fan_pct = 100 * miner.fan_share();
    s.inlet_c = house.physics().ambient_c;
    s.mode = static_cast<int>(miner.mode());
    s.accepted = std::floor(miner.terahashes() * kAcceptedPerTerahash);
    return s;
}

std::string text(const char* format, auto... values) {
    char buffer[512];
    const int n = std::snprintf(buffer, sizeof buffer, format, values...);
    return {buffer, static_cast<std::size_t>(std::max(n, 0))};
}

// The bracket text: the only place where the chips' temperatures are.
std::string bracket_text(const Shown& s, const MinerModel& miner) {
    const char* work = s.is_standby                           ? "In Idle"
                       : miner.phase() == MinerPhase::Booting ? "In Init"
                                                              : "In Work";
    const double mean_c = s.temp_c < -200 ? s.temp_c : s.temp_c - 7;
    return text(
               "Ver[Q-25052801_56abae7] LVer[25052801_56abae7] BVer[25052801_56abae7] "
               "SYSTEMSTATU[Work: %s, Hash Board: 1 ] Elapsed[%.0f] BOOTBY[0x01.00000000] ",
               work, s.elapsed_s) +
           text(
               "DH[0.184%%] ITemp[%.0f] HBITemp[%.0f] HBOTemp[%.0f] TMax[%.0f] TAvg[%.0f] "
               "TarT[65] Fan1[%.0f] Fan2[%.0f] FanR[%.0f%%] SoftOffTime[0] SoftOnTime[0] ",
               s.inlet_c, s.inlet_c + 12, s.inlet_c + 22, s.temp_c, mean_c, s.fan_rpm, s.fan_rpm,
               s.fan_pct) +
           text(
               "PS[0 1216 2248 %.0f %.0f 2250 %.0f] GHSspd[%.2f] GHSmm[%.2f] GHSavg[%.2f] "
               "MGHS[%.2f] MPO[%.0f] WORKMODE[%d] WORKLEVEL[0] SoftOFF[%d] ECHU[0] ECMM[0] "
               "PING[21]",
               s.power_w / 23, s.power_w * 0.965, s.power_w, s.ghs, s.ghs, s.ghs * 0.997, s.ghs,
               miner.point().watts, s.mode, s.is_standby ? 1 : 0);
}

class Answer {
public:
    Answer(House& house, std::string command, std::string parameter)
        : miner_{house.now().miner},
          shown_{look(house, miner_)},
          command_{std::move(command)},
          parameter_{std::move(parameter)} {}

    Json make() {
        if (command_ == "version") return version();
        if (command_ == "summary") return summary();
        if (command_ == "estats" || command_ == "stats" || command_ == "litestats") return stats();
        if (command_ == "devs") return devs();
        if (command_ == "pools") return pools();
        if (command_ == "ascset") return ascset();
        return status('E', 14, "Invalid command");
    }

    Json status(char letter, int code, const std::string& message) const {
        Json frame;
        frame["STATUS"] = Json::array({{{"STATUS", std::string{letter}},
                                        {"When", static_cast<std::int64_t>(miner_.device_s())},
                                        {"Code", code},
                                        {"Msg", message},
                                        {"Description", kDescription}}});
        frame["id"] = 1;
        return frame;
    }

private:
    Json with(int code, const char* message, const char* section, Json row) const {
        Json frame = status('S', code, message);
        frame.erase("id");
        frame[section] = Json::array({std::move(row)});
        frame["id"] = 1;
        return frame;
    }

    Json version() const {
        return with(22, "CGMiner versions", "VERSION",
                    {{"CGMiner", "4.11.1"},
                     {"API", "3.7"},
                     {"PROD", "Avalon Q"},
                     {"MODEL", "Q"},
                     {"HWTYPE", "Q_MM1v1_X1"},
                     {"SWTYPE", "MM319"},
                     {"LVERSION", "25052801_56abae7"},
                     {"BVERSION", "25052801_56abae7"},
                     {"DNA", "02010000b17624a1"},
                     {"MAC", "e0e1a9000001"}});
    }

    Json summary() const {
        const double mhs = shown_.ghs * 1000;
        return with(11, "Summary", "SUMMARY",
                    {{"Elapsed", static_cast<std::int64_t>(shown_.elapsed_s)},
                     {"MHS av", mhs * 0.997},
                     {"MHS 30s", mhs},
                     {"MHS 1m", mhs},
                     {"MHS 5m", mhs * 0.998},
                     {"MHS 15m", mhs * 0.996},
                     {"Found Blocks", 0},
                     {"Accepted", static_cast<std::int64_t>(shown_.accepted)},
                     {"Rejected", static_cast<std::int64_t>(shown_.accepted / 400)},
                     {"Hardware Errors", static_cast<std::int64_t>(shown_.accepted / 900)},
                     {"Best Share", 4'711'815},
                     {"Pool Rejected%", 0.25},
                     {"Last getwork", static_cast<std::int64_t>(miner_.device_s())}});
    }

    Json stats() const {
        return with(70, "CGMiner stats", "STATS",
                    {{"STATS", 0},
                     {"ID", "AVALON0"},
                     {"Elapsed", static_cast<std::int64_t>(shown_.elapsed_s)},
                     {"MM ID0", bracket_text(shown_, miner_)},
                     {"MM Count", 1},
                     {"Nonce Mask", 24}});
    }

    Json devs() const {
        return with(9, "1 ASC(s)", "DEVS",
                    {{"ASC", 0},
                     {"Name", "AVALON"},
                     {"Enabled", "Y"},
                     {"Status", "Alive"},
                     {"Temperature", -273.0},
                     {"MHS av", shown_.ghs * 997},
                     {"Accepted", static_cast<std::int64_t>(shown_.accepted)},
                     {"Device Elapsed", static_cast<std::int64_t>(shown_.elapsed_s)}});
    }

    Json pools() const {
        return with(7, "1 Pool(s)", "POOLS",
                    {{"POOL", 0},
                     {"URL", "stratum+tcp://pool.example:3333"},
                     {"Status", "Alive"},
                     {"Stratum Active", true},
                     {"User", "worker"},
                     {"Accepted", static_cast<std::int64_t>(shown_.accepted)}});
    }

    Json ascset() {
        const std::string soft_off = "0,softoff,1:", soft_on = "0,softon,1:";
        const std::string mode = "0,workmode,set,";
        if (parameter_.starts_with(soft_off)) return schedule(soft_off.size(), true);
        if (parameter_.starts_with(soft_on)) return schedule(soft_on.size(), false);
        if (parameter_.starts_with(mode)) return set_mode(parameter_.substr(mode.size()));
        if (parameter_.starts_with("0,reboot")) {
            miner_.reboot();
            return status('I', 118, "ASC 0 set info: reboot success");
        }
        if (parameter_ == "0,help")
            return status('I', 118, "ASC 0 set info: help|softoff|softon|workmode|reboot");
        return status('E', 120, "ASC 0 set failed: unknown option");
    }

    Json schedule(std::size_t skip, bool is_off) {
        double when = 0;
        const char* end = parameter_.data() + parameter_.size();
        const auto [stop, error] = std::from_chars(parameter_.data() + skip, end, when);
        if (error != std::errc{} || stop != end || !std::isfinite(when))
            return status('E', 120, "ASC 0 set failed: bad time");
        if (is_off) miner_.stop_at(when);
        else miner_.start_at(when);
        const char* word = is_off ? "softoff" : "softon";
        return status('I', 118, text("ASC 0 set info: success %s:%.0f", word, when));
    }

    Json set_mode(const std::string& value) {
        if (value.size() != 1 || value[0] < '0' || value[0] > '2')
            return status('E', 120, "ASC 0 set failed: bad workmode");
        miner_.set_mode(static_cast<WorkMode>(value[0] - '0'));
        return status('S', 119, "ASC 0 set OK");
    }

    MinerModel& miner_;
    Shown shown_;
    std::string command_;
    std::string parameter_;
};

// STATUS=S,When=…|SUMMARY,Elapsed=…| as CGMiner writes it for requests that are not JSON.
std::string plain(const Json& frame) {
    std::string out;
    for (const auto& [section, rows] : frame.items()) {
        if (!rows.is_array()) continue;
        for (const Json& row : rows) {
            std::string line = section == "STATUS" ? "" : section;
            for (const auto& [key, value] : row.items()) {
                if (!line.empty()) line += ',';
                line += key + '=' + (value.is_string() ? value.get<std::string>() : value.dump());
            }
            out += line + '|';
        }
    }
    return out;
}

std::string word_of(const Json& request, const char* key) {
    const auto found = request.find(key);
    if (found == request.end()) return {};
    return found->is_string() ? found->get<std::string>() : found->dump();
}

}  // namespace

std::string Avalon::answer(std::string_view request) {
    while (!request.empty() &&
           (request.back() == '\0' || std::isspace(static_cast<unsigned char>(request.back()))))
        request.remove_suffix(1);
    if (!request.starts_with('{')) {
        const std::size_t bar = request.find('|');
        const auto parameter = bar == std::string_view::npos ? "" : request.substr(bar + 1);
        return plain(
            Answer{house_, std::string{request.substr(0, bar)}, std::string{parameter}}.make());
    }
    const Json json = Json::parse(request, nullptr, false);
    if (!json.is_object()) return Answer{house_, "", ""}.status('E', 23, "Invalid JSON").dump();
    const std::string command = word_of(json, "command");
    if (command.empty())
        return Answer{house_, "", ""}.status('E', 24, "Missing JSON 'command'").dump();
    return Answer{house_, command, word_of(json, "parameter")}.make().dump();
}

std::string torn(const std::string& json) {
    std::string out = json;
    if (const auto at = out.find("}],\""); at != std::string::npos) out.insert(at, ",");
    if (const auto at = out.find(",\"id\":1}"); at != std::string::npos) out.erase(at);
    return out;
}

}  // namespace bitgrid::sim
