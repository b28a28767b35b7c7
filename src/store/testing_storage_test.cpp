#include "store/testing_storage.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "store/test_bench.hpp"

namespace bitgrid::store {
namespace {

constexpr std::size_t kSector = 512;

std::string name_of(const std::string& path) {
    return std::filesystem::path{path}.filename().string();
}

std::string read_whole(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

void apply(std::string& content, const UnsyncedWrite& write) {
    const auto at = static_cast<std::size_t>(write.at);
    if (write.is_truncate) return content.resize(std::min(content.size(), at));
    if (content.size() < at + write.bytes.size()) content.resize(at + write.bytes.size());
    content.replace(at, write.bytes.size(), write.bytes);
}

/// The sectors of a write that reached the disk; none is half written.
void apply_torn(std::string& content, const UnsyncedWrite& write, std::mt19937& random) {
    if (write.is_truncate) return apply(content, write);
    for (std::size_t begin = 0; begin < write.bytes.size();) {
        const std::size_t offset = (static_cast<std::size_t>(write.at) + begin) % kSector;
        const std::size_t count = std::min(kSector - offset, write.bytes.size() - begin);
        if (random() % 2 == 0)
            apply(content, {0, write.at + static_cast<std::int64_t>(begin),
                            write.bytes.substr(begin, count), false});
        begin += count;
    }
}

}  // namespace

void PowerCut::leave(const std::string& folder, Kept kept, std::mt19937& random) const {
    std::int64_t last = 0;
    for (const auto& [name, file] : files)
        for (const UnsyncedWrite& write : file.unsynced) last = std::max(last, write.order);
    const std::int64_t prefix = last == 0 ? 0 : static_cast<std::int64_t>(random()) % (last + 1);
    for (const auto& [name, file] : files) {
        const bool keeps_news = kept == Kept::All || (kept != Kept::None && random() % 2 == 0);
        const bool is_there = file.is_there && (file.is_entry_synced || keeps_news);
        const bool returns = !is_there && file.may_return && !keeps_news;
        if (!is_there && !returns) continue;
        std::string content = returns ? file.before : file.synced;
        for (const UnsyncedWrite& write : file.unsynced) {
            if (returns || kept == Kept::None) break;
            if (kept == Kept::Torn) apply_torn(content, write, random);
            else if (kept == Kept::All || (kept == Kept::Prefix && write.order <= prefix) ||
                     (kept == Kept::Some && random() % 2 == 0))
                apply(content, write);
        }
        std::ofstream{folder + "/" + name, std::ios::binary} << content;
    }
}

// --- the storage beneath SQLite ----------------------------------------------------------------

struct Storage::File {
    sqlite3_file base;
    Storage* storage;
    std::string* path;
    bool has_own_entry_sync;  ///< SQLite syncs the folder with the first sync of its logs
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

struct Storage::Vfs {
    sqlite3_vfs base{};
    sqlite3_vfs* real{};
    Storage* storage{};

    static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
    static Vfs& of(sqlite3_vfs* vfs) { return *static_cast<Vfs*>(vfs->pAppData); }

    static int close(sqlite3_file* f) {
        delete of(f).path;
        return of(f).real()->pMethods->xClose(of(f).real());
    }
    static int read(sqlite3_file* f, void* to, int count, sqlite3_int64 at) {
        return of(f).real()->pMethods->xRead(of(f).real(), to, count, at);
    }
    static int write(sqlite3_file* f, const void* from, int count, sqlite3_int64 at) {
        Storage& storage = *of(f).storage;
        if (storage.is_dead_) return SQLITE_OK;
        const bool fails = storage.fails();
        const int written = !fails ? count : storage.fault_ == Fault::Error ? 0 : count / 2;
        const int rc = written == 0
                           ? SQLITE_OK
                           : of(f).real()->pMethods->xWrite(of(f).real(), from, written, at);
        if (rc != SQLITE_OK) return rc;
        if (written > 0)
            storage.wrote(*of(f).path,
                          {0,
                           at,
                           {static_cast<const char*>(from), static_cast<std::size_t>(written)},
                           false});
        if (!fails) return SQLITE_OK;
        return storage.fault_ == Fault::Full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    }
    static int truncate(sqlite3_file* f, sqlite3_int64 size) {
        Storage& storage = *of(f).storage;
        if (storage.is_dead_) return SQLITE_OK;
        if (storage.fails()) return SQLITE_IOERR_TRUNCATE;
        storage.wrote(*of(f).path, {0, size, {}, true});
        return of(f).real()->pMethods->xTruncate(of(f).real(), size);
    }
    static int sync(sqlite3_file* f, int) {
        Storage& storage = *of(f).storage;
        if (storage.is_dead_) return SQLITE_OK;
        if (storage.before_sync) storage.before_sync();
        if (!storage.fails(true)) {
            storage.synced(*of(f).path, of(f).has_own_entry_sync);
            return SQLITE_OK;
        }
        // The kernel gives up what it could not write and calls it clean.
        storage.files_[name_of(*of(f).path)].unsynced.clear();
        return SQLITE_IOERR_FSYNC;
    }
    static int size(sqlite3_file* f, sqlite3_int64* size) {
        return of(f).real()->pMethods->xFileSize(of(f).real(), size);
    }
    static int lock(sqlite3_file* f, int level) {
        return of(f).real()->pMethods->xLock(of(f).real(), level);
    }
    static int unlock(sqlite3_file* f, int level) {
        return of(f).real()->pMethods->xUnlock(of(f).real(), level);
    }
    static int check_lock(sqlite3_file* f, int* held) {
        return of(f).real()->pMethods->xCheckReservedLock(of(f).real(), held);
    }
    static int control(sqlite3_file* f, int what, void* with) {
        return of(f).real()->pMethods->xFileControl(of(f).real(), what, with);
    }
    static int sector(sqlite3_file* f) { return of(f).real()->pMethods->xSectorSize(of(f).real()); }
    static int traits(sqlite3_file* f) {
        return of(f).real()->pMethods->xDeviceCharacteristics(of(f).real());
    }
    static int map(sqlite3_file* f, int page, int size, int extend, void volatile** to) {
        return of(f).real()->pMethods->xShmMap(of(f).real(), page, size, extend, to);
    }
    static int lock_map(sqlite3_file* f, int at, int count, int flags) {
        return of(f).real()->pMethods->xShmLock(of(f).real(), at, count, flags);
    }
    static void barrier(sqlite3_file* f) { of(f).real()->pMethods->xShmBarrier(of(f).real()); }
    static int unmap(sqlite3_file* f, int remove) {
        return of(f).real()->pMethods->xShmUnmap(of(f).real(), remove);
    }

    static const sqlite3_io_methods* methods() {
        static const sqlite3_io_methods all = [] {
            sqlite3_io_methods m{};
            m.iVersion = 2;  // no memory mapping: it would write behind our back
            m.xClose = close;
            m.xRead = read;
            m.xWrite = write;
            m.xTruncate = truncate;
            m.xSync = sync;
            m.xFileSize = size;
            m.xLock = lock;
            m.xUnlock = unlock;
            m.xCheckReservedLock = check_lock;
            m.xFileControl = control;
            m.xSectorSize = sector;
            m.xDeviceCharacteristics = traits;
            m.xShmMap = map;
            m.xShmLock = lock_map;
            m.xShmBarrier = barrier;
            m.xShmUnmap = unmap;
            return m;
        }();
        return &all;
    }

    static int open(sqlite3_vfs* v, const char* path, sqlite3_file* f, int flags, int* out) {
        Vfs& vfs = of(v);
        Storage& storage = *vfs.storage;
        File& file = of(f);
        file.base.pMethods = nullptr;
        if (storage.fails()) return SQLITE_CANTOPEN;
        const bool is_new = path == nullptr || !std::filesystem::exists(path);
        const int rc = vfs.real->xOpen(vfs.real, path, file.real(), flags, out);
        if (rc != SQLITE_OK) return rc;
        file.base.pMethods = methods();
        file.storage = &storage;
        file.path = new std::string{path == nullptr ? "" : path};
        file.has_own_entry_sync = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
        storage.created(*file.path, is_new);
        return SQLITE_OK;
    }
    static int remove(sqlite3_vfs* v, const char* path, int sync_folder) {
        Vfs& vfs = of(v);
        if (vfs.storage->is_dead_) return SQLITE_OK;
        if (vfs.storage->fails()) return SQLITE_IOERR_DELETE;
        const int rc = vfs.real->xDelete(vfs.real, path, 0);
        if (rc != SQLITE_OK) return rc;
        vfs.storage->removed(path);
        if (sync_folder != 0) (void)vfs.storage->files().sync_folder("");
        return SQLITE_OK;
    }
    static int last_error(sqlite3_vfs* v, int, char*) {
        Storage& storage = *of(v).storage;
        return storage.fault_ == Fault::Full ? ENOSPC : EIO;
    }
};

Storage::Storage() : vfs_{new Vfs} {
    vfs_->real = sqlite3_vfs_find("unix");
    vfs_->storage = this;
    vfs_->base = *vfs_->real;
    vfs_->base.iVersion = 1;
    vfs_->base.zName = "testing-storage";
    vfs_->base.pAppData = vfs_;
    vfs_->base.szOsFile = static_cast<int>(sizeof(File)) + vfs_->real->szOsFile;
    vfs_->base.xOpen = Vfs::open;
    vfs_->base.xDelete = Vfs::remove;
    vfs_->base.xGetLastError = Vfs::last_error;
    vfs_->base.xAccess = [](sqlite3_vfs* v, const char* path, int flags, int* answer) {
        return Vfs::of(v).real->xAccess(Vfs::of(v).real, path, flags, answer);
    };
    vfs_->base.xFullPathname = [](sqlite3_vfs* v, const char* path, int count, char* to) {
        return Vfs::of(v).real->xFullPathname(Vfs::of(v).real, path, count, to);
    };
    sqlite3_vfs_register(&vfs_->base, 1);
}

Storage::~Storage() {
    sqlite3_vfs_register(vfs_->real, 1);
    sqlite3_vfs_unregister(&vfs_->base);
    delete vfs_;
}

void Storage::fail(int n, Fault fault, bool stays) {
    countdown_ = n;
    fault_ = fault;
    stays_ = stays;
    has_failed_ = false;
}

bool Storage::fails(bool is_sync) {
    if (countdown_ == 0 || is_dead_ || (only_syncs_ && !is_sync)) return false;
    if (countdown_ > 1) {
        --countdown_;
        return false;
    }
    if (!stays_) countdown_ = 0;
    has_failed_ = true;
    return true;
}

void Storage::created(const std::string& path, bool is_new) {
    CutFile& file = files_[name_of(path)];
    if (!is_new) {
        if (file.is_there && (file.is_entry_synced || !file.unsynced.empty())) return;
        file.synced = read_whole(path);
        file.is_there = file.is_entry_synced = true;
        return;
    }
    file.is_there = true;
    file.is_entry_synced = false;
    file.synced.clear();
    file.unsynced.clear();
}

void Storage::removed(const std::string& path) {
    CutFile& file = files_[name_of(path)];
    if (file.is_entry_synced) {
        file.may_return = true;
        file.before = file.synced;
    }
    file.is_there = file.is_entry_synced = false;
    file.unsynced.clear();
}

void Storage::wrote(const std::string& path, UnsyncedWrite write) {
    write.order = ++order_;
    files_[name_of(path)].unsynced.push_back(std::move(write));
}

void Storage::synced(const std::string& path, bool with_entry) {
    CutFile& file = files_[name_of(path)];
    for (const UnsyncedWrite& write : file.unsynced) apply(file.synced, write);
    file.unsynced.clear();
    if (!with_entry) return;
    file.is_entry_synced = true;
    file.may_return = false;
}

core::Result<void> Storage::OwnFiles::rename(const std::string& from, const std::string& to) {
    if (storage_.is_dead_) return {};
    if (storage_.fails()) return core::Error{core::ErrorCode::Unavailable, from};
    storage_.files_[name_of(to)] = storage_.files_[name_of(from)];
    storage_.files_[name_of(from)] = {};
    storage_.files_[name_of(from)].is_there = false;
    return Files::rename(from, to);
}

core::Result<void> Storage::OwnFiles::remove(const std::string& path) {
    if (storage_.fails()) return core::Error{core::ErrorCode::Unavailable, path};
    return Files::remove(path);
}

core::Result<void> Storage::OwnFiles::allocate(const std::string& path, std::int64_t bytes) {
    if (storage_.fails()) return core::Error{core::ErrorCode::Unavailable, path};
    return Files::allocate(path, bytes);
}

core::Result<void> Storage::OwnFiles::sync_folder(const std::string& folder) {
    if (storage_.fails(true)) return core::Error{core::ErrorCode::Unavailable, folder};
    for (auto& [name, file] : storage_.files_) {
        file.is_entry_synced = file.is_there;
        file.may_return = false;
    }
    return {};
}

}  // namespace bitgrid::store

using namespace bitgrid::store;

namespace {

std::string left_after(const Storage& storage, PowerCut::Kept kept) {
    const TempFolder folder;
    std::mt19937 random{1};
    storage.cut().leave(folder.path(), kept, random);
    return read_whole(folder.database());
}

TEST(Storage, ForgetsInAPowerCutWhatWasNotSynced) {
    const TempFolder folder;
    Storage storage;
    auto database = Database::open(folder.database(), Database::Access::Write);
    ASSERT_TRUE(database && database->execute("PRAGMA synchronous=OFF; CREATE TABLE a (b)"));
    (void)storage.files().sync_folder(folder.path());
    EXPECT_EQ(left_after(storage, PowerCut::Kept::None), "");
    EXPECT_EQ(left_after(storage, PowerCut::Kept::All), read_whole(folder.database()));
    ASSERT_TRUE(database->execute("PRAGMA synchronous=FULL; CREATE TABLE c (d)"));
    EXPECT_EQ(left_after(storage, PowerCut::Kept::None), read_whole(folder.database()));
}

TEST(Storage, NeverBringsToDiskWhatAFailedSyncGaveUp) {
    const TempFolder folder;
    Storage storage;
    auto database = Database::open(folder.database(), Database::Access::Write);
    ASSERT_TRUE(database && database->execute("PRAGMA journal_mode=OFF; CREATE TABLE a (b)"));
    (void)storage.files().sync_folder(folder.path());
    storage.fail_only_syncs(true);
    storage.fail(1, Storage::Fault::Error, false);
    EXPECT_FALSE(database->execute("CREATE TABLE c (d)"));
    EXPECT_TRUE(storage.has_failed());
    EXPECT_NE(left_after(storage, PowerCut::Kept::All), read_whole(folder.database()));
}

TEST(Storage, FailsTheCallThatItWasToldTo) {
    const TempFolder folder;
    Storage storage;
    auto database = Database::open(folder.database(), Database::Access::Write);
    ASSERT_TRUE(database && database->execute("CREATE TABLE a (b)"));
    storage.fail(2, Storage::Fault::Full, true);
    EXPECT_FALSE(database->execute("INSERT INTO a VALUES (1)"));
    EXPECT_FALSE(database->execute("INSERT INTO a VALUES (1)")) << "it stays";
    storage.heal();
    EXPECT_TRUE(database->execute("INSERT INTO a VALUES (1)"));
}

}  // namespace
