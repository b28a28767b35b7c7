#pragma once
// The journal read back for the face: its own connection and its own thread, so that a long look
// never holds up a write. Built and used on the engine's thread.
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "store/journal_reader.hpp"

namespace bitgrid::store {

class SqliteHistory final : public ports::History {
public:
    using Post = std::function<void(std::function<void()>)>;

    /// The database must exist: open it after the journal.
    static core::Result<std::unique_ptr<SqliteHistory>> open(const std::string& path, Post);
    virtual ~SqliteHistory() { stop(); }

    /// Newest first. Unavailable where too many questions wait already.
    void find(ports::HistoryQuery,
              std::function<void(core::Result<std::vector<ports::StoredEvent>>)>) override;
    /// NotFound where there is none.
    void find_decision(std::string decision_id,
                       std::function<void(core::Result<ports::StoredEvent>)>) override;

    /// A longer look: `job` runs on the worker, between the other questions; `done` gets what it
    /// found. Unavailable where too many questions wait already.
    void look(std::function<core::Result<std::string>(JournalReader&)> job,
              std::function<void(core::Result<std::string>)> done);

    /// Callbacks that are still owed.
    std::size_t under_way() const { return *under_way_; }
    void stop();  ///< ends a running query; what waits is answered with an error

private:
    struct Question {
        std::function<std::function<void()>()> ask;  ///< on the worker; returns the answer
        std::function<void()> refuse;                ///< on the engine's thread
    };
    SqliteHistory(JournalReader, Post);

    template <class Value, class Ask>
    void enqueue(Ask, std::function<void(core::Result<Value>)>);
    void work();

    JournalReader reader_;  ///< the worker's alone, but for interrupt()
    const Post post_;
    const std::shared_ptr<std::size_t> under_way_{std::make_shared<std::size_t>(0)};

    std::mutex mutex_;  ///< for all below
    std::condition_variable wake_;
    std::deque<Question> questions_;
    bool is_stopping_{false};
    std::thread worker_;
};

}  // namespace bitgrid::store
