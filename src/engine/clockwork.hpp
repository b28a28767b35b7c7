#pragma once
// The block rhythm: one tick a block, at its start, never twice, never a burst of old ones; and
// jumps of the wall clock.
#include <functional>
#include <memory>

#include "core/time.hpp"
#include "engine/decided_blocks.hpp"
#include "ports/clock.hpp"

namespace bitgrid::engine {

/// Engine thread. Calls `second` once a second and `tick` at the start of each block.
class Clockwork {
public:
    struct Calls {
        std::function<void()> second;
        std::function<void(core::BlockId)> tick;
        std::function<void(std::int64_t jump_ms)> jumped;
    };

    /// `decided`: what was decided before a restart.
    Clockwork(ports::Clock&, std::int64_t block_ms, DecidedBlocks decided, Calls);

    void start();
    void stop();
    core::BlockId block() const { return core::block_of(clock_.wall(), block_ms_); }
    core::UnixTime next_tick() const { return core::block_start(block() + 1, block_ms_); }
    const DecidedBlocks& decided() const { return decided_; }

    static constexpr std::int64_t kMaxJumpMs = 60'000;

private:
    void beat();
    void watch_the_wall();
    std::int64_t until_next_beat_ms() const;

    ports::Clock& clock_;
    std::int64_t block_ms_;
    DecidedBlocks decided_;
    Calls calls_;
    core::UnixTime wall_{};
    core::MonoTime mono_{};
    bool is_running_{false};
    std::unique_ptr<ports::Timer> timer_;
};

}  // namespace bitgrid::engine
