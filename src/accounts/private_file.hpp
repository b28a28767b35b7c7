#pragma once
// Small files that only their owner reads (mode 0600), written whole or not at all. Unavailable
// names the file and what the system says.
#include <filesystem>
#include <string>
#include <utility>

#include "core/result.hpp"

namespace bitgrid::accounts {

/// Empty where there is none. A link, a device or more than `most` bytes is an error.
core::Result<std::string> read_private(const std::filesystem::path&, std::size_t most);
/// In place of what stood there, after a power cut the old or the new. Who writes as root leaves it
/// to the owner of the folder.
core::Result<void> write_private(const std::filesystem::path&, const std::string& text);
/// Adds a line; with more than `most` bytes the file becomes `<name>.1` first, in place of the one
/// before.
core::Result<void> append_private(const std::filesystem::path&, const std::string& line,
                                  std::size_t most);

/// Held by one process at a time, as long as it lives; waits for the other one.
class FolderLock {
public:
    static core::Result<FolderLock> on(const std::filesystem::path& file);
    FolderLock(FolderLock&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
    FolderLock& operator=(FolderLock&&) = delete;
    ~FolderLock();

private:
    explicit FolderLock(int descriptor) : descriptor_{descriptor} {}
    int descriptor_;
};

}  // namespace bitgrid::accounts
