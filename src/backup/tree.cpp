#include "backup/tree.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "backup/manifest.hpp"

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

class Descriptor {
public:
    Descriptor(const std::string& path, int flags)
        : file_{::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600)} {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (file_ >= 0) ::close(file_);
    }
    bool is_open() const { return file_ >= 0; }
    int get() const { return file_; }

private:
    int file_;
};

bool write_all(int file, const char* from, std::size_t size) {
    while (size > 0) {
        const ssize_t put = ::write(file, from, size);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return false;
        from += put;
        size -= static_cast<std::size_t>(put);
    }
    return true;
}

core::Result<void> must_be_file(int file, const std::string& path) {
    struct stat what {};
    if (::fstat(file, &what) != 0) return failed(path, errno);
    if (!S_ISREG(what.st_mode))
        return core::Error{core::ErrorCode::Refused, path + ": no plain file"};
    return {};
}

/// Reads to the end; `to` < 0: only looks.
core::Result<CopiedFile> read_through(const std::string& path, int to, const std::string& target) {
    const Descriptor from{path, O_RDONLY | O_NONBLOCK};  // a pipe must not hold us
    if (!from.is_open()) return failed(path, errno);
    if (auto plain = must_be_file(from.get(), path); !plain) return plain.error();
    CopiedFile copied;
    std::vector<char> piece(kPiece);
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    for (;;) {
        const ssize_t got = ::read(from.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed(path, errno);
        if (got == 0) break;
        const auto size = static_cast<std::size_t>(got);
        crypto_hash_sha256_update(&state, reinterpret_cast<unsigned char*>(piece.data()), size);
        if (to >= 0 && !write_all(to, piece.data(), size)) return failed(target, errno);
        copied.bytes += got;
    }
    crypto_hash_sha256_final(&state, copied.sha256.data());
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

core::Result<void> make_folders(const std::string& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) return {};
    const std::string parent = fs::path{path}.parent_path().string();
    if (!parent.empty())
        if (auto made = make_folders(parent); !made) return made;
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return failed(path, errno);
    return {};
}

core::Result<CopiedFile> copy_file(const std::string& from, const std::string& to) {
    const Descriptor target{to, O_WRONLY | O_CREAT | O_EXCL};
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
    const Descriptor file{path, O_RDONLY | O_NONBLOCK};
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
    const std::string beside = path + ".new";
    ::unlink(beside.c_str());
    {
        const Descriptor file{beside, O_WRONLY | O_CREAT | O_EXCL};
        if (!file.is_open()) return failed(beside, errno);
        if (!write_all(file.get(), text.data(), text.size()) || ::fsync(file.get()) != 0) {
            const auto fault = failed(beside, errno);
            ::unlink(beside.c_str());
            return fault;
        }
    }
    if (::rename(beside.c_str(), path.c_str()) != 0) return failed(path, errno);
    return {};
}

core::Result<void> sync_folders(const std::string& root) {
    std::vector<std::string> folders{root};
    std::error_code error;
    for (fs::recursive_directory_iterator entry{root, error}, end; !error && entry != end;
         entry.increment(error))
        if (fs::is_directory(entry->symlink_status(error)))
            folders.push_back(entry->path().string());
    if (error) return failed(root, error.value());
    for (const std::string& folder : folders) {
        const Descriptor file{folder, O_RDONLY | O_DIRECTORY};
        if (!file.is_open()) return failed(folder, errno);
        // Some file systems know no such thing.
        if (::fsync(file.get()) != 0 && errno != EINVAL) return failed(folder, errno);
    }
    return {};
}

}  // namespace bitgrid::backup
