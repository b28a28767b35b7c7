#include "core/rules/r5_stability.hpp"

#include <algorithm>

namespace bitgrid::core {

std::optional<std::int64_t> blocks_since_change(const LoadMemory& memory, BlockId now) {
    if (!memory.last_action || !memory.unchanged_since) return std::nullopt;
    return std::max<std::int64_t>(now - *memory.unchanged_since, 0);
}

Vote r5_stability(const Situation& s) {
    Vote vote{Rule::R5};
    const auto since = blocks_since_change(s.load_memory(), s.block);
    if (!since) return vote;

    const RuleConfig& rules = s.rules();
    const auto blocks = static_cast<double>(*since);
    const auto lasted = [&](Bound id, int bound) {
        return vote.test(Measure::BlocksSinceChange, blocks, Op::GreaterEqual, id, bound);
    };
    const bool is_long_enough = s.is_on()
                                    ? lasted(Bound::MinRuntimeBlocks, rules.min_runtime_blocks)
                                    : lasted(Bound::MinPauseBlocks, rules.min_pause_blocks);
    const bool is_settled = lasted(Bound::DeadbandHoldBlocks, rules.deadband_hold_blocks);

    if (!is_long_enough)
        vote.bind(s.is_on() ? Code::Noop_R5_MIN_RUNTIME_NOT_REACHED
                            : Code::Noop_R5_MIN_PAUSE_NOT_REACHED);
    else if (!is_settled) vote.bind(Code::Noop_R5_DEADBAND_ACTIVE);
    return vote;
}

}  // namespace bitgrid::core
