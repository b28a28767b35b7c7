#include <iostream>
#include <memory>

#include "app/bitgrid/daemon.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

struct Toggle {
    Daemon daemon;
    std::string wanted;
};

int tell(const Daemon& daemon, bool is_on) {
    if (daemon.is_json()) std::cout << Json{{"research", is_on}}.dump() << '\n';
    else std::cout << daemon.words().say(is_on ? "research.on" : "research.off") << '\n';
    return kOk;
}

int research(const Toggle& toggle) {
    if (toggle.wanted.empty()) {
        const auto state = toggle.daemon.ask("GET", "/state");
        if (!state) return toggle.daemon.unreachable(state.error());
        if (!state->is_good()) return toggle.daemon.explain_refusal(*state);
        return tell(toggle.daemon, state->body.value("research", false));
    }
    const bool is_on = toggle.wanted == "on";
    const auto answer = toggle.daemon.ask("PUT", "/research", {{"enabled", is_on}});
    if (!answer) return toggle.daemon.unreachable(answer.error());
    if (!answer->is_good()) return toggle.daemon.explain_refusal(*answer);
    return tell(toggle.daemon, is_on);
}

}  // namespace

void add_research(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand(
        "research", "Show or set whether parts of the past may be given away as files");
    const auto toggle = std::make_shared<Toggle>();
    toggle->daemon.add_to(*verb);
    verb->add_option("on|off", toggle->wanted, "whether they may; off ends it at once")
        ->check(CLI::IsMember({"on", "off"}));
    verb->callback([toggle, &exit_code] { exit_code = research(*toggle); });
}

}  // namespace bitgrid::app
