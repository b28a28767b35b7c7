#include "engine/decided_blocks.hpp"

#include <gtest/gtest.h>

#include <set>

using namespace bitgrid;
using engine::DecidedBlocks;
using ports::BlockRange;

namespace {

constexpr std::int64_t kMinute = 60'000;

TEST(DecidedBlocks, KnowsWhatWasDecidedAndNothingElse) {
    DecidedBlocks blocks;
    EXPECT_FALSE(blocks.contains(0));
    for (const core::BlockId b : {7, 5, 6, 9}) blocks.add(b);
    EXPECT_EQ(blocks.ranges(), (std::vector<BlockRange>{{5, 7}, {9, 9}}));
    EXPECT_TRUE(blocks.contains(6));
    EXPECT_FALSE(blocks.contains(8));
}

TEST(DecidedBlocks, DecidesTheRightOnesAfterAClockThatWasThreeYearsAhead) {
    DecidedBlocks blocks;
    blocks.add(1'000);
    blocks.add(1'000 + 3 * 52'560);
    EXPECT_FALSE(blocks.contains(1'001));
    EXPECT_TRUE(blocks.contains(1'000));
}

TEST(DecidedBlocks, NeverForgetsOneHoweverOftenTheClockJumps) {
    DecidedBlocks blocks;
    std::set<core::BlockId> all;
    std::uint64_t random = 1;
    for (int i = 0; i < 2'000; ++i) {
        random = random * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
        const auto block = static_cast<core::BlockId>((random >> 33) % 100'000);
        blocks.add(block);
        all.insert(block);
        ASSERT_LE(blocks.ranges().size(), DecidedBlocks::kMost);
    }
    for (const core::BlockId block : all) ASSERT_TRUE(blocks.contains(block));
}

TEST(DecidedBlocks, DropsWhatADamagedCheckpointMayHold) {
    EXPECT_TRUE(DecidedBlocks({{9, 3}}).ranges().empty());
    EXPECT_EQ(DecidedBlocks({{5, 9}, {1, 6}}).ranges(), (std::vector<BlockRange>{{1, 9}}));
}

TEST(DecidedBlocks, CoverTheSameTimeInBlocksOfAnotherLength) {
    EXPECT_EQ(engine::rescaled({{6, 11}}, 10 * kMinute, 60 * kMinute),
              (std::vector<BlockRange>{{1, 1}}));
    EXPECT_EQ(engine::rescaled({{1, 1}}, 60 * kMinute, 10 * kMinute),
              (std::vector<BlockRange>{{6, 11}}));
    EXPECT_EQ(engine::rescaled({{7, 7}}, 0, 10 * kMinute), (std::vector<BlockRange>{{7, 7}}));
}

TEST(WhatEndsByTheWall, MovesWithAClockThatJumped) {
    core::Memory memory;
    memory.loads.push_back({});
    core::LoadMemory& load = memory.loads[0];
    const core::UnixTime now{1'781'517'600'000};
    load.lockout = core::Lockout{core::LockoutReason::Overtemp, now + 30 * kMinute, false, false};
    load.wish = core::Override{};
    load.wish->until = now + 20 * kMinute;
    load.unchanged_since = core::block_of(now, 10 * kMinute) - 2;
    for (const std::int64_t jump : {3 * 365 * 86'400'000LL, -3 * 365 * 86'400'000LL, 3'600'000LL}) {
        const core::Memory before = memory;
        engine::move_with_the_clock(memory, now + jump, jump, 10 * kMinute);
        EXPECT_EQ(load.lockout->until - before.loads[0].lockout->until, jump);
        EXPECT_EQ(load.wish->until - before.loads[0].wish->until, jump);
        EXPECT_EQ(*load.unchanged_since, *before.loads[0].unchanged_since + jump / (10 * kMinute));
        memory = before;
    }
}

}  // namespace
