#pragma once
// Which blocks were decided, so that none is twice, whatever the clock does: after a jump back the
// old ones are not decided again, after a jump forth and back the right ones are.
#include <cstddef>
#include <optional>
#include <vector>

#include "ports/journal.hpp"

namespace bitgrid::engine {

/// A value. Bounded: where the clock has jumped very often, blocks between the oldest ones count as
/// decided, too.
class DecidedBlocks {
public:
    DecidedBlocks() = default;
    explicit DecidedBlocks(std::vector<ports::BlockRange>);

    void add(core::BlockId);
    bool contains(core::BlockId) const;
    const std::vector<ports::BlockRange>& ranges() const { return ranges_; }

    static constexpr std::size_t kMost = 16;

private:
    void tidy();

    std::vector<ports::BlockRange> ranges_;  ///< in order, with gaps between
};

/// The ranges of a run before, in blocks of another length. None of them becomes smaller.
std::vector<ports::BlockRange> rescaled(std::vector<ports::BlockRange>, std::int64_t from_ms,
                                        std::int64_t to_ms);

/// What the run before left behind, in blocks of now.
DecidedBlocks decided_before(const std::optional<ports::Checkpoint>&, std::int64_t block_ms);

/// What is counted or ends by wall time moves with a clock that jumped: no lockout and no wish
/// becomes shorter or longer by it.
void move_with_the_clock(core::Memory&, core::UnixTime now, std::int64_t jump_ms,
                         std::int64_t block_ms);

}  // namespace bitgrid::engine
