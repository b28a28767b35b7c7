#include "research/held_series.hpp"

#include <gtest/gtest.h>

using bitgrid::core::UnixTime;
using bitgrid::research::HeldSeries;

namespace {

const HeldSeries kPrices{{{1000}, {2000}, {4000}}, {10, 30, -5}, 500};

TEST(HeldSeries, HoldsAValueUntilTheNext) {
    EXPECT_EQ(kPrices.at(UnixTime{999}), std::nullopt);
    EXPECT_EQ(kPrices.at(UnixTime{1000}), 10);
    EXPECT_EQ(kPrices.at(UnixTime{3999}), 30);
    EXPECT_EQ(kPrices.at(UnixTime{4499}), -5);
    EXPECT_EQ(kPrices.at(UnixTime{4500}), std::nullopt);
    EXPECT_EQ(HeldSeries{}.at(UnixTime{1}), std::nullopt);
}

TEST(HeldSeries, WeighsTheMeanByTimeAndDemandsHalfOfIt) {
    EXPECT_EQ(kPrices.mean(UnixTime{1500}, UnixTime{2500}), 20);
    EXPECT_EQ(kPrices.mean(UnixTime{0}, UnixTime{2000}), 10);
    EXPECT_EQ(kPrices.mean(UnixTime{0}, UnixTime{1900}), std::nullopt);
    EXPECT_EQ(HeldSeries{}.mean(UnixTime{0}, UnixTime{1}), std::nullopt);
}

TEST(HeldSeries, FindsTheHighestValueThatHoldsAtAnyMoment) {
    EXPECT_EQ(kPrices.highest(UnixTime{1999}, UnixTime{2001}), 30);
    EXPECT_EQ(kPrices.highest(UnixTime{3999}, UnixTime{4600}), 30);
    EXPECT_EQ(kPrices.highest(UnixTime{4000}, UnixTime{4600}), -5);
    EXPECT_EQ(kPrices.highest(UnixTime{4500}, UnixTime{4600}), std::nullopt);
}

}  // namespace
