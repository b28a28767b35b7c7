#include <iostream>

#include "app/bitgrid/verbs.hpp"
#include "app/command_manual.hpp"

namespace bitgrid::app {

void add_completion(CLI::App& app, int&) {
    auto* verb =
        app.add_subcommand("completion", "Print what a shell needs to complete command lines");
    verb->require_subcommand(1);
    verb->add_subcommand("bash", "for bash: source <(bitgrid completion bash)")->callback([&app] {
        std::cout << bash_completion(app, "bitgrid");
    });
    app.add_subcommand("manual", "Print the manual page, for man(1)")->group("")->callback([&app] {
        std::cout << manual_page(app, {"bitgrid", "1", BITGRID_VERSION, "bitgridd(8)"});
    });
}

}  // namespace bitgrid::app
