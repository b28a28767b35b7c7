#include "store/sqlite_journal.hpp"

#include <algorithm>

namespace bitgrid::store {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kFirstBackoff{100};
constexpr milliseconds kLongestBackoff{5'000};
constexpr std::size_t kEventsPerTransaction = 500;

constexpr std::chrono::seconds kLookEvery{30};

core::UnixTime wall_time() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<milliseconds>(now).count()};
}

JournalFile::Bounds bounds_of(const StoreConfig& config) {
    JournalFile::Bounds bounds;
    bounds.disk.low_share = config.low_disk_pct / 100.0;
    bounds.disk.low = std::int64_t{config.low_disk_mb} * 1'000'000;
    return bounds;
}

}  // namespace

core::Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open(StoreConfig config, Codec codec,
                                                                 Post post, Files& files) {
    auto lock = FolderLock::take(config.folder);
    if (!lock) return lock.error();
    auto file = JournalFile::open(config.folder, codec, files, bounds_of(config));
    if (!file) return file.error();
    return std::unique_ptr<SqliteJournal>{new SqliteJournal{
        std::move(config), std::move(codec), std::move(post), std::move(*lock), std::move(*file)}};
}

SqliteJournal::SqliteJournal(StoreConfig config, Codec codec, Post post, FolderLock lock,
                             JournalFile file)
    : config_{std::move(config)},
      codec_{std::move(codec)},
      post_{std::move(post)},
      path_{file.path()},
      lock_{std::move(lock)},
      restored_{file.restored()},
      backup_{config_.folder},
      update_{config_.folder},
      file_{std::move(file)},
      queue_{static_cast<std::size_t>(config_.queue_events)} {}

void SqliteJournal::start(ports::HealthSink& health) {
    health_ = &health;
    if (!restored_.warning.empty())
        report(ports::Condition::Warn, {restored_.warning, "JOURNAL_DAMAGED"});
    worker_ = std::thread{[this] { work(); }};
}

void SqliteJournal::append(std::vector<core::Event> events, ports::Checkpoint checkpoint,
                           ports::Committed done) {
    Batch batch{{}, codec_.encode_checkpoint(checkpoint), std::move(done)};
    batch.rows.reserve(events.size());
    for (const core::Event& event : events)
        batch.rows.push_back(row_of(event, codec_.encode_event(event)));

    if (batch.done) ++*under_way_;
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
    if (failure_) answer(at_once, *failure_);
    report_what_gave_way();
    wake_.notify_one();
}

void SqliteJournal::report_what_gave_way() {
    if (queue_.dropped() == dropped_reported_) return;
    dropped_reported_ = queue_.dropped();
    report(ports::Condition::Error, {std::to_string(dropped_reported_) +
                                         " events about states gave way while the disk fails",
                                     failure_code_});
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
        if (steady_clock::now() >= look_at_) look_at_disk(lock);
        else if (!queue_.empty()) write_some(lock);
        else forget_some(lock);
    }
    lock.unlock();
    file_.finish();
}

bool SqliteJournal::wait_for_work(std::unique_lock<std::mutex>& lock) {
    for (;;) {
        const Time now = steady_clock::now();
        if (is_stopping_ && (queue_.empty() || now >= stop_by_)) return false;
        if (!is_stopping_ && now >= look_at_) return true;
        if (!queue_.empty() && now >= retry_at_) return true;
        if (!is_stopping_ && queue_.empty() && to_forget_) return true;
        Time next = is_stopping_ ? stop_by_ : look_at_;
        if (!queue_.empty()) next = std::min(next, retry_at_);
        wake_.wait_until(lock, next);
    }
}

void SqliteJournal::write_some(std::unique_lock<std::mutex>& lock) {
    std::vector<Batch> batches = queue_.take(kEventsPerTransaction);
    lock.unlock();
    auto receipts = file_.write(batches);
    JournalFile::Warning warning = file_.warning();
    lock.lock();
    queue_.keep_only_what_matters(file_.is_short());
    if (receipts) succeeded(std::move(batches), std::move(*receipts), std::move(warning));
    else failed(std::move(batches), receipts.error());
}

void SqliteJournal::look_at_disk(std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    JournalFile::Warning trouble = file_.look_at_disk();
    std::string backup = backup_.look(wall_time());
    UpdateWatch::Trouble update = update_.look(wall_time());
    lock.lock();
    queue_.keep_only_what_matters(file_.is_short());
    look_at_ = steady_clock::now() + kLookEvery;
    tell("disk", is_disk_well_, std::move(trouble));
    tell("backup", is_backup_well_, {std::move(backup), "BACKUP_OLD"});
    tell("update", is_update_well_, {std::move(update.words), update.code});
}

// What was never wrong is not told to be well.
void SqliteJournal::tell(const char* part, bool& is_well, JournalFile::Warning trouble) {
    const bool was_well = std::exchange(is_well, trouble.reason.empty());
    if (is_well) trouble.code = {};
    if (!is_well || !was_well)
        report(part, is_well ? ports::Condition::Ok : ports::Condition::Warn, std::move(trouble));
}

void SqliteJournal::forget(std::int64_t sealed_through, core::UnixTime older_than) {
    const std::lock_guard guard{mutex_};
    to_forget_ = Sealed{sealed_through, older_than};
    wake_.notify_one();
}

void SqliteJournal::forget_some(std::unique_lock<std::mutex>& lock) {
    const Sealed sealed = *to_forget_;
    lock.unlock();
    const auto has_more = file_.forget(sealed.through, sealed.older_than);
    lock.lock();
    if (!has_more || !*has_more) to_forget_.reset();
}

void SqliteJournal::succeeded(std::vector<Batch> batches, Receipts receipts,
                              JournalFile::Warning warning) {
    failure_.reset();
    backoff_ = milliseconds{0};
    retry_at_ = {};
    const bool is_well = warning.reason.empty();
    report(is_well ? ports::Condition::Ok : ports::Condition::Warn, std::move(warning));
    for (std::size_t i = 0; i < batches.size(); ++i) {
        if (!receipts[i])
            report(ports::Condition::Warn,
                   {"refused: " + receipts[i].error().what, "EVENT_REFUSED"});
        answer(batches[i].done, std::move(receipts[i]));
    }
}

void SqliteJournal::failed(std::vector<Batch> batches, const core::Error& error) {
    failure_code_ = file_.is_full() ? "DISK_FULL" : "NOT_WRITABLE";
    report(ports::Condition::Error, {error.what, failure_code_});
    failure_ = error;
    backoff_ = std::clamp(backoff_ * 2, kFirstBackoff, kLongestBackoff);
    retry_at_ = steady_clock::now() + backoff_;
    look_at_ = {};  // what the disk looks like now is news
    queue_.give_back(std::move(batches));
    report_what_gave_way();
    for (ports::Committed& done : queue_.take_callbacks()) answer(done, error);
}

// The counter lives as long as the last posted answer, so that one may run after this is gone.
void SqliteJournal::answer(ports::Committed& done, core::Result<ports::Receipt> result) {
    if (!done) return;
    post_([done = std::move(done), result = std::move(result), under_way = under_way_] {
        --*under_way;
        done(result);
    });
}

void SqliteJournal::report(ports::Condition condition, JournalFile::Warning trouble) {
    std::pair now{condition, trouble.reason};
    if (now == reported_) return;
    reported_ = std::move(now);
    report("database", condition, std::move(trouble));
}

void SqliteJournal::report(const char* part, ports::Condition condition,
                           JournalFile::Warning trouble) {
    post_([health = health_, part, condition, trouble = std::move(trouble)] {
        if (health != nullptr) health->coded(part, condition, trouble.code, trouble.reason);
    });
}

}  // namespace bitgrid::store
