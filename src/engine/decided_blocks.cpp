#include "engine/decided_blocks.hpp"

#include <algorithm>

namespace bitgrid::engine {

using ports::BlockRange;

DecidedBlocks::DecidedBlocks(std::vector<BlockRange> ranges) : ranges_{std::move(ranges)} {
    std::erase_if(ranges_, [](const BlockRange& r) { return r.last < r.first; });
    tidy();
}

bool DecidedBlocks::contains(core::BlockId block) const {
    return std::any_of(ranges_.begin(), ranges_.end(), [block](const BlockRange& r) {
        return r.first <= block && block <= r.last;
    });
}

void DecidedBlocks::add(core::BlockId block) {
    if (contains(block)) return;
    ranges_.push_back({block, block});
    tidy();
}

void DecidedBlocks::tidy() {
    std::ranges::sort(ranges_, {}, &BlockRange::first);
    std::vector<BlockRange> joined;
    for (const BlockRange& range : ranges_) {
        if (!joined.empty() && range.first <= joined.back().last + 1)
            joined.back().last = std::max(joined.back().last, range.last);
        else joined.push_back(range);
    }
    while (joined.size() > kMost) {
        joined[1].first = joined[0].first;
        joined.erase(joined.begin());
    }
    ranges_ = std::move(joined);
}

std::vector<BlockRange> rescaled(std::vector<BlockRange> ranges, std::int64_t from_ms,
                                 std::int64_t to_ms) {
    if (from_ms == to_ms || from_ms <= 0) return ranges;
    for (BlockRange& range : ranges) {
        range.first = core::block_of(core::block_start(range.first, from_ms), to_ms);
        range.last = core::block_of(core::block_start(range.last + 1, from_ms) + -1, to_ms);
    }
    return ranges;
}

void move_with_the_clock(core::Memory& memory, core::UnixTime now, std::int64_t jump_ms,
                         std::int64_t block_ms) {
    const std::int64_t blocks =
        core::block_of(now, block_ms) - core::block_of(now + -jump_ms, block_ms);
    for (core::LoadMemory& load : memory.loads) {
        if (load.lockout) load.lockout->until = load.lockout->until + jump_ms;
        if (load.wish) load.wish->until = load.wish->until + jump_ms;
        if (load.unchanged_since) *load.unchanged_since += blocks;
    }
}

DecidedBlocks decided_before(const std::optional<ports::Checkpoint>& restored,
                             std::int64_t block_ms) {
    if (!restored) return {};
    auto ranges = restored->decided;
    // An older program remembered the newest one only.
    if (ranges.empty()) ranges.push_back({0, restored->last_block});
    else ranges.push_back({restored->last_block, restored->last_block});
    return DecidedBlocks{rescaled(std::move(ranges), restored->block_ms, block_ms)};
}

}  // namespace bitgrid::engine
