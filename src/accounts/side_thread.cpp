#include "accounts/side_thread.hpp"

#include <chrono>

namespace bitgrid::accounts {

bool SideThread::submit(Job job) {
    const std::lock_guard lock{mutex_};
    if (is_stopping_ || jobs_.size() >= manner_.most_waiting) return false;
    jobs_.push_back(std::move(job));
    if (!thread_.joinable()) thread_ = std::thread{[this] { run(); }};
    news_.notify_one();
    return true;
}

void SideThread::stop() {
    {
        const std::lock_guard lock{mutex_};
        is_stopping_ = true;
        if (!manner_.finishes) jobs_.clear();
        news_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

std::size_t SideThread::under_way() const {
    const std::lock_guard lock{mutex_};
    return jobs_.size() + (is_busy_ ? 1 : 0);
}

void SideThread::run() {
    std::unique_lock lock{mutex_};
    const auto has_news = [this] { return is_stopping_ || !jobs_.empty(); };
    while (true) {
        if (manner_.every_ms > 0)
            news_.wait_for(lock, std::chrono::milliseconds{manner_.every_ms}, has_news);
        else news_.wait(lock, has_news);
        if (jobs_.empty() && is_stopping_) return;
        Job job = manner_.often;
        if (!jobs_.empty()) {
            job = std::move(jobs_.front());
            jobs_.pop_front();
        }
        is_busy_ = true;
        lock.unlock();
        job();
        job = nullptr;
        lock.lock();
        is_busy_ = false;
    }
}

}  // namespace bitgrid::accounts
