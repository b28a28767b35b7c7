#include "store/sqlite_history.hpp"

namespace bitgrid::store {
namespace {

constexpr std::size_t kWaiting = 256;
}  // namespace

core::Result<std::unique_ptr<SqliteHistory>> SqliteHistory::open(const std::string& path,
                                                                 Post post) {
    auto reader = JournalReader::open(path);
    if (!reader) return reader.error();
    return std::unique_ptr<SqliteHistory>{new SqliteHistory{std::move(*reader), std::move(post)}};
}

SqliteHistory::SqliteHistory(JournalReader reader, Post post)
    : reader_{std::move(reader)}, post_{std::move(post)}, worker_{[this] { work(); }} {}

void SqliteHistory::find(ports::HistoryQuery query,
                         std::function<void(core::Result<std::vector<ports::StoredEvent>>)> done) {
    enqueue<std::vector<ports::StoredEvent>>(
        [this, query = std::move(query)] { return reader_.find(query); }, std::move(done));
}

void SqliteHistory::find_decision(std::string decision_id,
                                  std::function<void(core::Result<ports::StoredEvent>)> done) {
    enqueue<ports::StoredEvent>(
        [this, id = std::move(decision_id)] { return reader_.find_decision(id); }, std::move(done));
}

void SqliteHistory::look(std::function<core::Result<std::string>(JournalReader&)> job,
                         std::function<void(core::Result<std::string>)> done) {
    enqueue<std::string>([this, job = std::move(job)] { return job(reader_); }, std::move(done));
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
        reader_.interrupt();
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

}  // namespace bitgrid::store
