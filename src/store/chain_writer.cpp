#include "store/chain_writer.hpp"

namespace bitgrid::store {
namespace {

constexpr const char* kInsert =
    "INSERT INTO journal (seq, time_ms, type, load_id, block_id, decision_id, trigger, code,"
    " body, prev_hash, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
constexpr const char* kMoveEnd = "UPDATE chain SET last_seq = ?1, head = ?2";
constexpr const char* kKeep =
    "INSERT INTO checkpoint VALUES (1, ?1, ?2)"
    " ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, body = excluded.body";

core::Result<void> done(const core::Result<bool>& step) {
    if (!step) return step.error();
    return {};
}

}  // namespace

ChainWriter::ChainWriter(Database database, Statement insert, Statement move_end, Statement keep)
    : database_{std::move(database)},
      insert_{std::move(insert)},
      move_end_{std::move(move_end)},
      keep_{std::move(keep)} {}

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

core::Result<std::vector<core::Result<ports::Receipt>>> ChainWriter::write(
    std::span<const Batch> batches) {
    if (database_.has_moved())
        return core::Error{core::ErrorCode::Unavailable,
                           "the database file was moved or deleted while in use"};
    auto transaction = Transaction::begin(database_);
    if (!transaction) return transaction.error();
    auto end = read_end();
    if (!end) return end.error();
    std::vector<core::Result<ports::Receipt>> receipts;
    for (const Batch& batch : batches) {
        auto receipt = write_batch(batch, *end);
        if (!receipt && receipt.error().code != core::ErrorCode::Refused) return receipt.error();
        receipts.push_back(std::move(receipt));
    }
    if (auto committed = transaction->commit(); !committed) return committed.error();
    return receipts;
}

core::Result<void> ChainWriter::checkpoint() {
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
    if (auto begun = database_.execute("SAVEPOINT batch"); !begun) return begun.error();
    auto written = write_rows(batch, end);
    if (!written) {
        // Where SQLite has given up the whole transaction, there is no savepoint to return to.
        if (sqlite3_get_autocommit(database_.handle()) != 0)
            return core::Error{core::ErrorCode::Unavailable, written.error().what};
        if (auto undone = database_.execute("ROLLBACK TO batch; RELEASE batch"); !undone)
            return core::Error{core::ErrorCode::Unavailable, undone.error().what};
        return written.error();
    }
    if (auto released = database_.execute("RELEASE batch"); !released) return released.error();
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
    if (auto kept = done(keep_.run(end.sequence, batch.checkpoint)); !kept) return kept.error();
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
