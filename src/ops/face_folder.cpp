#include "ops/face_folder.hpp"

namespace bitgrid::ops {
namespace fs = std::filesystem;
namespace {

bool has_index(const fs::path& folder) {
    std::error_code fault;
    return fs::is_regular_file(folder / "index.html", fault);
}

}  // namespace

std::optional<fs::path> find_face(const fs::path& wanted, const fs::path& program) {
    if (!wanted.empty()) return has_index(wanted) ? std::optional{wanted} : std::nullopt;
    const fs::path installed = program.parent_path().parent_path() / "share/bitgridai/ui";
    if (has_index(installed)) return installed;
    for (fs::path from = program.parent_path(); from.has_relative_path();
         from = from.parent_path()) {
        if (has_index(from / "ui/dist")) return from / "ui/dist";
    }
    return {};
}

fs::path this_program() {
    std::error_code fault;
    return fs::read_symlink("/proc/self/exe", fault);
}

}  // namespace bitgrid::ops
