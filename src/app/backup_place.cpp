#include "app/backup_place.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "store/files.hpp"

namespace bitgrid::app {
namespace fs = std::filesystem;

core::Result<OneAtATime> OneAtATime::take(const std::string& data, const std::string& what) {
    const std::string path = data + "/" + what + ".lock";
    OneAtATime lock{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (lock.file_ < 0)
        return core::Error{core::ErrorCode::Unavailable, path + ": " + std::strerror(errno)};
    give_to_owner_of(data, path);
    if (::flock(lock.file_, LOCK_EX | LOCK_NB) != 0)
        return core::Error{core::ErrorCode::Refused,
                           "another " + what + " of " + data + " is under way"};
    return lock;
}

OneAtATime::~OneAtATime() {
    if (file_ >= 0) ::close(file_);
}

bool is_within(const std::string& inner, const std::string& outer) {
    std::error_code error;
    const fs::path in = fs::weakly_canonical(fs::absolute(inner), error);
    if (error) return false;
    const fs::path out = fs::weakly_canonical(fs::absolute(outer), error);
    if (error) return false;
    return std::mismatch(out.begin(), out.end(), in.begin(), in.end()).first == out.end();
}

void remove_tree(const std::string& path) {
    std::error_code stays;
    fs::remove_all(path, stays);
}

void give_to_owner_of(const std::string& folder, const std::string& path) {
    struct stat owner {};
    if (::geteuid() == 0 && ::stat(folder.c_str(), &owner) == 0)
        (void)!::lchown(path.c_str(), owner.st_uid, owner.st_gid);
}

Scaffold::~Scaffold() {
    if (!path_.empty()) remove_tree(path_);
}

core::Result<void> check_shelf(const std::string& shelf, const std::vector<std::string>& sources) {
    if (shelf.empty()) return {};
    std::error_code error;
    if (!fs::is_directory(shelf, error))
        return core::Error{core::ErrorCode::BadInput,
                           shelf + ": no such folder; make it first, or mount what it is on"};
    const auto around = std::ranges::find_if(
        sources, [&](const std::string& source) { return is_within(shelf, source); });
    if (around == sources.end()) return {};
    return core::Error{core::ErrorCode::BadInput,
                       shelf + " is inside " + *around +
                           ": a backup belongs somewhere else, best on another disk"};
}

core::Result<void> check_room(const std::string& folder, std::int64_t bytes) {
    constexpr std::int64_t kMega = 1'000'000;
    const auto free = store::real_files().free_bytes(folder);
    if (!free || *free >= bytes) return {};
    return core::Error{core::ErrorCode::Unavailable, folder + ": " + std::to_string(*free / kMega) +
                                                         " MB free; needed are " +
                                                         std::to_string(bytes / kMega + 1) + " MB"};
}

}  // namespace bitgrid::app
