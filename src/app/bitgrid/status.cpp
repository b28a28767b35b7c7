#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "app/bitgrid/daemon.hpp"
#include "app/bitgrid/house_words.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

int show_status(const Daemon& daemon) {
    const auto state = daemon.ask("GET", "/state");
    if (!state) return daemon.unreachable(state.error());
    if (!state->is_good()) return daemon.explain_refusal(*state);
    if (daemon.is_json()) std::cout << state->body.dump() << '\n';
    else print_house(daemon.words(), state->body);
    return kOk;
}

}  // namespace

void add_status(CLI::App& app, int& exit_code) {
    auto* verb =
        app.add_subcommand("status", "Tell how the house stands: what runs, why, what is wrong");
    const auto daemon = std::make_shared<Daemon>();
    daemon->add_to(*verb);
    verb->callback([daemon, &exit_code] { exit_code = show_status(*daemon); });
}

}  // namespace bitgrid::app
