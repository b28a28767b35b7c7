#include "files/whole_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace bitgrid::files {
namespace {

namespace fs = std::filesystem;

core::Error unavailable(const std::string& path, int number) {
    return {core::ErrorCode::Unavailable, path + ": " + std::strerror(number)};
}

}  // namespace

Descriptor::Descriptor(const std::string& path, int flags, mode_t mode)
    : file_{::open(path.c_str(), flags | O_CLOEXEC, mode)} {}

Descriptor::~Descriptor() {
    if (file_ >= 0) ::close(file_);
}

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

core::Result<void> write_new(const std::string& path, std::string_view text, mode_t mode) {
    ::unlink(path.c_str());
    const Descriptor file{path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode};
    if (!file.is_open()) return unavailable(path, errno);
    // A failed fsync is never tried again: the kernel may have dropped what it could not write.
    if (write_all(file.get(), text) && ::fsync(file.get()) == 0) return {};
    const int number = errno;
    ::unlink(path.c_str());  // a full disk gets back what it gave
    return unavailable(path, number);
}

core::Result<void> move_into_place(const std::string& from, const std::string& to) {
    if (std::rename(from.c_str(), to.c_str()) != 0) return unavailable(to, errno);
    return sync(folder_of(to));
}

core::Result<void> write_whole(const std::string& path, std::string_view text, Manner manner) {
    const std::string beside = path + manner.ending;
    if (auto written = write_new(beside, text, manner.mode); !written) return written;
    return move_into_place(beside, path);
}

core::Result<void> sync(const std::string& path) {
    const Descriptor file{path, O_RDONLY};
    if (!file.is_open()) return unavailable(path, errno);
    if (::fsync(file.get()) == 0 || errno == EINVAL) return {};  // some file systems know none
    return unavailable(path, errno);
}

std::string folder_of(const std::string& path) {
    const std::string folder = fs::path{path}.parent_path().string();
    return folder.empty() ? "." : folder;
}

core::Result<void> make_folders(const std::string& path, mode_t mode) {
    std::error_code error;
    if (fs::is_directory(path, error)) return {};
    if (const auto above = make_folders(folder_of(path), mode); !above) return above;
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return unavailable(path, errno);
    return sync(folder_of(path));
}

}  // namespace bitgrid::files
