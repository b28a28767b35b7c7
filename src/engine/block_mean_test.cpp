#include "engine/block_mean.hpp"

#include <gtest/gtest.h>

using bitgrid::core::MonoTime;
using bitgrid::engine::BlockMean;

namespace {
constexpr std::int64_t kBlock = 600'000;

TEST(BlockMean, WeighsEachValueByTheTimeThatItHeld) {
    BlockMean mean;
    mean.add(1000, MonoTime{0}, kBlock);
    mean.add(3000, MonoTime{450'000}, kBlock);
    EXPECT_DOUBLE_EQ(*mean.close(MonoTime{kBlock}, kBlock), 1500);
}

TEST(BlockMean, IsMissingWhereLessThanHalfOfTheBlockIsCovered) {
    BlockMean mean;
    mean.add(1000, MonoTime{0}, 299'999);
    EXPECT_FALSE(mean.close(MonoTime{kBlock}, kBlock));
    mean.add(1000, MonoTime{kBlock}, 300'000);
    EXPECT_DOUBLE_EQ(*mean.close(MonoTime{2 * kBlock}, kBlock), 1000);
}

TEST(BlockMean, CarriesTheLastValueOverTheEdgeOfABlock) {
    BlockMean mean;
    mean.add(500, MonoTime{590'000}, 30'000);
    EXPECT_FALSE(mean.close(MonoTime{kBlock}, kBlock));
    EXPECT_EQ(mean.covered_ms(MonoTime{kBlock + 60'000}), 20'000);
}

TEST(BlockMean, CountsNothingAfterAnInterruption) {
    BlockMean mean;
    mean.add(800, MonoTime{0}, kBlock);
    mean.interrupt(MonoTime{100'000});
    EXPECT_EQ(mean.covered_ms(MonoTime{kBlock}), 100'000);
}
}  // namespace
