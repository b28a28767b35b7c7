#include "store/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace bitgrid::store {
namespace {

core::Error not_to_be_had(const std::string& path, int error) {
    return {core::ErrorCode::Unavailable, path + ": " + std::strerror(error)};
}

std::string read_owner(int file) {
    std::array<char, 32> text{};
    const ssize_t size = pread(file, text.data(), text.size(), 0);
    std::string owner{text.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
    owner.erase(owner.find_last_not_of('\n') + 1);
    return owner;
}

}  // namespace

core::Result<FolderLock> FolderLock::take(const std::string& folder) {
    std::error_code error;
    if (std::filesystem::create_directories(folder, error))
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    if (error) return not_to_be_had(folder, error.value());
    const std::string path = folder + "/bitgrid.lock";
    FolderLock lock{open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    if (lock.file_ < 0) return not_to_be_had(path, errno);
    if (flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return not_to_be_had(path, errno);
        return core::Error{core::ErrorCode::Refused,
                           "the data folder " + folder + " is in use by process " +
                               read_owner(lock.file_) +
                               ": stop that controller first, or name another folder"};
    }
    const std::string owner = std::to_string(getpid()) + "\n";
    if (ftruncate(lock.file_, 0) != 0 ||
        pwrite(lock.file_, owner.data(), owner.size(), 0) != static_cast<ssize_t>(owner.size())) {
        // Only the number for the message is missing; the lock itself holds.
    }
    return lock;
}

FolderLock::~FolderLock() {
    if (file_ >= 0) close(file_);
}

}  // namespace bitgrid::store
