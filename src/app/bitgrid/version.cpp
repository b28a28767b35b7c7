#include <iostream>
#include <memory>

#include "app/bitgrid/bill_of_materials.hpp"
#include "app/bitgrid/verbs.hpp"

namespace bitgrid::app {

void add_version(CLI::App& app, int&) {
    auto* verb = app.add_subcommand("version", "Show the version, or what it is made of");
    const auto lists_parts = std::make_shared<bool>(false);
    verb->add_flag(
        "--sbom", *lists_parts,
        "the bill of materials in CycloneDX: every library with version, licence, source");
    verb->callback([lists_parts] {
        if (!*lists_parts) {
            std::cout << "bitgrid " << BITGRID_VERSION << '\n';
            return;
        }
        for (const std::string_view line : bill_of_materials()) std::cout << line << '\n';
    });
}

}  // namespace bitgrid::app
