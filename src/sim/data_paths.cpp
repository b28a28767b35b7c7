#include "sim/data_paths.hpp"

#include <cstdlib>
#include <string>
#include <vector>

namespace bitgrid::sim {
namespace fs = std::filesystem;

namespace {

void add_parents(std::vector<fs::path>& places, fs::path from) {
    for (; !from.empty() && from != from.root_path(); from = from.parent_path())
        places.push_back(from / "data");
}

std::vector<fs::path> places_to_look(const fs::path& wanted) {
    if (!wanted.empty()) return {wanted};
    std::vector<fs::path> places;
    if (const char* named = std::getenv("BITGRID_SIM_DATA")) places.emplace_back(named);
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    if (!error) {
        places.push_back(program.parent_path().parent_path() / "share/bitgridai/sim");
        add_parents(places, program.parent_path());
    }
    add_parents(places, fs::current_path(error));
    return places;
}

}  // namespace

core::Result<DataPaths> find_data(const fs::path& wanted) {
    std::string looked;
    for (const fs::path& place : places_to_look(wanted)) {
        const DataPaths paths{place};
        std::error_code error;
        if (fs::exists(paths.home(), error)) return paths;
        looked += " " + place.string();
    }
    return core::Error{core::ErrorCode::NotFound,
                       "the recorded home (home_may.csv) is in none of:" + looked};
}

}  // namespace bitgrid::sim
