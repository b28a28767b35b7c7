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
#include "store/chain_writer.hpp"
#include "store/folder_lock.hpp"
#include "store/journal_queue.hpp"

namespace bitgrid::store {

struct StoreConfig {
    std::string folder{"data"};         ///< the database is `<folder>/bitgrid.sqlite`
    std::int64_t queue_events{10'000};  ///< most events that wait for the disk
    int hot_days{14};                   ///< archived rows stay in the database so long
    friend bool operator==(const StoreConfig&, const StoreConfig&) = default;
};

template <class Visitor>
void describe(Visitor& v, StoreConfig& c) {
    v("queue_events", c.queue_events, core::Range{100, 1'000'000},
      "most events that wait in memory while the disk fails");
    v("hot_days", c.hot_days, core::Range{1, 3650}, "days that archived rows stay in the database");
}

/// What the run before left. `warning` is empty, or says what is wrong with it.
struct Restored {
    std::optional<ports::Checkpoint> checkpoint;  ///< none: a new journal, or see `warning`
    std::int64_t last_sequence{0};
    std::string head;  ///< hash of the last event, hex
    std::string warning;

    bool was_clean() const { return checkpoint && checkpoint->is_stopped; }
};

/// Runs a function on the engine's thread, from any thread, e.g. through its io_context.
using Post = std::function<void(std::function<void()>)>;

class SqliteJournal final : public ports::Journal {
public:
    /// Takes the lock, opens, migrates, reads what to restore. Refused: another controller has
    /// the folder, or the file is newer than the program. Unavailable: cannot be written.
    static core::Result<std::unique_ptr<SqliteJournal>> open(StoreConfig, Codec, Post);
    virtual ~SqliteJournal() { stop(0); }

    const Restored& restored() const { return restored_; }
    std::string database_path() const { return path_; }

    /// Begins to write what append() hands over; before, batches wait. The sink hears of part
    /// `database` and must outlive stop().
    void start(ports::HealthSink&);
    void append(std::vector<core::Event>, ports::Checkpoint, ports::Committed) override;

    /// Callbacks that are still owed.
    std::size_t under_way() const { return *under_way_; }

    /// Writes what waits, for at most `within_ms`, and empties the WAL. Blocks. Returns how many
    /// events could not be written. Nothing can be appended after.
    std::size_t stop(int within_ms = 5'000);

private:
    SqliteJournal(StoreConfig, Codec, Post, FolderLock, ChainWriter);

    using Time = std::chrono::steady_clock::time_point;
    void work();
    bool wait_for_work(std::unique_lock<std::mutex>&);
    void succeeded(std::vector<Batch>, std::vector<core::Result<ports::Receipt>>);
    void failed(std::vector<Batch>, const core::Error&);
    void answer(ports::Committed&, core::Result<ports::Receipt>);
    void report_what_gave_way();
    void report(ports::Condition, std::string reason);

    const StoreConfig config_;
    const Codec codec_;
    const Post post_;
    const std::string path_;
    const FolderLock lock_;
    Restored restored_;
    ports::HealthSink* health_{nullptr};
    const std::shared_ptr<std::size_t> under_way_{std::make_shared<std::size_t>(0)};
    ChainWriter writer_;  ///< the worker's alone once it runs

    std::mutex mutex_;  ///< for all below
    std::condition_variable wake_;
    JournalQueue queue_;
    std::optional<core::Error> failure_;  ///< why the disk does not take anything now
    Time retry_at_{};
    std::chrono::milliseconds backoff_{0};
    bool is_stopping_{false};
    Time stop_by_{};
    std::size_t dropped_reported_{0};
    std::thread worker_;
};

}  // namespace bitgrid::store
