#include "app/restore_backup.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include "app/backup_place.hpp"
#include "backup/shelf.hpp"
#include "backup/tar.hpp"
#include "backup/tree.hpp"
#include "store/files.hpp"
#include "store/folder_lock.hpp"
#include "store/live_copy.hpp"

namespace bitgrid::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostSealed = backup::kMostPacked + (std::size_t{1} << 20);
constexpr std::string_view kConfig = "config/";
constexpr std::string_view kData = "data/";
constexpr std::string_view kKeys = "data/keys/";

core::Error refused(std::string what) { return {core::ErrorCode::Refused, std::move(what)}; }

std::string without_slash(const std::string& path) {
    const fs::path normal = fs::path{path}.lexically_normal();
    return (normal.has_filename() ? normal : normal.parent_path()).string();
}

core::Result<void> check_secret_paths(const backup::SmallFiles& files) {
    for (const auto& [path, text] : files)
        if (!path.starts_with(kConfig) && !path.starts_with(kKeys))
            return core::Error{core::ErrorCode::BadInput,
                               std::string{backup::kSecrets} + ": " + path +
                                   " does not belong there; config/… and data/keys/… do"};
    return {};
}

bool has_key(const RestoreOrder& order) {
    return !order.key.identities.empty() || !order.key.passphrase.empty();
}

/// Configuration and keys of the backup, opened.
core::Result<backup::SmallFiles> read_secrets(const RestoreOrder& order,
                                              const backup::Manifest& manifest) {
    if (manifest.find(backup::kSecrets) == nullptr || order.is_without_secrets)
        return backup::SmallFiles{};
    const std::string path = order.backup + "/" + backup::kSecrets;
    if (!has_key(order))
        return refused(path +
                       ": configuration and keys are encrypted; --identity or "
                       "--passphrase-file opens them, --without-secrets goes without them");
    const auto sealed = backup::read_file(path, kMostSealed);
    if (!sealed) return sealed.error();
    const auto packed = crypto::age::decrypt(*sealed, order.key);
    if (!packed) return core::Error{packed.error().code, path + ": " + packed.error().what};
    auto files = backup::unpack(*packed);
    if (!files) return core::Error{files.error().code, path + ": " + files.error().what};
    if (const auto good = check_secret_paths(*files); !good) return good.error();
    return files;
}

core::Result<void> check_journal(const std::string& path, const backup::Manifest& manifest) {
    const auto found = store::check_copy(path);
    if (!found) return found.error();
    if (found->version != manifest.tables || found->chain.last_sequence != manifest.last_event ||
        found->chain.head != manifest.head)
        return core::Error{core::ErrorCode::Damaged, path + ": it is another journal than the " +
                                                         "one that the manifest speaks of"};
    return {};
}

/// The folder that a part of the house goes to. It may be there already, empty.
class Place {
public:
    explicit Place(const std::string& path)
        : path_{without_slash(path)}, beside_{path_ + ".restoring"} {}

    core::Result<void> check() const {
        std::error_code error;
        const auto status = fs::symlink_status(path_, error);
        if (!fs::exists(status)) return {};
        if (!fs::is_directory(status)) return refused(path_ + " is no folder");
        const bool is_empty = fs::is_empty(path_, error);
        if (error) return core::Error{core::ErrorCode::Unavailable, path_ + ": " + error.message()};
        if (!is_empty)
            return refused(path_ + " is not empty: restore into an empty folder, or move it away");
        return {};
    }
    const std::string& path() const { return path_; }
    const std::string& beside() const { return beside_; }

    // The daemon runs as its own user: an empty folder that is there says whose all of it is.
    core::Result<void> appear() {
        struct stat there {};
        was_there_ = ::stat(path_.c_str(), &there) == 0;
        if (was_there_)
            if (auto given = give_to(there); !given) return given;
        if (auto safe = backup::sync_folders(beside_); !safe) return safe;
        if (std::rename(beside_.c_str(), path_.c_str()) != 0)
            return core::Error{core::ErrorCode::Unavailable,
                               path_ + ": " + std::strerror(errno) +
                                   "; name a folder that is no mount point itself"};
        const std::string parent = fs::absolute(path_).parent_path().string();
        return store::real_files().sync_folder(parent);
    }
    // As it was, before somebody else's half failed.
    void disappear() const {
        (void)std::rename(path_.c_str(), beside_.c_str());
        std::error_code error;
        if (was_there_) fs::create_directory(path_, error);
    }

private:
    core::Result<void> give_to(const struct stat& owner) const {
        if (::chmod(beside_.c_str(), owner.st_mode & 07777) != 0 || ::geteuid() != 0) return {};
        std::error_code error;
        const auto give = [&](const std::string& path) {
            return ::lchown(path.c_str(), owner.st_uid, owner.st_gid) == 0;
        };
        bool is_given = give(beside_);
        for (fs::recursive_directory_iterator entry{beside_, error}, end; !error && entry != end;
             entry.increment(error))
            is_given = give(entry->path().string()) && is_given;
        if (is_given && !error) return {};
        return core::Error{core::ErrorCode::Unavailable,
                           beside_ + ": cannot be given to its owner"};
    }

    std::string path_;
    std::string beside_;
    bool was_there_{false};
};

core::Result<void> write_new(const std::string& root, std::string_view path,
                             const std::string& text) {
    const std::string to = root + "/" + std::string{path};
    if (auto made = backup::make_folders(fs::path{to}.parent_path().string()); !made) return made;
    return backup::write_file(to, text);
}

class Restoring {
public:
    explicit Restoring(const RestoreOrder& order)
        : order_{order}, data_{order.data}, config_{order.config} {}

    core::Result<Restored> run() {
        if (const auto free = check_places(); !free) return free.error();
        auto manifest = backup::check_files(order_.backup);
        if (!manifest) return manifest.error();
        restored_.manifest = std::move(manifest).value();
        auto secrets = read_secrets(order_, restored_.manifest);
        if (!secrets) return secrets.error();
        // Held until all of it is there: a daemon that is started meanwhile is refused.
        const auto lock = store::FolderLock::take(data_.beside());
        if (!lock) return lock.error();
        remove_leftovers();
        Scaffold data{data_.beside()};
        Scaffold config{config_.beside()};
        if (const auto room = check_room(data_.beside(), restored_.manifest.bytes() + kSpareBytes);
            !room)
            return room.error();
        if (const auto built = build(*secrets); !built) return built.error();
        if (const auto there = appear(); !there) return there.error();
        data.keep();
        config.keep();
        return std::move(restored_);
    }

private:
    core::Result<void> check_places() const {
        if (fs::exists(data_.path() + "/bitgrid.lock"))
            if (const auto idle = store::FolderLock::take(data_.path()); !idle) return idle.error();
        if (is_within(data_.path(), config_.path()) || is_within(config_.path(), data_.path()))
            return core::Error{core::ErrorCode::BadInput,
                               "data and configuration need folders beside each other, not " +
                                   data_.path() + " and " + config_.path()};
        if (auto free = data_.check(); !free) return free;
        return config_.check();
    }

    // Of an attempt that was cut off.
    void remove_leftovers() const {
        std::error_code error;
        for (fs::directory_iterator entry{data_.beside(), error}, end; !error && entry != end;
             entry.increment(error))
            if (entry->path().filename() != "bitgrid.lock") remove_tree(entry->path().string());
        remove_tree(config_.beside());
    }

    core::Result<void> build(const backup::SmallFiles& secrets) {
        if (auto made = backup::make_folders(config_.beside()); !made) return made;
        for (const backup::Entry& entry : restored_.manifest.files)
            if (auto done = bring(entry); !done) return done;
        for (const auto& [path, text] : secrets) {
            const bool is_config = path.starts_with(kConfig);
            const auto below = path.substr(is_config ? kConfig.size() : kData.size());
            const std::string& root = is_config ? config_.beside() : data_.beside();
            if (auto done = write_new(root, below, text); !done) return done;
            if (is_config) ++restored_.config_files;
            else restored_.has_keys = true;
        }
        return check_journal(data_.beside() + "/bitgrid.sqlite", restored_.manifest);
    }

    // What was copied is what was promised, even if somebody changes the backup meanwhile.
    core::Result<void> bring(const backup::Entry& entry) {
        if (entry.path == backup::kSecrets) return {};
        const bool is_config = entry.path.starts_with(kConfig);
        const std::string to = is_config
                                   ? config_.beside() + "/" + entry.path.substr(kConfig.size())
                                   : data_.beside() + "/" + entry.path.substr(kData.size());
        if (auto made = backup::make_folders(fs::path{to}.parent_path().string()); !made)
            return made;
        const auto copied = backup::copy_file(order_.backup + "/" + entry.path, to);
        if (!copied) return copied.error();
        if (copied->bytes != entry.bytes || copied->sha256 != entry.sha256)
            return core::Error{core::ErrorCode::Damaged,
                               order_.backup + ": " + entry.path + " is not as it was written"};
        if (is_config) ++restored_.config_files;
        return {};
    }

    core::Result<void> appear() {
        if (auto there = config_.appear(); !there) return there;
        auto there = data_.appear();
        if (!there) config_.disappear();
        return there;
    }

    const RestoreOrder& order_;
    Place data_;
    Place config_;
    Restored restored_;
};

}  // namespace

core::Result<Restored> check_backup(const RestoreOrder& order) {
    auto manifest = backup::check_files(order.backup);
    if (!manifest) return manifest.error();
    if (const auto whole = check_journal(order.backup + "/" + backup::kJournal, *manifest); !whole)
        return whole.error();
    Restored restored{std::move(manifest).value()};
    for (const backup::Entry& entry : restored.manifest.files)
        if (entry.path.starts_with(kConfig)) ++restored.config_files;
    if (!has_key(order)) return restored;
    const auto secrets = read_secrets(order, restored.manifest);
    if (!secrets) return secrets.error();
    for (const auto& [path, text] : *secrets)
        if (path.starts_with(kConfig)) ++restored.config_files;
        else restored.has_keys = true;
    return restored;
}

core::Result<Restored> restore_backup(const RestoreOrder& order) { return Restoring{order}.run(); }

}  // namespace bitgrid::app
