#pragma once
// One thread for what the engine thread must not wait for: a bounded queue of jobs, one at a time.
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace bitgrid::accounts {

/// The thread begins with the first job. The destructor ends it after the job under way; what still
/// waits is done first where `finishes`, else dropped.
class SideThread {
public:
    using Job = std::function<void()>;
    struct Manner {
        std::size_t most_waiting{8};
        bool finishes{false};
        int every_ms{0};  ///< 0: never
        Job often{};      ///< done again and again, between two jobs
    };

    explicit SideThread(Manner manner) : manner_{std::move(manner)} {}
    ~SideThread() { stop(); }
    SideThread(const SideThread&) = delete;
    SideThread& operator=(const SideThread&) = delete;

    /// False where too many wait: the job is not taken.
    bool submit(Job);
    void stop();
    /// Jobs that wait or are under way.
    std::size_t under_way() const;

private:
    void run();

    Manner manner_;
    mutable std::mutex mutex_;
    std::condition_variable news_;
    std::deque<Job> jobs_;
    bool is_busy_{false};
    bool is_stopping_{false};
    std::thread thread_;
};

}  // namespace bitgrid::accounts
