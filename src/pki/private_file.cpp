#include "pki/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace bitgrid::pki {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kMostFileBytes = 1 << 20;

core::Error unavailable(const std::string& path, int number) {
    return {number == ENOENT ? core::ErrorCode::NotFound : core::ErrorCode::Unavailable,
            path + ": " + std::strerror(number)};
}

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fsync(file) == 0;
}

core::Result<void> sync_folder_of(const std::string& path) {
    const std::string folder = fs::path{path}.parent_path().string();
    const int file = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return unavailable(folder, errno);
    const bool is_synced = ::fsync(file) == 0 || errno == EINVAL;  // some file systems know none
    const int number = errno;
    ::close(file);
    if (!is_synced) return unavailable(folder, number);
    return {};
}

}  // namespace

core::Result<void> keep_private(const std::string& path, std::string_view text) {
    const std::string unfinished = path + ".new";
    (void)::unlink(unfinished.c_str());
    const int file =
        ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) return unavailable(unfinished, errno);
    const bool is_written = write_all(file, text);
    const int number = errno;
    ::close(file);
    if (!is_written || std::rename(unfinished.c_str(), path.c_str()) != 0) {
        const core::Error error = unavailable(path, is_written ? errno : number);
        (void)::unlink(unfinished.c_str());
        return error;
    }
    return sync_folder_of(path);
}

core::Result<void> make_private_folder(const std::string& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) return {};
    const std::string above = fs::path{path}.parent_path().string();
    if (!above.empty() && above != path)
        if (const auto made = make_private_folder(above); !made) return made;
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        return core::Error{core::ErrorCode::Unavailable, path + ": " + std::strerror(errno)};
    return sync_folder_of(path);
}

core::Result<std::string> read_private(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return unavailable(path, errno);
    std::string text(kMostFileBytes + 1, '\0');
    std::size_t size = 0;
    ssize_t got = 0;
    while (size < text.size() && (got = ::read(file, text.data() + size, text.size() - size)) > 0)
        size += static_cast<std::size_t>(got);
    const int number = errno;
    ::close(file);
    if (got < 0) return unavailable(path, number);
    if (size > kMostFileBytes)
        return core::Error{core::ErrorCode::TooLarge, path + ": more than 1 MiB"};
    text.resize(size);
    return text;
}

}  // namespace bitgrid::pki
