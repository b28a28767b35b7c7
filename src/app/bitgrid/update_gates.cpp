#include "app/bitgrid/update_gates.hpp"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>

#include "app/backup_place.hpp"
#include "app/bitgrid/verbs.hpp"
#include "app/run_program.hpp"
#include "wire/bounded_json.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

constexpr int kShortS = 120;
constexpr int kReplayS = 6 * 3'600;  ///< a month of eight loads on the smallest machine
constexpr int kSelfTestS = 1'800;
constexpr wire::JsonBounds kLine{std::size_t{64} << 10, 32};
constexpr const char* kMustPass[] = {"stop_confirmed", "heat_stopped", "stuck_load_cut"};

core::Error refused(std::string what) { return {core::ErrorCode::Refused, std::move(what)}; }

std::string end_of(const Ran& ran) {
    std::string words = "exit " + std::to_string(ran.code);
    if (!ran.complained.empty()) words += ": " + ran.complained;
    while (words.ends_with('\n')) words.pop_back();
    return words;
}

void take_difference(const Json& line, ReplayedGate& gate) {
    if (gate.first.size() >= kMostChanged) return;
    if (line.contains("decision_id"))
        gate.first.push_back({line.value("time", ""), line.value("load_id", ""),
                              line.value("recorded_code", ""), line.value("code", "")});
    else if (line.contains("sequence"))
        gate.first.push_back(
            {"#" + std::to_string(line.value("sequence", 0)), "", "", line.value("error", "")});
}

std::set<std::string> passed_in(const Json& report) {
    std::set<std::string> passed;
    for (const Json& step : report.value("steps", Json::array()))
        if (step.is_object() && step.value("result", "") == "passed")
            passed.insert(step.value("check", ""));
    return passed;
}

}  // namespace

core::Result<void> NewProgram::says(const std::vector<std::string>& words,
                                    const std::string& wanted) const {
    std::string said;
    RunOrder order{words, kShortS};
    order.on_line = [&said](std::string_view line) {
        if (said.empty()) said = line.substr(0, 100);
    };
    const auto ran = run_program(order);
    if (!ran) return ran.error();
    if (ran->code != 0) return refused(words.front() + " does not run: " + end_of(*ran));
    if (said != wanted)
        return refused(words.front() + " says \"" + said + "\" instead of \"" + wanted + "\"");
    return {};
}

core::Result<void> NewProgram::runs() const {
    const std::string version = update::text_of(version_);
    if (auto tool = says({program("bitgrid"), "version"}, "bitgrid " + version); !tool) return tool;
    return says({program("bitgridd"), "--version"}, "bitgridd " + version);
}

core::Result<void> NewProgram::takes_config(const std::string& config) const {
    const auto ran = run_program(
        {{program("bitgrid"), "config", "check", "--config", config, "--json"}, kShortS});
    if (!ran) return ran.error();
    if (ran->code == 0) return {};
    return refused("it does not take the configuration of " + config + ": " + end_of(*ran));
}

core::Result<ReplayedGate> NewProgram::replay(const std::string& data) const {
    ReplayedGate gate;
    bool has_sum = false;
    RunOrder order{{program("bitgrid"), "replay", "--gate", "--data", data, "--json"}, kReplayS};
    order.on_line = [&](std::string_view text) {
        const auto line = wire::parse_json(text, kLine);
        if (!line || !line->is_object()) return;
        has_sum = line->contains("decisions") && line->contains("different");
        if (!has_sum) return take_difference(*line, gate);
        gate.decisions = line->value("decisions", std::int64_t{0});
        gate.changed = line->value("different", std::int64_t{0}) +
                       line->value("not_replayed", std::int64_t{0});
    };
    const auto ran = run_program(order);
    if (!ran) return ran.error();
    if (!has_sum || (ran->code != kOk && gate.changed == 0))
        return refused("it cannot decide the recorded days again: " + end_of(*ran));
    return gate;
}

core::Result<void> NewProgram::self_test() const {
    std::string folder =
        (std::filesystem::temp_directory_path() / "bitgrid-update-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr)
        return core::Error{core::ErrorCode::Unavailable, "no temporary folder can be made"};
    const Scaffold passing{folder};
    std::optional<Json> report;
    RunOrder order{{program("bitgrid"), "drill", "--data", folder, "--json"}, kSelfTestS};
    order.on_line = [&report](std::string_view text) {
        if (auto line = wire::parse_json(text, kLine); line && line->is_object())
            report = std::move(*line);
    };
    const auto ran = run_program(order);
    if (!ran) return ran.error();
    const auto passed = report ? passed_in(*report) : std::set<std::string>{};
    for (const char* check : kMustPass)
        if (!passed.contains(check))
            return refused(std::string{"in the simulated house it fails at "} + check + " (" +
                           end_of(*ran) + ")");
    if (ran->code != kOk) return refused("it fails the self-test: " + end_of(*ran));
    return {};
}

}  // namespace bitgrid::app
