#pragma once
// Finds the shipped data: beside the installed program, or in the source tree.
#include <filesystem>

#include "core/result.hpp"

namespace bitgrid::sim {

struct DataPaths {
    std::filesystem::path folder;
    std::filesystem::path home() const { return folder / "home_may.csv"; }
    std::filesystem::path prices() const { return folder / "prices_may.csv"; }
    std::filesystem::path story(std::string_view name) const {
        return folder / "stories" / (std::string{name} + ".story");
    }
};

/// `wanted` if it is not empty; else the first that holds the shipped record of:
/// `$BITGRID_SIM_DATA`,
/// `<program>/../share/bitgridai/sim`, `data/` of a folder above the program or the working
/// directory.
core::Result<DataPaths> find_data(const std::filesystem::path& wanted = {});

}  // namespace bitgrid::sim
