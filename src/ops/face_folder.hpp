#pragma once
// Where the built web face lies: installed beside the program, or in the tree that it was built in.
#include <filesystem>
#include <optional>

namespace bitgrid::ops {

/// `wanted`, where it is not empty and has an index.html; else share/bitgridai/ui of the
/// installation that `program` belongs to; else ui/dist of a folder above it. Nothing: there is no
/// face, and only the API is served.
std::optional<std::filesystem::path> find_face(const std::filesystem::path& wanted,
                                               const std::filesystem::path& program);

/// The path of this program; empty where the system does not tell.
std::filesystem::path this_program();

}  // namespace bitgrid::ops
