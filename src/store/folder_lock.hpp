#pragma once
// One controller per data folder: a locked file that the kernel frees when its process ends,
// however it ends.
#include <string>
#include <utility>

#include "core/result.hpp"

namespace bitgrid::store {

/// Holds `<folder>/bitgrid.lock` as long as it lives.
class FolderLock {
public:
    /// Makes the folder where it is missing. Refused, naming the process, where another holds it;
    /// Unavailable where the folder cannot be written.
    static core::Result<FolderLock> take(const std::string& folder);

    FolderLock(FolderLock&& other) noexcept : file_{std::exchange(other.file_, -1)} {}
    FolderLock& operator=(FolderLock&&) = delete;
    ~FolderLock();

private:
    explicit FolderLock(int file) : file_{file} {}
    int file_;
};

}  // namespace bitgrid::store
