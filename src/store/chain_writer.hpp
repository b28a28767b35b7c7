#pragma once
// Writes batches behind the end of the chain: one transaction, one fsync, however many batches.
// Owned by one thread. A failure leaves the file as it was.
#include <span>

#include "store/chain.hpp"
#include "store/journal_row.hpp"

namespace bitgrid::store {

class ChainWriter {
public:
    static core::Result<ChainWriter> open(Database);

    /// Per batch: its receipt, or Refused where the batch breaks a rule of the journal (a block
    /// decided twice, a decision id used twice); such a batch leaves no trace. An error of the
    /// whole: nothing was written, it may be tried again.
    core::Result<std::vector<core::Result<ports::Receipt>>> write(std::span<const Batch>);

    /// Moves the WAL into the file and empties it; for the end of the run.
    core::Result<void> checkpoint();

private:
    ChainWriter(Database database, Statement insert, Statement move_end, Statement keep);

    struct End {
        std::int64_t sequence{};
        Hash head{};
    };
    core::Result<End> read_end();
    core::Result<End> write_rows(const Batch&, End);
    core::Result<ports::Receipt> write_batch(const Batch&, End&);
    core::Result<void> insert_row(const Row&, const End& before, const Hash& hash);

    Database database_;
    Statement insert_;
    Statement move_end_;
    Statement keep_;
};

}  // namespace bitgrid::store
