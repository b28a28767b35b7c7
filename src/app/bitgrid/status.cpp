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

// For watchdogs and containers.
int show_life(const Daemon& daemon) {
    const auto life = daemon.ask("GET", "/health/live");
    return life && life->is_good() ? kOk : kUnavailable;
}

}  // namespace

void add_status(CLI::App& app, int& exit_code) {
    auto* verb =
        app.add_subcommand("status", "Tell how the house stands: what runs, why, what is wrong");
    const auto daemon = std::make_shared<Daemon>();
    daemon->add_to(*verb);
    const auto is_quiet = std::make_shared<bool>(false);
    verb->add_flag("--quiet", *is_quiet,
                   "no words: 0 where the daemon lives, else 69; needs no token");
    verb->callback([daemon, is_quiet, &exit_code] {
        exit_code = *is_quiet ? show_life(*daemon) : show_status(*daemon);
    });
}

}  // namespace bitgrid::app
