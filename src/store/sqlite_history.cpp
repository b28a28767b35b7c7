#include "store/sqlite_history.hpp"

#include <algorithm>
#include <limits>

#include "store/chain.hpp"

namespace bitgrid::store {
namespace {

constexpr std::size_t kWaiting = 256;
constexpr int kMostRows = 1'000;

constexpr const char* kByRange =
    "SELECT seq, type, body, prev_hash, hash FROM journal"
    " WHERE seq < ?1 AND time_ms >= ?2 AND time_ms <= ?3"
    " AND (?4 IS NULL OR load_id = ?4) AND (?5 IS NULL OR substr(code, 1, length(?5)) = ?5)"
    " AND (NOT ?6 OR type = 'DecisionEvent') ORDER BY seq DESC LIMIT ?7";
constexpr const char* kByDecision =
    "SELECT seq, type, body, prev_hash, hash FROM journal WHERE decision_id = ?1";

constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();

std::optional<std::string> unless_empty(const std::string& text) {
    if (text.empty()) return std::nullopt;
    return text;
}

ports::StoredEvent stored_event(const Statement& row) {
    return {row.integer(0), std::string{row.text(1)}, std::string{row.text(2)}, hex(row.bytes(3)),
            hex(row.bytes(4))};
}

}  // namespace

core::Result<std::unique_ptr<SqliteHistory>> SqliteHistory::open(const std::string& path,
                                                                 Post post) {
    auto database = Database::open(path, Database::Access::Read);
    if (!database) return database.error();
    auto by_range = database->prepare(kByRange);
    if (!by_range) return by_range.error();
    auto by_decision = database->prepare(kByDecision);
    if (!by_decision) return by_decision.error();
    return std::unique_ptr<SqliteHistory>{new SqliteHistory{
        std::move(*database), std::move(post), std::move(*by_range), std::move(*by_decision)}};
}

SqliteHistory::SqliteHistory(Database database, Post post, Statement by_range,
                             Statement by_decision)
    : database_{std::move(database)},
      post_{std::move(post)},
      by_range_{std::move(by_range)},
      by_decision_{std::move(by_decision)},
      worker_{[this] { work(); }} {}

void SqliteHistory::find(ports::HistoryQuery query,
                         std::function<void(core::Result<std::vector<ports::StoredEvent>>)> done) {
    enqueue<std::vector<ports::StoredEvent>>(
        [this, query = std::move(query)] { return read(query); }, std::move(done));
}

void SqliteHistory::find_decision(std::string decision_id,
                                  std::function<void(core::Result<ports::StoredEvent>)> done) {
    enqueue<ports::StoredEvent>([this, id = std::move(decision_id)] { return read_decision(id); },
                                std::move(done));
}

template <class Value, class Ask>
void SqliteHistory::enqueue(Ask ask, std::function<void(core::Result<Value>)> done) {
    ++*under_way_;
    const auto answer = [done = std::move(done),
                         under_way = under_way_](core::Result<Value> value) {
        --*under_way;
        done(std::move(value));
    };
    Question question;
    question.ask = [ask = std::move(ask), answer] {
        return [answer, value = ask()] { answer(value); };
    };
    question.refuse = [answer] {
        answer(core::Error{core::ErrorCode::Unavailable, "the history is busy or closed"});
    };
    const std::lock_guard guard{mutex_};
    if (is_stopping_ || questions_.size() >= kWaiting) return post_(std::move(question.refuse));
    questions_.push_back(std::move(question));
    wake_.notify_one();
}

void SqliteHistory::stop() {
    {
        const std::lock_guard guard{mutex_};
        is_stopping_ = true;
        for (Question& question : questions_) post_(std::move(question.refuse));
        questions_.clear();
        database_.interrupt();
        wake_.notify_one();
    }
    if (worker_.joinable()) worker_.join();
}

void SqliteHistory::work() {
    std::unique_lock lock{mutex_};
    for (;;) {
        wake_.wait(lock, [this] { return is_stopping_ || !questions_.empty(); });
        if (is_stopping_) return;
        const Question question = std::move(questions_.front());
        questions_.pop_front();
        lock.unlock();
        post_(question.ask());
        lock.lock();
    }
}

core::Result<std::vector<ports::StoredEvent>> SqliteHistory::read(
    const ports::HistoryQuery& query) {
    std::vector<ports::StoredEvent> events;
    auto row = by_range_.run(query.before > 0 ? query.before : kLast, query.since.ms,
                             query.until.ms > 0 ? query.until.ms : kLast, unless_empty(query.load),
                             unless_empty(query.code), query.only_decisions ? 1 : 0,
                             std::clamp(query.limit, 1, kMostRows));
    while (row && *row) {
        events.push_back(stored_event(by_range_));
        row = by_range_.step();
    }
    if (!row) return row.error();
    return events;
}

core::Result<ports::StoredEvent> SqliteHistory::read_decision(const std::string& decision_id) {
    const auto row = by_decision_.run(decision_id);
    if (!row) return row.error();
    if (!*row) return core::Error{core::ErrorCode::NotFound, "no decision " + decision_id};
    ports::StoredEvent event = stored_event(by_decision_);
    by_decision_.reset();
    return event;
}

}  // namespace bitgrid::store
