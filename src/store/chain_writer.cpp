#include "store/chain_writer.hpp"

#include <algorithm>
#include <array>

namespace bitgrid::store {
namespace {

constexpr const char* kInsert =
    "INSERT INTO journal (seq, time_ms, type, load_id, block_id, decision_id, trigger, code,"
    " body, prev_hash, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
constexpr const char* kMoveEnd = "UPDATE chain SET last_seq = ?1, head = ?2";
constexpr const char* kKeep =
    "INSERT INTO checkpoint (id, seq, body, hash) VALUES (1, ?1, ?2, ?3)"
    " ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, body = excluded.body, hash = "
    "excluded.hash";
constexpr std::int64_t kFrameBytes = 4'096 + 24;

core::Result<void> done(const core::Result<bool>& step) {
    if (!step) return step.error();
    return {};
}

}  // namespace

ChainWriter::ChainWriter(Database database, Statement insert, Statement move_end, Statement keep)
    : database_{std::move(database)},
      insert_{std::move(insert)},
      move_end_{std::move(move_end)},
      keep_{std::move(keep)} {
    const auto keep_count = [](void* frames, sqlite3*, const char*, int count) {
        *static_cast<int*>(frames) = count;
        return SQLITE_OK;
    };
    sqlite3_wal_hook(database_.handle(), keep_count, wal_frames_.get());
}

core::Result<ChainWriter> ChainWriter::open(Database database) {
    auto insert = database.prepare(kInsert);
    if (!insert) return insert.error();
    auto move_end = database.prepare(kMoveEnd);
    if (!move_end) return move_end.error();
    auto keep = database.prepare(kKeep);
    if (!keep) return keep.error();
    return ChainWriter{std::move(database), std::move(*insert), std::move(*move_end),
                       std::move(*keep)};
}

core::Result<Receipts> ChainWriter::write(std::span<const Batch> batches) {
    attempted_.clear();
    trouble_ = Trouble::File;
    if (database_.has_moved())
        return core::Error{core::ErrorCode::Unavailable,
                           "the database file was moved or deleted while in use"};
    auto transaction = Transaction::begin(database_);
    if (!transaction) {
        trouble_ = database_.trouble();
        return transaction.error();
    }
    auto receipts = write_all(batches);
    if (!receipts) return receipts;
    if (auto committed = transaction->commit(); !committed) {
        trouble_ = database_.trouble();
        attempted_ = std::move(*receipts);
        return committed.error();
    }
    return receipts;
}

core::Result<bool> ChainWriter::forget(std::int64_t sealed_through, core::UnixTime older_than) {
    constexpr std::int64_t kRowsAtOnce = 200;  // some milliseconds, between two writes
    auto has_more = prune_some(database_, sealed_through, older_than, kRowsAtOnce);
    if (!has_more) trouble_ = database_.trouble();
    return has_more;
}

core::Result<Receipts> ChainWriter::write_all(std::span<const Batch> batches) {
    if (!is_wal_trusted_)
        if (auto rewritten = rewrite_wal(); !rewritten) return rewritten.error();
    is_wal_trusted_ = true;
    auto end = read_end();
    if (!end) {
        trouble_ = database_.trouble();
        return end.error();
    }
    Receipts receipts;
    for (const Batch& batch : batches) {
        auto receipt = write_batch(batch, *end);
        if (!receipt && receipt.error().code != core::ErrorCode::Refused) return receipt.error();
        receipts.push_back(std::move(receipt));
    }
    return receipts;
}

// A run before us may have seen an fsync fail and died. Then the kernel shows us what the disk
// never got, calls it clean, and no later fsync would bring it there: the log would end before what
// we add to it. Writing the same bytes once more makes them its business again. Called with the
// write lock, so that nobody else writes there.
core::Result<void> ChainWriter::rewrite_wal() {
    sqlite3_file* wal = nullptr;
    sqlite3_file_control(database_.handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
    if (wal == nullptr || wal->pMethods == nullptr) return {};
    std::array<char, 65'536> bytes;
    sqlite3_int64 size = 0;
    int rc = wal->pMethods->xFileSize(wal, &size);
    for (sqlite3_int64 at = 0; rc == SQLITE_OK && at < size;) {
        const auto count = static_cast<int>(std::min<sqlite3_int64>(size - at, std::ssize(bytes)));
        rc = wal->pMethods->xRead(wal, bytes.data(), count, at);
        if (rc == SQLITE_OK) rc = wal->pMethods->xWrite(wal, bytes.data(), count, at);
        at += count;
    }
    if (rc == SQLITE_OK && size > 0) rc = wal->pMethods->xSync(wal, SQLITE_SYNC_FULL);
    if (rc == SQLITE_OK) return {};
    if (rc == SQLITE_FULL) trouble_ = Trouble::Full;
    return core::Error{core::ErrorCode::Unavailable,
                       std::string{"write-ahead log: "} + sqlite3_errstr(rc)};
}

std::int64_t ChainWriter::wal_bytes() const { return *wal_frames_ * kFrameBytes; }

core::Result<bool> ChainWriter::checkpoint() {
    int in_log = 0;
    int moved = 0;
    attempted_.clear();
    trouble_ = Trouble::Busy;
    const int rc = sqlite3_wal_checkpoint_v2(database_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                             &in_log, &moved);
    if (rc != SQLITE_OK && rc != SQLITE_BUSY) {
        trouble_ = database_.trouble();
        return failure(database_.handle(), "checkpoint");
    }
    const bool is_whole = rc == SQLITE_OK && in_log == moved;
    if (is_whole) *wal_frames_ = 0;
    return is_whole;
}

core::Result<void> ChainWriter::finish() {
    return database_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

// Read afresh each time: after a failed commit nothing remembered can be trusted.
core::Result<ChainWriter::End> ChainWriter::read_end() {
    auto statement = database_.prepare("SELECT last_seq, head FROM chain");
    if (!statement) return statement.error();
    const auto row = statement->run();
    if (!row) return row.error();
    if (!*row) return core::Error{core::ErrorCode::Damaged, "the record of the chain is missing"};
    return End{statement->integer(0), hash_of(statement->bytes(1))};
}

core::Result<ports::Receipt> ChainWriter::write_batch(const Batch& batch, End& end) {
    if (auto begun = database_.execute("SAVEPOINT batch"); !begun) {
        trouble_ = database_.trouble();
        return begun.error();
    }
    auto written = write_rows(batch, end);
    if (!written) {
        trouble_ = database_.trouble();
        // Where SQLite has given up the whole transaction, there is no savepoint to return to.
        if (sqlite3_get_autocommit(database_.handle()) != 0)
            return core::Error{core::ErrorCode::Unavailable, written.error().what};
        if (auto undone = database_.execute("ROLLBACK TO batch; RELEASE batch"); !undone)
            return core::Error{core::ErrorCode::Unavailable, undone.error().what};
        return written.error();
    }
    if (auto released = database_.execute("RELEASE batch"); !released) {
        trouble_ = database_.trouble();
        return released.error();
    }
    end = *written;
    return ports::Receipt{end.sequence, hex(end.head)};
}

core::Result<ChainWriter::End> ChainWriter::write_rows(const Batch& batch, End end) {
    for (const Row& row : batch.rows) {
        const Hash hash = link(end.head, row.body);
        if (auto inserted = insert_row(row, end, hash); !inserted) return inserted.error();
        end = {end.sequence + 1, hash};
    }
    if (auto moved = done(move_end_.run(end.sequence, Bytes{end.head})); !moved)
        return moved.error();
    const Hash memory = link(end.head, batch.checkpoint);
    if (auto kept = done(keep_.run(end.sequence, batch.checkpoint, Bytes{memory})); !kept)
        return kept.error();
    return end;
}

core::Result<void> ChainWriter::insert_row(const Row& row, const End& before, const Hash& hash) {
    auto inserted = done(insert_.run(before.sequence + 1, row.time_ms, row.type, row.load_id,
                                     row.block_id, row.decision_id, row.trigger, row.code, row.body,
                                     Bytes{before.head}, Bytes{hash}));
    if (!inserted && inserted.error().code == core::ErrorCode::Refused && row.decision_id)
        return core::Error{core::ErrorCode::Refused,
                           "block " + std::to_string(row.block_id.value_or(0)) + " of load " +
                               row.load_id.value_or("") + " was decided before (" +
                               inserted.error().what + ")"};
    return inserted;
}

}  // namespace bitgrid::store
