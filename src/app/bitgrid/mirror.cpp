#include "app/bitgrid/mirror_verbs.hpp"
#include "app/bitgrid/verbs.hpp"

namespace bitgrid::app {

void add_mirror(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand(
        "mirror", "An encrypted copy of the journal that leaves the house one way, if you agree");
    verb->require_subcommand(1);
    add_mirror_keygen(*verb, exit_code);
    add_mirror_on(*verb, exit_code);
    add_mirror_run(*verb, exit_code);
    add_mirror_status(*verb, exit_code);
    add_mirror_read(*verb, exit_code);
}

}  // namespace bitgrid::app
