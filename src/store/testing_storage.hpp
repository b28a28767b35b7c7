#pragma once
// For tests of this room: the storage beneath SQLite. It fails where it is told to, and knows what
// a power cut would leave of the files: what was synced for certain, of the rest anything.
// While it lives every database of the process runs on it. One thread.
#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "store/files.hpp"

namespace bitgrid::store {

/// What the disk was told and has not promised yet.
struct UnsyncedWrite {
    std::int64_t order{};  ///< among the writes to all files
    std::int64_t at{};
    std::string bytes;
    bool is_truncate{false};  ///< to `at`
};

/// A file as a power cut may find it.
struct CutFile {
    std::string synced;
    std::vector<UnsyncedWrite> unsynced;
    bool is_there{true};
    bool is_entry_synced{false};  ///< its name in the folder survives
    bool may_return{false};       ///< removed or replaced, but not for certain
    std::string before;           ///< what returns then
};

/// All files at one moment, by name.
struct PowerCut {
    enum class Kept { None, All, Prefix, Some, Torn };

    std::map<std::string, CutFile> files;

    /// Puts one of the legal states into an empty folder.
    void leave(const std::string& folder, Kept, std::mt19937&) const;
};

class Storage {
public:
    enum class Fault {
        Error,  ///< EIO, nothing was written
        Torn,   ///< EIO, half of it was written
        Full    ///< ENOSPC, half of it was written
    };

    Storage();
    Storage(const Storage&) = delete;
    Storage& operator=(const Storage&) = delete;
    ~Storage();

    /// The n-th call from now that could fail does so (1: the next), and all after it where it
    /// `stays`, until heal().
    void fail(int n, Fault, bool stays);
    void heal() { countdown_ = 0; }
    bool has_failed() const { return has_failed_; }
    /// Only syncs are counted and fail.
    void fail_only_syncs(bool only) { only_syncs_ = only; }

    /// The process is gone: whatever it still does reaches no file.
    void kill() { is_dead_ = true; }
    void revive() { is_dead_ = false; }

    std::function<void()> before_sync;  ///< the moments that matter for a power cut
    PowerCut cut() const { return {files_}; }

    /// The journal's own file operations on this storage.
    Files& files() { return files_seen_; }

private:
    struct File;
    struct Vfs;
    class OwnFiles final : public Files {
    public:
        explicit OwnFiles(Storage& storage) : storage_{storage} {}
        core::Result<void> rename(const std::string& from, const std::string& to) override;
        core::Result<void> remove(const std::string& path) override;
        core::Result<void> allocate(const std::string& path, std::int64_t bytes) override;
        core::Result<void> sync_folder(const std::string& folder) override;

    private:
        Storage& storage_;
    };

    bool fails(bool is_sync = false);
    void created(const std::string& path, bool is_new);
    void removed(const std::string& path);
    void wrote(const std::string& path, UnsyncedWrite);
    void synced(const std::string& path, bool with_entry);

    OwnFiles files_seen_{*this};
    std::map<std::string, CutFile> files_;
    std::int64_t order_{0};
    int countdown_{0};
    Fault fault_{};
    bool stays_{false};
    bool only_syncs_{false};
    bool has_failed_{false};
    bool is_dead_{false};
    Vfs* vfs_;
};

}  // namespace bitgrid::store
