#pragma once
// Files and folders of a backup on a disk: listed without following a link, copied, written so that
// they survive a power cut. Any thread; blocks. Failures are Unavailable and name the file; Refused
// where something is neither file nor folder.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "crypto/digest.hpp"

namespace bitgrid::backup {

/// Relative paths of all files below the folder, in order. None where there is no folder.
core::Result<std::vector<std::string>> files_below(const std::string& folder);

/// For its owner alone, with the folders above it where they are missing.
core::Result<void> make_folders(const std::string& path);

struct CopiedFile {
    std::int64_t bytes{};
    crypto::Hash sha256{};
};
/// Into a new file (0600) that is on disk when this returns. NotFound: it has gone meanwhile.
core::Result<CopiedFile> copy_file(const std::string& from, const std::string& to);
/// Reads it; the same failures.
core::Result<CopiedFile> look_at_file(const std::string& path);
/// Bounded. TooLarge where it is larger.
core::Result<std::string> read_file(const std::string& path, std::size_t most);
/// A new file, or in place of one of that name, whole or not at all; on disk when this returns.
core::Result<void> write_file(const std::string& path, std::string_view text);

/// What was created, renamed or removed in these folders and those below survives a power cut.
core::Result<void> sync_folders(const std::string& root);

}  // namespace bitgrid::backup
