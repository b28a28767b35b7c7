#pragma once
// Files that survive a power cut whole or not at all. Any thread. Unavailable names the file and
// says why; what a file held before a failure, it still holds.
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace bitgrid::archive {

/// Makes what is in the file, or the names in the folder, survive a power cut.
core::Result<void> sync(const std::string& path);

/// In the place of what stood there, in one step.
core::Result<void> replace_file(const std::string& path, std::string_view text);

/// Gives a finished file its name, for good.
core::Result<void> move_into_place(const std::string& from, const std::string& to);

/// Folders that are missing, synced.
core::Result<void> make_folders(const std::string& path);

}  // namespace bitgrid::archive
