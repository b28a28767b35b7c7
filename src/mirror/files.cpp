#include "mirror/files.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "files/whole_file.hpp"

namespace bitgrid::mirror {
namespace {

namespace fs = std::filesystem;

core::Error unavailable(const fs::path& path, int number) {
    return {core::ErrorCode::Unavailable, path.string() + ": " + std::strerror(number)};
}

}  // namespace

fs::path unfinished(const fs::path& path) { return path.string() + ".part"; }

core::Result<void> Files::keep(const fs::path& path, std::string_view text) {
    if (auto written = write_beside(path, text); !written) {
        (void)::unlink(unfinished(path).c_str());  // a full disk gets back what it gave
        return written;
    }
    return rename_into_place(path);
}

core::Result<void> Files::write_beside(const fs::path& path, std::string_view text) {
    return files::write_new(unfinished(path).string(), text);
}

core::Result<void> Files::rename_into_place(const fs::path& path) {
    return files::move_into_place(unfinished(path).string(), path.string());
}

core::Result<void> Files::remove(const fs::path& path) {
    if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
    return unavailable(path, errno);
}

core::Result<void> Files::make_folder(const fs::path& folder) {
    std::error_code fault;
    if (fs::create_directories(folder, fault)) fs::permissions(folder, fs::perms::owner_all, fault);
    if (fault) return unavailable(folder, fault.value());
    return {};
}

core::Result<std::string> Files::read(const fs::path& path, std::size_t most) {
    std::error_code fault;
    // A pipe or a device could block or never end.
    if (!fs::is_regular_file(path, fault))
        return core::Error{core::ErrorCode::NotFound, path.string() + " is no file"};
    std::ifstream file{path, std::ios::binary};
    const auto size = fs::file_size(path, fault);
    if (!file || fault) return unavailable(path, errno);
    if (size > most)
        return core::Error{core::ErrorCode::TooLarge,
                           path.string() + " is larger than " + std::to_string(most) + " bytes"};
    std::string text(size, '\0');
    file.read(text.data(), static_cast<std::streamsize>(size));
    if (file.bad() || static_cast<std::size_t>(file.gcount()) != size)
        return unavailable(path, EIO);
    return text;
}

std::vector<std::string> Files::names_in(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code fault;
    for (fs::directory_iterator entry{folder, fault}, end; !fault && entry != end;
         entry.increment(fault))
        names.push_back(entry->path().filename().string());
    std::ranges::sort(names);
    return names;
}

std::optional<double> Files::free_pct(const fs::path& folder) {
    struct statvfs disk {};
    if (::statvfs(folder.c_str(), &disk) != 0 || disk.f_blocks == 0) return std::nullopt;
    return 100.0 * static_cast<double>(disk.f_bavail) / static_cast<double>(disk.f_blocks);
}

}  // namespace bitgrid::mirror
