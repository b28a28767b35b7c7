#include "engine/clockwork.hpp"

#include <algorithm>
#include <cstdlib>

namespace bitgrid::engine {

Clockwork::Clockwork(ports::Clock& clock, std::int64_t block_ms, DecidedBlocks decided, Calls calls)
    : clock_{clock}, block_ms_{block_ms}, decided_{std::move(decided)}, calls_{std::move(calls)} {}

void Clockwork::start() {
    is_running_ = true;
    wall_ = clock_.wall();
    mono_ = clock_.mono();
    // The running block has begun without us: its tick is past.
    decided_.add(block());
    timer_ = clock_.after(until_next_beat_ms(), [this] { beat(); });
}

void Clockwork::stop() {
    is_running_ = false;
    timer_.reset();
}

std::int64_t Clockwork::until_next_beat_ms() const {
    const std::int64_t to_tick = next_tick() - clock_.wall();
    return std::clamp<std::int64_t>(to_tick, 1, 1000);
}

void Clockwork::watch_the_wall() {
    const core::UnixTime wall = clock_.wall();
    const core::MonoTime mono = clock_.mono();
    const std::int64_t jump_ms = (wall - wall_) - (mono - mono_);
    wall_ = wall;
    mono_ = mono;
    if (std::abs(jump_ms) > kMaxJumpMs) calls_.jumped(jump_ms);
}

void Clockwork::beat() {
    watch_the_wall();
    calls_.second();
    if (!is_running_) return;  // it may have been the last one
    const core::BlockId now = block();
    if (!decided_.contains(now)) {
        decided_.add(now);
        calls_.tick(now);
    }
    timer_ = clock_.after(until_next_beat_ms(), [this] { beat(); });
}

}  // namespace bitgrid::engine
