#include "store/schema.hpp"

#include <array>
#include <cstdio>

namespace bitgrid::store {
namespace {

// body: canonical JSON, exactly as hashed. The other columns repeat parts of it, for looking up.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE journal (
    seq         INTEGER PRIMARY KEY,
    time_ms     INTEGER NOT NULL,
    type        TEXT NOT NULL,
    load_id     TEXT,
    block_id    INTEGER,
    decision_id TEXT UNIQUE,
    trigger     TEXT,
    code        TEXT,
    body        TEXT NOT NULL,
    prev_hash   BLOB NOT NULL CHECK (length(prev_hash) = 32),
    hash        BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE UNIQUE INDEX journal_one_decision_per_block ON journal (load_id, block_id)
    WHERE trigger = 'BLOCK_TICK';
CREATE INDEX journal_time ON journal (time_ms);
CREATE INDEX journal_load ON journal (load_id, seq) WHERE load_id IS NOT NULL;

-- One row: how long the chain is and how it ends; where it begins after older rows were archived.
CREATE TABLE chain (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    last_seq    INTEGER NOT NULL,
    head        BLOB NOT NULL CHECK (length(head) = 32),
    anchor_seq  INTEGER NOT NULL,
    anchor      BLOB NOT NULL CHECK (length(anchor) = 32)
) STRICT;
INSERT INTO chain VALUES (1, 0, zeroblob(32), 0, zeroblob(32));

-- One row: what the rules remember, written with the events that made it so.
CREATE TABLE checkpoint (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    seq         INTEGER NOT NULL,
    body        TEXT NOT NULL
) STRICT;
)sql";

// hash: SHA-256(the chain's head, then body), so that a changed memory shows like a changed row;
// NULL where an older program wrote it.
constexpr const char* kVersion2 =
    "ALTER TABLE checkpoint ADD COLUMN hash BLOB CHECK (hash IS NULL OR length(hash) = 32)";

constexpr std::array kMigrations{kVersion1, kVersion2};

constexpr std::int64_t kOurTables = 3;

core::Result<void> refuse_foreign(Database& database, std::int64_t version, std::int64_t newest) {
    const auto id = database.number("PRAGMA application_id");
    if (!id) return id.error();
    const auto tables = database.number("SELECT count(*) FROM sqlite_schema");
    if (!tables) return tables.error();
    const auto ours = database.number(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table'"
        " AND name IN ('journal', 'chain', 'checkpoint')");
    if (!ours) return ours.error();
    if (*id != kApplicationId && *ours == kOurTables)
        return core::Error{core::ErrorCode::Damaged, "the mark of a journal is gone"};
    if (*id != kApplicationId && (*id != 0 || version != 0 || *tables != 0))
        return core::Error{core::ErrorCode::Refused, "this file belongs to another program"};
    if (version > newest)
        return core::Error{core::ErrorCode::Refused,
                           "the database has version " + std::to_string(version) +
                               ", this program knows versions up to " + std::to_string(newest) +
                               ": start a newer program or restore an older backup"};
    return {};
}

// A copy that is whole on its own; an older attempt's copy gives way.
core::Result<void> copy_aside(Database& database, const std::string& path, std::int64_t version) {
    const std::string copy = path + ".v" + std::to_string(version) + ".backup";
    std::remove(copy.c_str());
    auto statement = database.prepare("VACUUM INTO ?1");
    if (!statement) return statement.error();
    if (const auto done = statement->run(copy); !done) return done.error();
    return {};
}

}  // namespace

std::span<const char* const> migrations() { return kMigrations; }

core::Result<void> set_durable(Database& database) {
    return database.execute(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA wal_autocheckpoint=0;"
        "PRAGMA journal_size_limit=16777216; PRAGMA cache_size=-2000");
}

core::Result<void> refuse_unknown(Database& database, std::span<const char* const> steps) {
    const auto version = database.number("PRAGMA user_version");
    if (!version) return version.error();
    return refuse_foreign(database, *version, static_cast<std::int64_t>(steps.size()));
}

core::Result<void> migrate(Database& database, const std::string& path,
                           std::span<const char* const> steps) {
    const auto version = database.number("PRAGMA user_version");
    if (!version) return version.error();
    const auto newest = static_cast<std::int64_t>(steps.size());
    if (auto known = refuse_foreign(database, *version, newest); !known) return known;
    if (*version == newest) return {};
    if (*version > 0)
        if (auto copied = copy_aside(database, path, *version); !copied) return copied;

    auto transaction = Transaction::begin(database);
    if (!transaction) return transaction.error();
    for (auto step = static_cast<std::size_t>(*version); step < steps.size(); ++step)
        if (auto done = database.execute(steps[step]); !done) return done;
    auto stamped = database.execute("PRAGMA application_id=" + std::to_string(kApplicationId) +
                                    "; PRAGMA user_version=" + std::to_string(newest));
    if (!stamped) return stamped;
    return transaction->commit();
}

}  // namespace bitgrid::store
