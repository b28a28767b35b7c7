#pragma once
// Writes batches behind the end of the chain: one transaction, one fsync, however many batches.
// Owned by one thread. A failure leaves the file as it was, or the whole transaction in it: who
// fails to commit cannot know.
#include <memory>
#include <span>

#include "store/chain.hpp"
#include "store/journal_row.hpp"

namespace bitgrid::store {

using Receipts = std::vector<core::Result<ports::Receipt>>;

class ChainWriter {
public:
    static core::Result<ChainWriter> open(Database);

    /// Per batch: its receipt, or Refused where the batch breaks a rule of the journal (a block
    /// decided twice, a decision id used twice); such a batch leaves no trace. An error of the
    /// whole: nothing is acknowledged; trouble() and attempted() say more.
    core::Result<Receipts> write(std::span<const Batch>);

    Trouble trouble() const { return trouble_; }  ///< behind the last error of write()
    /// What a failed write would have answered, where it came as far as the commit.
    const Receipts& attempted() const { return attempted_; }

    /// Takes sealed rows out, a few at a time; see prune_some().
    core::Result<bool> forget(std::int64_t sealed_through, core::UnixTime older_than);

    /// The write-ahead log, as far as it is in use.
    std::int64_t wal_bytes() const;
    /// Moves what it can of the WAL into the file; true: all of it, so that the next write begins
    /// the log anew. False: a reader holds it.
    core::Result<bool> checkpoint();
    /// Moves the WAL into the file and empties it; for the end of the run.
    core::Result<void> finish();

private:
    ChainWriter(Database database, Statement insert, Statement move_end, Statement keep);

    struct End {
        std::int64_t sequence{};
        Hash head{};
    };
    core::Result<Receipts> write_all(std::span<const Batch>);
    core::Result<void> rewrite_wal();
    core::Result<End> read_end();
    core::Result<End> write_rows(const Batch&, End);
    core::Result<ports::Receipt> write_batch(const Batch&, End&);
    core::Result<void> insert_row(const Row&, const End& before, const Hash& hash);

    Database database_;
    Statement insert_;
    Statement move_end_;
    Statement keep_;
    std::unique_ptr<int> wal_frames_{std::make_unique<int>(0)};  ///< told by SQLite
    bool is_wal_trusted_{false};
    Trouble trouble_{};
    Receipts attempted_;
};

}  // namespace bitgrid::store
