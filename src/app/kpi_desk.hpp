#pragma once
// Figures for the API: has them computed by `bitgrid kpi`, one process at a time at the lowest
// priority and for a minute at most, and keeps the answers for some minutes of the same day (UTC),
// so that a page which is open costs one process now and then. Engine thread only; what is under
// way ends with this.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/child_process.hpp"
#include "ports/clock.hpp"
#include "ports/kpis.hpp"

namespace bitgrid::app {

class KpiDesk final : public ports::Kpis {
public:
    /// `program`: path of `bitgrid`; empty: every question is refused.
    KpiDesk(boost::asio::io_context&, ports::Clock&, std::string program, std::string data);
    virtual ~KpiDesk();

    void ask(int days, Answer) override;

    static constexpr std::int64_t kFreshMs = 600'000;
    static constexpr std::int64_t kPauseMs = 2'000;  ///< between two processes
    static constexpr std::size_t kMostWaiting = 64;
    static constexpr std::size_t kMostKept = 8;  ///< ranges

private:
    struct Kept {
        std::string text;
        core::MonoTime at{};
        std::int64_t day{};
    };
    const std::string* fresh(int days) const;
    void keep(int days, std::string text);
    core::Result<void> begin(int days);
    void ended(int code);
    core::Result<std::string> result_of(int code) const;

    boost::asio::io_context& io_;
    ports::Clock& clock_;
    const std::string program_;
    const std::string data_;
    std::map<int, Kept> kept_;
    int computing_{0};  ///< the days of the one that runs
    std::vector<Answer> waiting_;
    int output_{-1};  ///< a file in memory that the process writes
    std::unique_ptr<ChildProcess> child_;
    std::unique_ptr<ports::Timer> patience_;
    core::MonoTime rest_until_{};
    bool is_late_{false};
};

}  // namespace bitgrid::app
