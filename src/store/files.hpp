#pragma once
// What the journal does to files beside SQLite, in one place, so that a test can let any of it
// fail. Any thread. Failures are Unavailable and name the file.
#include <cstdint>
#include <optional>
#include <string>

#include "core/result.hpp"

namespace bitgrid::store {

class Files {
public:
    virtual ~Files() = default;

    virtual bool exists(const std::string& path);
    virtual core::Result<void> rename(const std::string& from, const std::string& to);
    virtual core::Result<void> remove(const std::string& path);
    /// A new file whose `bytes` belong to nobody else from now on; nothing is left where they
    /// cannot be had.
    virtual core::Result<void> allocate(const std::string& path, std::int64_t bytes);
    /// Makes what was created, renamed or removed in the folder survive a power cut.
    virtual core::Result<void> sync_folder(const std::string& folder);
    /// For a user without privileges, on the folder's disk; none where it cannot be asked.
    virtual std::optional<std::int64_t> free_bytes(const std::string& folder);
    /// What is used of that disk, and what is free for such a user; as `df` counts its share.
    virtual std::optional<std::int64_t> usable_bytes(const std::string& folder);
};

/// Those of the operating system.
Files& real_files();

}  // namespace bitgrid::store
