#pragma once
// Looks after the backups that somebody has begun to make: has one made soon after the
// configuration has changed, and once a week the newest one restored into a temporary folder,
// proved and decided again (`bitgrid backup verify`), each by a short-lived process. What became of
// it goes to health, part `restore_test`. Without a backup in a folder there is nothing to do.
#include <memory>
#include <optional>
#include <string>

#include "app/child_process.hpp"
#include "ports/clock.hpp"
#include "ports/signals.hpp"
#include "wire/backup_json.hpp"

namespace bitgrid::app {

/// Engine thread only; a process under way ends with this.
class BackupRunner {
public:
    struct World {
        boost::asio::io_context& io;
        ports::Clock& clock;
        ports::HealthSink& health;
    };
    static constexpr std::int64_t kSettleMs = 30'000;                    ///< quiet after a change
    static constexpr std::int64_t kPauseMs = std::int64_t{10} * 60'000;  ///< between two of them
    static constexpr std::int64_t kWeekMs = std::int64_t{7} * 86'400'000;
    static constexpr std::int64_t kDayMs = 86'400'000;  ///< until a test that failed is repeated

    /// `program`: path of `bitgrid`; empty: nothing is done.
    BackupRunner(World, std::string program, std::string data);

    void start();
    void stop();
    void config_changed();
    /// Nothing is started, and what runs is told to end. It is done again afterwards.
    void rest(bool);

private:
    enum class Job { Backup, Test };
    void look();
    void look_again(std::int64_t delay_ms);
    bool is_backup_due() const;
    bool is_test_due(const wire::BackupNote&) const;
    void begin(Job);
    void ended(Job, int code);
    void tell(const wire::RestoreTestNote&);

    World world_;
    const std::string program_;
    const std::string data_;
    std::unique_ptr<ChildProcess> child_;
    std::unique_ptr<ports::Timer> timer_;
    std::unique_ptr<ports::Timer> patience_;
    std::optional<core::MonoTime> changed_at_;  ///< a backup of this is still to be made
    std::optional<core::MonoTime> backed_up_at_;
    std::optional<wire::RestoreTestNote> tested_;
    std::optional<core::MonoTime> tried_at_;  ///< the last test of this run, whatever became of it
    bool rests_{false};
};

}  // namespace bitgrid::app
