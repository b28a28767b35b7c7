#pragma once
// The journal on disk: a bounded queue and one thread that writes it, each batch with its
// checkpoint in one transaction that survives a power cut. Where the disk fails, batches wait in
// order and are written when it can be done; the engine never waits.
// Built and used on the engine's thread. Owns the data folder's lock and the database.
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "core/config.hpp"
#include "ports/signals.hpp"
#include "store/backup_watch.hpp"
#include "store/folder_lock.hpp"
#include "store/journal_file.hpp"
#include "store/journal_queue.hpp"
#include "store/update_watch.hpp"

namespace bitgrid::store {

struct StoreConfig {
    std::string folder{"data"};         ///< the database is `<folder>/bitgrid.sqlite`
    std::int64_t queue_events{10'000};  ///< most events that wait for the disk
    int hot_days{14};                   ///< archived rows stay in the database so long
    int low_disk_pct{20};               ///< less of its disk free: health warns
    int low_disk_mb{500};               ///< as well
    bool seal_daily{true};              ///< finished days become Parquet files
    int keep_years{10};                 ///< sealed decisions and events; states for half as long
    int keep_words_days{730};           ///< sealed explanations
    int archive_mb{20'000};             ///< most that the sealed files may take
    friend bool operator==(const StoreConfig&, const StoreConfig&) = default;
};

template <class Visitor>
void describe(Visitor& v, StoreConfig& c) {
    v("queue_events", c.queue_events, core::Range{100, 1'000'000},
      "most events that wait in memory while the disk fails");
    v("hot_days", c.hot_days, core::Range{1, 3650}, "days that archived rows stay in the database");
    v("low_disk_pct", c.low_disk_pct, core::Range{0, 90},
      "health warns when less of the disk of the database is free, %; 0: never for this reason");
    v("low_disk_mb", c.low_disk_mb, core::Range{0, 1'000'000},
      "health warns when less is free on the disk of the database, MB");
    v("seal_daily", c.seal_daily,
      "whether finished days are moved into signed Parquet files once a day");
    v("keep_years", c.keep_years, core::Range{1, 100},
      "years that sealed decisions and events are kept; states are kept for half of it");
    v("keep_words_days", c.keep_words_days, core::Range{1, 36'500},
      "days that sealed explanations are kept; decisions keep their numbers");
    v("archive_mb", c.archive_mb, core::Range{10, 10'000'000},
      "most that the sealed files may take, MB; the oldest give way");
}

/// Runs a function on the engine's thread, from any thread, e.g. through its io_context.
using Post = std::function<void(std::function<void()>)>;

class SqliteJournal final : public ports::Journal {
public:
    /// Takes the lock, opens, migrates, reads what to restore. A damaged file is set aside and a
    /// new one begun: see restored(). Refused: another controller has the folder, or the file is
    /// newer than the program. Unavailable: cannot be written.
    static core::Result<std::unique_ptr<SqliteJournal>> open(StoreConfig, Codec, Post,
                                                             Files& = real_files());
    virtual ~SqliteJournal() { stop(0); }

    const Restored& restored() const { return restored_; }
    std::string database_path() const { return path_; }

    /// Begins to write what append() hands over; before, batches wait. The sink hears of the parts
    /// `database`, `disk`, `backup` and `update` and must outlive stop().
    void start(ports::HealthSink&);
    void append(std::vector<core::Event>, ports::Checkpoint, ports::Committed) override;

    /// Takes rows out that are sealed in the cold store and older than that, between two writes.
    void forget(std::int64_t sealed_through, core::UnixTime older_than);

    /// Callbacks that are still owed.
    std::size_t under_way() const { return *under_way_; }

    /// Writes what waits, for at most `within_ms`, and empties the WAL. Blocks. Returns how many
    /// events could not be written. Nothing can be appended after.
    std::size_t stop(int within_ms = 5'000);

private:
    SqliteJournal(StoreConfig, Codec, Post, FolderLock, JournalFile);

    using Time = std::chrono::steady_clock::time_point;
    void work();
    bool wait_for_work(std::unique_lock<std::mutex>&);
    void write_some(std::unique_lock<std::mutex>&);
    void look_at_disk(std::unique_lock<std::mutex>&);
    void forget_some(std::unique_lock<std::mutex>&);
    void tell(const char* part, bool& is_well, JournalFile::Warning);
    void succeeded(std::vector<Batch>, Receipts, JournalFile::Warning);
    void failed(std::vector<Batch>, const core::Error&);
    void answer(ports::Committed&, core::Result<ports::Receipt>);
    void report_what_gave_way();
    void report(ports::Condition, JournalFile::Warning);
    void report(const char* part, ports::Condition, JournalFile::Warning);

    const StoreConfig config_;
    const Codec codec_;
    const Post post_;
    const std::string path_;
    const FolderLock lock_;
    const Restored restored_;
    const BackupWatch backup_;
    const UpdateWatch update_;
    ports::HealthSink* health_{nullptr};
    const std::shared_ptr<std::size_t> under_way_{std::make_shared<std::size_t>(0)};
    JournalFile file_;  ///< the worker's alone once it runs

    std::mutex mutex_;  ///< for all below
    std::condition_variable wake_;
    JournalQueue queue_;
    std::optional<core::Error> failure_;  ///< why the disk does not take anything now
    std::string_view failure_code_{"NOT_WRITABLE"};
    Time retry_at_{};
    std::chrono::milliseconds backoff_{0};
    struct Sealed {
        std::int64_t through{};
        core::UnixTime older_than{};
    };
    std::optional<Sealed> to_forget_;
    bool is_stopping_{false};
    Time stop_by_{};
    std::size_t dropped_reported_{0};
    std::pair<ports::Condition, std::string> reported_{ports::Condition::Ok, ""};
    bool is_disk_well_{true};
    bool is_backup_well_{true};
    bool is_update_well_{true};
    Time look_at_{};  ///< next look at the disk
    std::thread worker_;
};

}  // namespace bitgrid::store
