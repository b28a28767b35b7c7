#pragma once
// The journal's file through its faults. After an error of disk or file nothing that was open is
// trusted: the file is closed, opened and checked again, and what was not acknowledged is written
// once more. A damaged file is set aside and a new one begun. A full disk gets the reserve back.
// Owned by one thread. Any call may fail and be tried again.
#include "store/chain_writer.hpp"
#include "store/disk_watch.hpp"
#include "store/open_journal.hpp"

namespace bitgrid::store {

class JournalFile {
public:
    struct Bounds {
        std::int64_t checkpoint_bytes{4 << 20};  ///< of the write-ahead log, then it is emptied
        std::int64_t wal_bytes{60 << 20};        ///< with more of it in use, nothing is written
        DiskWatch::Bounds disk;
    };
    /// Fails where the file is not for this program, or not to be had.
    static core::Result<JournalFile> open(std::string folder, const Codec&, Files&, Bounds);

    const Restored& restored() const { return restored_; }
    const std::string& path() const { return path_; }

    /// As ChainWriter::write(). After an error the same batches come first the next time; they may
    /// have lost rows.
    core::Result<Receipts> write(std::span<const Batch>);

    /// Takes rows out that are sealed in the cold store; true: there are more. A failure changes
    /// nothing, and is tried again another day.
    core::Result<bool> forget(std::int64_t sealed_through, core::UnixTime older_than);

    /// Where the disk is full only what matters is to be written.
    bool is_short() const { return disk_.is_short(); }
    /// The newest failure was for want of room.
    bool is_full() const { return is_full_; }
    struct Warning {
        std::string reason{};     ///< in words; empty: nothing
        std::string_view code{};  ///< stable, of the reason
    };
    /// What is wrong although it can be written.
    Warning warning() const;
    Warning look_at_disk();

    void finish();  ///< empties the write-ahead log where that can be done

private:
    JournalFile(std::string folder, Codec, Files&, Bounds);
    core::Result<void> begin();
    core::Result<ChainWriter> open_checked(Database::Access);
    core::Result<void> open_again();
    bool recognise_end();
    core::Result<void> tend_wal();
    void note_trouble();

    std::string folder_;
    std::string path_;
    Codec codec_;
    Files* files_;
    Bounds bounds_;
    DiskWatch disk_;
    Restored restored_;
    std::string set_aside_;  ///< what became of a damaged file, in words
    bool is_wal_held_{false};
    bool is_full_{false};
    std::optional<ChainWriter> writer_;  ///< none: to be opened again
    ports::Receipt end_;                 ///< of what was acknowledged
    Receipts written_;                   ///< in the file behind that, and owed
    /// What may be in the file behind the end: a commit that failed may have arrived whole.
    std::vector<Receipts> possible_;
};

}  // namespace bitgrid::store
