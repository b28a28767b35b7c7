#include "accounts/private_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace bitgrid::accounts {
namespace {

namespace fs = std::filesystem;

/// A descriptor that is closed when it goes.
struct Open {
    explicit Open(int d) : descriptor{d} {}
    ~Open() {
        if (descriptor >= 0) ::close(descriptor);
    }
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;
    int descriptor;
};

core::Error failed(const fs::path& path) {
    return {core::ErrorCode::Unavailable, path.string() + ": " + std::strerror(errno)};
}

// What root writes into the folder of the service must be the service's.
void give_to_owner_of(const fs::path& folder, int descriptor) {
    struct stat about {};
    if (::geteuid() == 0 && ::stat(folder.c_str(), &about) == 0)
        (void)!::fchown(descriptor, about.st_uid, about.st_gid);
}

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(descriptor, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

}  // namespace

core::Result<std::string> read_private(const fs::path& path, std::size_t most) {
    const Open file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
    if (file.descriptor < 0) {
        if (errno == ENOENT) return std::string{};
        return failed(path);
    }
    struct stat about {};
    if (::fstat(file.descriptor, &about) != 0 || !S_ISREG(about.st_mode) ||
        static_cast<std::size_t>(about.st_size) > most)
        return core::Error{
            core::ErrorCode::Damaged,
            path.string() + ": is no plain file of at most " + std::to_string(most) + " bytes"};
    std::string text(static_cast<std::size_t>(about.st_size), '\0');
    std::size_t got = 0;
    while (got < text.size()) {
        const ssize_t count = ::read(file.descriptor, text.data() + got, text.size() - got);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed(path);
        if (count == 0) break;
        got += static_cast<std::size_t>(count);
    }
    text.resize(got);
    return text;
}

core::Result<void> write_private(const fs::path& path, const std::string& text) {
    const fs::path next = path.string() + ".next";
    (void)::unlink(next.c_str());  // of a run that was cut off
    {
        const Open file{
            ::open(next.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
        if (file.descriptor < 0) return failed(next);
        give_to_owner_of(path.parent_path(), file.descriptor);
        if (!write_all(file.descriptor, text) || ::fsync(file.descriptor) != 0) {
            const core::Error error = failed(next);
            (void)::unlink(next.c_str());
            return error;
        }
    }
    if (::rename(next.c_str(), path.c_str()) != 0) return failed(path);
    const Open folder{::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (folder.descriptor < 0 || ::fsync(folder.descriptor) != 0) return failed(path);
    return {};
}

core::Result<void> append_private(const fs::path& path, const std::string& line, std::size_t most) {
    struct stat about {};
    if (::lstat(path.c_str(), &about) == 0 &&
        static_cast<std::size_t>(about.st_size) + line.size() > most &&
        ::rename(path.c_str(), (path.string() + ".1").c_str()) != 0)
        return failed(path);
    const Open file{::open(
        path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600)};
    if (file.descriptor < 0) return failed(path);
    give_to_owner_of(path.parent_path(), file.descriptor);
    if (!write_all(file.descriptor, line + "\n")) return failed(path);
    return {};
}

core::Result<FolderLock> FolderLock::on(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) return failed(path);
    FolderLock lock{descriptor};
    give_to_owner_of(path.parent_path(), descriptor);
    while (::flock(descriptor, LOCK_EX) != 0)
        if (errno != EINTR) return failed(path);
    return lock;
}

FolderLock::~FolderLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace bitgrid::accounts
