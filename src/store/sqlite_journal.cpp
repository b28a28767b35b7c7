#include "store/sqlite_journal.hpp"

#include <algorithm>

#include "store/schema.hpp"

namespace bitgrid::store {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kFirstBackoff{100};
constexpr milliseconds kLongestBackoff{5'000};
constexpr std::size_t kEventsPerTransaction = 500;

std::string path_in(const std::string& folder) { return folder + "/bitgrid.sqlite"; }

// A full walk is `verify`'s work; the start only asks whether the newest row is what was recorded.
core::Result<void> check_end(Database& database, Restored& restored) {
    auto end = database.prepare("SELECT last_seq, head, anchor_seq FROM chain");
    if (!end) return end.error();
    if (const auto row = end->run(); !row || !*row)
        return core::Error{core::ErrorCode::Damaged, "the record of the chain is missing"};
    restored.last_sequence = end->integer(0);
    restored.head = hex(end->bytes(1));
    if (restored.last_sequence == end->integer(2)) return {};
    auto last =
        database.prepare("SELECT seq, prev_hash, body FROM journal ORDER BY seq DESC LIMIT 1");
    if (!last) return last.error();
    if (const auto row = last->run(); !row) return row.error();
    else if (!*row || last->integer(0) != restored.last_sequence ||
             hex(link(hash_of(last->bytes(1)), last->text(2))) != restored.head)
        return core::Error{core::ErrorCode::Damaged,
                           "the end of the journal is not the recorded one: run `bitgrid verify`"};
    return {};
}

core::Result<void> restore_checkpoint(Database& database, const Codec& codec, Restored& restored) {
    auto statement = database.prepare("SELECT body FROM checkpoint");
    if (!statement) return statement.error();
    const auto row = statement->run();
    if (!row) return row.error();
    if (!*row) return {};
    auto checkpoint = codec.decode_checkpoint(statement->text(0));
    if (!checkpoint) return checkpoint.error();
    auto newest = database.number(
        "SELECT ifnull(max(block_id), 0) FROM journal WHERE trigger = 'BLOCK_TICK'");
    if (!newest) return newest.error();
    checkpoint->last_block = std::max(checkpoint->last_block, *newest);
    restored.checkpoint = std::move(*checkpoint);
    return {};
}

Restored restore(Database& database, const Codec& codec) {
    Restored restored;
    if (auto good = check_end(database, restored); !good) restored.warning = good.error().what;
    if (auto good = restore_checkpoint(database, codec, restored); !good)
        restored.warning = "what was remembered cannot be read: " + good.error().what;
    return restored;
}

}  // namespace

core::Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open(StoreConfig config, Codec codec,
                                                                 Post post) {
    auto lock = FolderLock::take(config.folder);
    if (!lock) return lock.error();
    const std::string path = path_in(config.folder);
    auto database = Database::open(path, Database::Access::Write);
    if (!database) return database.error();
    const auto named = [&](const core::Error& error) {
        return core::Error{error.code, path + ": " + error.what};
    };
    if (auto durable = set_durable(*database); !durable) return named(durable.error());
    if (auto migrated = migrate(*database, path); !migrated) return named(migrated.error());
    Restored restored = restore(*database, codec);
    auto writer = ChainWriter::open(std::move(*database));
    if (!writer) return named(writer.error());
    std::unique_ptr<SqliteJournal> journal{new SqliteJournal{std::move(config), std::move(codec),
                                                             std::move(post), std::move(*lock),
                                                             std::move(*writer)}};
    journal->restored_ = std::move(restored);
    return journal;
}

SqliteJournal::SqliteJournal(StoreConfig config, Codec codec, Post post, FolderLock lock,
                             ChainWriter writer)
    : config_{std::move(config)},
      codec_{std::move(codec)},
      post_{std::move(post)},
      path_{path_in(config_.folder)},
      lock_{std::move(lock)},
      writer_{std::move(writer)},
      queue_{static_cast<std::size_t>(config_.queue_events)} {}

void SqliteJournal::start(ports::HealthSink& health) {
    health_ = &health;
    worker_ = std::thread{[this] { work(); }};
}

void SqliteJournal::append(std::vector<core::Event> events, ports::Checkpoint checkpoint,
                           ports::Committed done) {
    Batch batch{{}, codec_.encode_checkpoint(checkpoint), std::move(done)};
    batch.rows.reserve(events.size());
    for (const core::Event& event : events)
        batch.rows.push_back(row_of(event, codec_.encode_event(event)));

    ++*under_way_;
    const std::lock_guard guard{mutex_};
    if (is_stopping_)
        return answer(batch.done, core::Error{core::ErrorCode::Refused, "the journal is closed"});
    // While the disk fails nobody should wait for it: the answer is known, the batch is kept.
    ports::Committed at_once;
    if (failure_) at_once = std::exchange(batch.done, nullptr);
    if (!queue_.push(batch))
        return answer(at_once ? at_once : batch.done,
                      core::Error{core::ErrorCode::Unavailable,
                                  "the journal's queue is full, the event is not recorded"});
    if (at_once) answer(at_once, *failure_);
    report_what_gave_way();
    wake_.notify_one();
}

void SqliteJournal::report_what_gave_way() {
    if (queue_.dropped() == dropped_reported_) return;
    dropped_reported_ = queue_.dropped();
    report(ports::Condition::Error, std::to_string(dropped_reported_) +
                                        " events about states gave way while the disk fails");
}

std::size_t SqliteJournal::stop(int within_ms) {
    {
        const std::lock_guard guard{mutex_};
        if (!is_stopping_) stop_by_ = steady_clock::now() + milliseconds{within_ms};
        is_stopping_ = true;
        wake_.notify_one();
    }
    if (worker_.joinable()) worker_.join();
    const std::lock_guard guard{mutex_};
    for (ports::Committed& done : queue_.take_callbacks())
        answer(done, core::Error{core::ErrorCode::Unavailable, "the journal was closed before"});
    return queue_.events();
}

// --- the worker's side -------------------------------------------------------------------------

void SqliteJournal::work() {
    std::unique_lock lock{mutex_};
    while (wait_for_work(lock)) {
        std::vector<Batch> batches = queue_.take(kEventsPerTransaction);
        lock.unlock();
        auto receipts = writer_.write(batches);
        lock.lock();
        if (receipts) succeeded(std::move(batches), std::move(*receipts));
        else failed(std::move(batches), receipts.error());
    }
    lock.unlock();
    (void)writer_.checkpoint();  // where it fails, the WAL is read at the next start
}

bool SqliteJournal::wait_for_work(std::unique_lock<std::mutex>& lock) {
    for (;;) {
        const Time now = steady_clock::now();
        if (is_stopping_ && (queue_.empty() || now >= stop_by_)) return false;
        if (!queue_.empty() && now >= retry_at_) return true;
        if (queue_.empty()) wake_.wait(lock);
        else wake_.wait_until(lock, is_stopping_ ? std::min(retry_at_, stop_by_) : retry_at_);
    }
}

void SqliteJournal::succeeded(std::vector<Batch> batches,
                              std::vector<core::Result<ports::Receipt>> receipts) {
    if (failure_) report(ports::Condition::Ok, "");
    failure_.reset();
    backoff_ = milliseconds{0};
    retry_at_ = {};
    for (std::size_t i = 0; i < batches.size(); ++i) {
        if (!receipts[i]) report(ports::Condition::Warn, "refused: " + receipts[i].error().what);
        if (batches[i].done) answer(batches[i].done, std::move(receipts[i]));
    }
}

void SqliteJournal::failed(std::vector<Batch> batches, const core::Error& error) {
    if (!failure_ || failure_->what != error.what) report(ports::Condition::Error, error.what);
    failure_ = error;
    backoff_ = std::clamp(backoff_ * 2, kFirstBackoff, kLongestBackoff);
    retry_at_ = steady_clock::now() + backoff_;
    queue_.give_back(std::move(batches));
    report_what_gave_way();
    for (ports::Committed& done : queue_.take_callbacks()) answer(done, error);
}

// The counter lives as long as the last posted answer, so that one may run after this is gone.
void SqliteJournal::answer(ports::Committed& done, core::Result<ports::Receipt> result) {
    post_([done = std::move(done), result = std::move(result), under_way = under_way_] {
        --*under_way;
        if (done) done(result);
    });
}

void SqliteJournal::report(ports::Condition condition, std::string reason) {
    post_([health = health_, condition, reason = std::move(reason)] {
        if (health != nullptr) health->health("database", condition, reason);
    });
}

}  // namespace bitgrid::store
