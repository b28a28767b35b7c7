#include "store/open_journal.hpp"

#include <algorithm>
#include <filesystem>

#include "store/chain.hpp"
#include "store/schema.hpp"

namespace bitgrid::store {
namespace {

constexpr std::int64_t kRowsToCheck = 200;
constexpr std::int64_t kBytesToCheck = 8 << 20;
constexpr int kBusyMs = 2'000;
constexpr int kMostSetAside = 1'000;

std::string folder_of(const std::string& path) {
    return std::filesystem::path{path}.parent_path().string();
}

// Asked before anything may write: opening for writing alone would change a file of others.
core::Result<void> refuse_unknown_file(const std::string& path, Files& files) {
    std::error_code unknown;
    const auto size = std::filesystem::file_size(path, unknown);
    if (!files.exists(path) || (!unknown && size == 0)) return {};
    auto database = Database::open(path, Database::Access::Read, kBusyMs);
    if (!database) return database.error();
    auto known = refuse_unknown(*database);
    // A change that a crash interrupted must be taken back first, and that is writing.
    const bool is_half_changed = (sqlite3_errcode(database->handle()) & 0xff) == SQLITE_READONLY;
    if (!known && is_half_changed) return {};
    return known;
}

core::Result<void> check_pages(Database& database) {
    const auto pages = database.number("PRAGMA page_count");
    const auto size = database.number("PRAGMA page_size");
    if (!pages) return pages.error();
    if (!size) return size.error();
    if (*pages * *size > kBytesToCheck) return {};
    auto check = database.prepare("PRAGMA quick_check(1)");
    if (!check) return check.error();
    const auto row = check->run();
    if (!row) return row.error();
    if (*row && check->text(0) != "ok")
        return core::Error{core::ErrorCode::Damaged, std::string{check->text(0)}};
    return {};
}

core::Result<void> restore_checkpoint(Database& database, const Codec& codec, Restored& restored) {
    auto saved = database.prepare(
        "SELECT checkpoint.body, checkpoint.hash, checkpoint.seq, chain.last_seq, chain.head"
        " FROM chain LEFT JOIN checkpoint");
    if (!saved) return saved.error();
    const auto row = saved->run();
    if (!row) return row.error();
    const bool is_there = *row && !saved->is_null(0);
    const core::Error damaged{core::ErrorCode::Damaged, "what was remembered was changed"};
    if (!is_there) {
        if (restored.last_sequence == 0) return {};
        return damaged;
    }
    if (saved->integer(2) != saved->integer(3)) return damaged;
    if (!saved->is_null(1) &&
        link(hash_of(saved->bytes(4)), saved->text(0)) != hash_of(saved->bytes(1)))
        return damaged;
    auto checkpoint = codec.decode_checkpoint(saved->text(0));
    if (!checkpoint)
        return core::Error{core::ErrorCode::Damaged,
                           "what was remembered cannot be read: " + checkpoint.error().what};
    restored.checkpoint = std::move(*checkpoint);
    return {};
}

// A block of the checked rows that was decided counts, whatever the checkpoint says.
core::Result<void> restore_last_block(Database& database, Restored& restored) {
    if (!restored.checkpoint) return {};
    auto newest = database.prepare(
        "SELECT ifnull(max(block_id), 0) FROM journal NOT INDEXED"
        " WHERE seq > ?1 AND trigger = 'BLOCK_TICK'");
    if (!newest) return newest.error();
    const auto row = newest->run(restored.last_sequence - kRowsToCheck);
    if (!row) return row.error();
    core::BlockId& last = restored.checkpoint->last_block;
    if (*row) last = std::max(last, newest->integer(0));
    return {};
}

// A new file beside a damaged one: the run that set it aside may have ended before it wrote.
bool was_set_aside(const std::string& path, Files& files) {
    return files.exists(path + ".damaged-1") || files.exists(path + ".damaged-1-wal");
}

core::Result<Restored> restore(Database& database, const Codec& codec) {
    if (auto good = check_pages(database); !good) return good.error();
    const auto chain = verify_end(database, kRowsToCheck);
    if (!chain) return chain.error();
    Restored restored;
    restored.last_sequence = chain->last_sequence;
    restored.head = chain->head;
    if (auto good = restore_checkpoint(database, codec, restored); !good) return good.error();
    if (auto good = restore_last_block(database, restored); !good) return good.error();
    return restored;
}

}  // namespace

core::Result<OpenedJournal> open_journal(const std::string& path, Database::Access access,
                                         const Codec& codec, Files& files) {
    const auto named = [&](const core::Error& error) {
        return core::Error{error.code, path + ": " + error.what};
    };
    if (auto known = refuse_unknown_file(path, files); !known) return named(known.error());
    auto database = Database::open(path, access, kBusyMs);
    if (!database) return database.error();
    if (auto durable = set_durable(*database); !durable) return named(durable.error());
    // The name of a new file must not be younger than that of its log, and the rollback journal of
    // its first page, once it is gone, must not come back and empty it.
    if (auto kept = files.sync_folder(folder_of(path)); !kept) return kept.error();
    if (auto migrated = migrate(*database, path); !migrated) return named(migrated.error());
    auto restored = restore(*database, codec);
    if (restored && restored->last_sequence == 0) {
        restored->is_memory_lost = was_set_aside(path, files);
        // An attempt before us may have failed to sync the empty file, and SQLite throws away the
        // log of a file that a power cut left empty. From here on it is certainly there.
        if (auto begun = database->execute("PRAGMA wal_checkpoint(TRUNCATE)"); !begun)
            return named(begun.error());
    }
    if (restored) return OpenedJournal{std::move(*database), std::move(*restored)};
    // Our own words are right: where SQLite does not understand them, the tables are not ours.
    const bool is_misread = (sqlite3_errcode(database->handle()) & 0xff) == SQLITE_ERROR;
    core::Error error = named(restored.error());
    if (is_misread) error.code = core::ErrorCode::Damaged;
    return error;
}

core::Result<std::string> set_aside(const std::string& path, Files& files) {
    int number = 1;
    const auto aside = [&] { return path + ".damaged-" + std::to_string(number); };
    while (files.exists(aside()) || files.exists(aside() + "-wal"))
        if (++number > kMostSetAside)
            return core::Error{core::ErrorCode::Unavailable,
                               path + ": too many damaged files beside it; move some away"};
    // The file first: without its log it could pass for a whole one that is older.
    for (const char* const part : {"", "-wal", "-shm"})
        if (files.exists(path + part))
            if (auto moved = files.rename(path + part, aside() + part); !moved)
                return moved.error();
    if (auto kept = files.sync_folder(folder_of(path)); !kept) return kept.error();
    return aside();
}

}  // namespace bitgrid::store
