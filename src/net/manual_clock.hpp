#pragma once
// Time that stands still until somebody moves it: for tests, and for house and controller in
// lock-step. Engine thread only. Timers run inside advance(), in the order in which they fall due;
// nothing here fails.
#include <map>
#include <optional>
#include <utility>

#include "ports/clock.hpp"

namespace bitgrid::net {

class ManualClock final : public ports::Clock {
public:
    explicit ManualClock(core::UnixTime start_wall) : wall_{start_wall} {}

    core::UnixTime wall() const override { return wall_; }
    core::MonoTime mono() const override { return mono_; }
    std::unique_ptr<ports::Timer> after(std::int64_t delay_ms, std::function<void()>) override;

    /// Moves on by `ms` (>= 0), stopping at each timer that falls due on the way, those set on the
    /// way included.
    void advance(std::int64_t ms) { advance_to(mono_ + ms); }
    void advance_to(core::MonoTime);

    /// When the next timer falls due; empty where none is set. For hopping from timer to timer.
    std::optional<core::MonoTime> next_due() const;

    /// The wall jumps, ages do not: a clock that was set, as the rules must survive it.
    void jump_wall(std::int64_t ms) { wall_ = wall_ + ms; }

private:
    using Key =
        std::pair<std::int64_t, std::uint64_t>;  ///< due, then the order in which they were set
    struct Agenda {
        std::map<Key, std::function<void()>> entries;
    };
    class Entry;

    void move_to(core::MonoTime);

    core::UnixTime wall_;
    core::MonoTime mono_{};
    std::uint64_t set_so_far_{0};
    bool is_advancing_{false};
    std::shared_ptr<Agenda> agenda_{std::make_shared<Agenda>()};  ///< timers may outlive the clock
};

}  // namespace bitgrid::net
