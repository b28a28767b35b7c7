#include <iostream>

#include "app/bitgrid/verbs.hpp"

namespace bitgrid::app {

void add_version(CLI::App& app, int&) {
    app.add_subcommand("version", "Show the version")->callback([] {
        std::cout << "bitgrid " << BITGRID_VERSION << '\n';
    });
}

}  // namespace bitgrid::app
