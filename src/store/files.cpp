#include "store/files.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "files/whole_file.hpp"

namespace bitgrid::store {
namespace {

core::Error unavailable(const std::string& path, int error) {
    return {core::ErrorCode::Unavailable, path + ": " + std::strerror(error)};
}

core::Result<void> result_of(int outcome, const std::string& path) {
    if (outcome != 0) return unavailable(path, errno);
    return {};
}

}  // namespace

bool Files::exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

core::Result<void> Files::rename(const std::string& from, const std::string& to) {
    return result_of(std::rename(from.c_str(), to.c_str()), from);
}

core::Result<void> Files::remove(const std::string& path) {
    return result_of(std::remove(path.c_str()), path);
}

core::Result<void> Files::allocate(const std::string& path, std::int64_t bytes) {
    const files::Descriptor file{path, O_WRONLY | O_CREAT | O_EXCL};
    if (!file.is_open()) return unavailable(path, errno);
    int error = 0;
    do {
        error = posix_fallocate(file.get(), 0, bytes);
    } while (error == EINTR);
    if (error == 0) return {};
    (void)remove(path);
    return unavailable(path, error);
}

core::Result<void> Files::sync_folder(const std::string& folder) { return files::sync(folder); }

std::optional<std::int64_t> Files::free_bytes(const std::string& folder) {
    struct statvfs disk {};
    if (statvfs(folder.c_str(), &disk) != 0) return std::nullopt;
    return static_cast<std::int64_t>(disk.f_bavail) * static_cast<std::int64_t>(disk.f_frsize);
}

std::optional<std::int64_t> Files::usable_bytes(const std::string& folder) {
    struct statvfs disk {};
    if (statvfs(folder.c_str(), &disk) != 0) return std::nullopt;
    const auto blocks = static_cast<std::int64_t>(disk.f_blocks) -
                        static_cast<std::int64_t>(disk.f_bfree) +
                        static_cast<std::int64_t>(disk.f_bavail);
    return blocks * static_cast<std::int64_t>(disk.f_frsize);
}

Files& real_files() {
    static Files files;
    return files;
}

}  // namespace bitgrid::store
