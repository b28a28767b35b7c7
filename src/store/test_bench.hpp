#pragma once
// For tests of this room: a folder that goes, an engine's loop, a running journal.
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>

#include "store/sqlite_journal.hpp"
#include "store/test_events.hpp"

namespace bitgrid::store {

class TempFolder {
public:
    TempFolder() : TempFolder{std::filesystem::temp_directory_path()} {}
    explicit TempFolder(const std::filesystem::path& parent) {
        std::string name = (parent / "store-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    ~TempFolder() { std::filesystem::remove_all(path_); }
    std::string path() const { return path_; }
    std::string database() const { return path_ + "/bitgrid.sqlite"; }

private:
    std::string path_;
};

/// Where syncs cost nothing, for tests whose storage is their own.
inline std::filesystem::path memory_folder() {
    const std::filesystem::path memory{"/dev/shm"};
    return access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
}

/// Stands for the engine's io_context: what is posted runs here, in order.
class Loop {
public:
    Post post() {
        return [this](std::function<void()> function) {
            const std::lock_guard guard{mutex_};
            functions_.push_back(std::move(function));
            wake_.notify_one();
        };
    }
    /// Runs what is posted until the condition holds; false after ten seconds.
    template <class Condition>
    bool run_until(Condition holds) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (!holds()) {
            std::unique_lock lock{mutex_};
            if (!wake_.wait_until(lock, end, [this] { return !functions_.empty(); })) return false;
            const std::function<void()> function = std::move(functions_.front());
            functions_.pop_front();
            lock.unlock();
            function();
        }
        return true;
    }

private:
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> functions_;
};

struct HealthLog final : ports::HealthSink {
    std::vector<std::pair<ports::Condition, std::string>> reports;  ///< of the database
    std::vector<std::pair<ports::Condition, std::string>> disk;
    std::vector<std::pair<ports::Condition, std::string>> backup;
    void health(std::string_view part, ports::Condition condition,
                std::string_view reason) override {
        auto& heard = part == "disk" ? disk : part == "backup" ? backup : reports;
        heard.emplace_back(condition, reason);
    }
    void rejected(std::string_view, const core::Error&) override {}
    bool is(ports::Condition condition) const {
        return !reports.empty() && reports.back().first == condition;
    }
};

/// A running journal with its loop.
struct Bench {
    explicit Bench(const std::string& folder, std::int64_t queue_events = 10'000)
        : journal{open(folder, queue_events)} {}
    ~Bench() {
        journal->stop();
        loop.run_until([this] { return journal->under_way() == 0; });
    }

    std::unique_ptr<SqliteJournal> open(const std::string& folder, std::int64_t queue_events) {
        auto opened = SqliteJournal::open({folder, queue_events, 14}, test_codec(), loop.post());
        if (!opened) throw std::runtime_error(opened.error().what);
        (*opened)->start(health);
        return std::move(*opened);
    }
    void append(std::vector<core::Event> events, ports::Checkpoint checkpoint = {}) {
        journal->append(
            std::move(events), std::move(checkpoint),
            [this](core::Result<ports::Receipt> result) { results.push_back(std::move(result)); });
    }
    /// Appends and waits for the answer.
    core::Result<ports::Receipt> write(std::vector<core::Event> events,
                                       ports::Checkpoint checkpoint = {}) {
        const std::size_t before = results.size();
        append(std::move(events), std::move(checkpoint));
        if (!loop.run_until([&] { return results.size() > before; }))
            return core::Error{core::ErrorCode::Timeout, "no answer"};
        return results.back();
    }

    Loop loop;
    HealthLog health;
    std::vector<core::Result<ports::Receipt>> results;
    std::unique_ptr<SqliteJournal> journal;
};

}  // namespace bitgrid::store
