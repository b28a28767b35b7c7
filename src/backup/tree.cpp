#include "backup/tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "backup/manifest.hpp"
#include "files/whole_file.hpp"

namespace bitgrid::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPiece = std::size_t{1} << 16;

core::Error failed(const std::string& path, int number) {
    const auto code = number == ENOENT  ? core::ErrorCode::NotFound
                      : number == ELOOP ? core::ErrorCode::Refused
                                        : core::ErrorCode::Unavailable;
    const std::string why =
        number == ELOOP ? "a link; a backup holds files only" : std::string{std::strerror(number)};
    return {code, path + ": " + why};
}

// What is read may be anything: a pipe must not hold us.
constexpr int kLook = O_RDONLY | O_NONBLOCK | O_NOFOLLOW;

core::Result<void> must_be_file(int file, const std::string& path) {
    struct stat what {};
    if (::fstat(file, &what) != 0) return failed(path, errno);
    if (!S_ISREG(what.st_mode))
        return core::Error{core::ErrorCode::Refused, path + ": no plain file"};
    return {};
}

/// Reads to the end; `to` < 0: only looks.
core::Result<CopiedFile> read_through(const std::string& path, int to, const std::string& target) {
    const files::Descriptor from{path, kLook};
    if (!from.is_open()) return failed(path, errno);
    if (auto plain = must_be_file(from.get(), path); !plain) return plain.error();
    CopiedFile copied;
    std::vector<char> piece(kPiece);
    crypto::Sha256 digest;
    for (;;) {
        const ssize_t got = ::read(from.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed(path, errno);
        if (got == 0) break;
        const auto size = static_cast<std::size_t>(got);
        digest.add(piece.data(), size);
        if (to >= 0 && !files::write_all(to, {piece.data(), size})) return failed(target, errno);
        copied.bytes += got;
    }
    copied.sha256 = digest.finish();
    return copied;
}

}  // namespace

core::Result<std::vector<std::string>> files_below(const std::string& folder) {
    std::vector<std::string> files;
    std::error_code error;
    if (!fs::exists(fs::symlink_status(folder, error))) return files;
    for (fs::recursive_directory_iterator entry{folder, error}, end; !error && entry != end;
         entry.increment(error)) {
        const auto status = entry->symlink_status(error);
        if (error) break;
        if (fs::is_directory(status)) continue;
        if (!fs::is_regular_file(status))
            return core::Error{
                core::ErrorCode::Refused,
                entry->path().string() + ": neither file nor folder; a backup holds nothing else"};
        if (files.size() == kMostFiles)
            return core::Error{core::ErrorCode::TooLarge, folder + ": more than 200000 files"};
        files.push_back(entry->path().lexically_relative(folder).string());
    }
    if (error) return failed(folder, error.value());
    std::ranges::sort(files);
    return files;
}

core::Result<void> make_folders(const std::string& path) { return files::make_folders(path, 0700); }

core::Result<CopiedFile> copy_file(const std::string& from, const std::string& to) {
    const files::Descriptor target{to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW};
    if (!target.is_open()) return core::Error{core::ErrorCode::Unavailable, failed(to, errno).what};
    auto copied = read_through(from, target.get(), to);
    if (copied && ::fsync(target.get()) != 0) copied = failed(to, errno);
    if (!copied) ::unlink(to.c_str());
    return copied;
}

core::Result<CopiedFile> look_at_file(const std::string& path) {
    return read_through(path, -1, {});
}

core::Result<std::string> read_file(const std::string& path, std::size_t most) {
    const files::Descriptor file{path, kLook};
    if (!file.is_open()) return failed(path, errno);
    if (auto plain = must_be_file(file.get(), path); !plain) return plain.error();
    std::string text;
    std::vector<char> piece(kPiece);
    for (ssize_t got = 1; got != 0;) {
        got = ::read(file.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed(path, errno);
        text.append(piece.data(), static_cast<std::size_t>(got));
        if (text.size() > most)
            return core::Error{core::ErrorCode::TooLarge,
                               path + ": more than " + std::to_string(most) + " bytes"};
    }
    return text;
}

core::Result<void> write_file(const std::string& path, std::string_view text) {
    return files::write_whole(path, text, {".new"});
}

core::Result<void> sync_folders(const std::string& root) {
    std::vector<std::string> folders{root};
    std::error_code error;
    for (fs::recursive_directory_iterator entry{root, error}, end; !error && entry != end;
         entry.increment(error))
        if (fs::is_directory(entry->symlink_status(error)))
            folders.push_back(entry->path().string());
    if (error) return failed(root, error.value());
    for (const std::string& folder : folders)
        if (auto safe = files::sync(folder); !safe) return safe;
    return {};
}

}  // namespace bitgrid::backup
