#include "archive/durable_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace bitgrid::archive {
namespace {

namespace fs = std::filesystem;

core::Error unavailable(const std::string& path, int number) {
    return {core::ErrorCode::Unavailable, path + ": " + std::strerror(number)};
}

std::string folder_of(const std::string& path) {
    const std::string folder = fs::path{path}.parent_path().string();
    return folder.empty() ? "." : folder;
}

core::Result<void> write_all(int file, std::string_view text, const std::string& path) {
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return unavailable(path, errno);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(file) != 0) return unavailable(path, errno);
    return {};
}

}  // namespace

core::Result<void> sync(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return unavailable(path, errno);
    const bool is_synced = ::fsync(file) == 0 || errno == EINVAL;  // some file systems know none
    const int number = errno;
    ::close(file);
    if (!is_synced) return unavailable(path, number);
    return {};
}

core::Result<void> replace_file(const std::string& path, std::string_view text) {
    const std::string unfinished = path + ".unfinished";
    const int file = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) return unavailable(unfinished, errno);
    const auto written = write_all(file, text, unfinished);
    ::close(file);
    if (!written) {
        (void)std::remove(unfinished.c_str());
        return written;
    }
    return move_into_place(unfinished, path);
}

core::Result<void> move_into_place(const std::string& from, const std::string& to) {
    if (std::rename(from.c_str(), to.c_str()) != 0) return unavailable(to, errno);
    return sync(folder_of(to));
}

core::Result<void> make_folders(const std::string& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) return {};
    if (const auto above = make_folders(folder_of(path)); !above) return above;
    fs::create_directory(path, error);
    if (error) return core::Error{core::ErrorCode::Unavailable, path + ": " + error.message()};
    return sync(folder_of(path));
}

}  // namespace bitgrid::archive
