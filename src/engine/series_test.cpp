#include "engine/series.hpp"

#include <gtest/gtest.h>

using namespace bitgrid;
using engine::Series;
using ports::Slot;

namespace {
constexpr std::int64_t kHour = 3'600'000;
core::UnixTime hour(std::int64_t h) { return {h * kHour}; }
Slot slot(std::int64_t h, double value) { return {hour(h), hour(h + 1), value}; }

TEST(Series, AnswersForTheSlotThatCoversTheMoment) {
    Series prices;
    prices.merge({slot(10, 12.5), slot(11, 31)}, hour(10));
    EXPECT_EQ(prices.at(hour(10)), 12.5);
    EXPECT_EQ(prices.at({11 * kHour - 1}), 12.5);
    EXPECT_EQ(prices.at(hour(11)), 31);
    EXPECT_FALSE(prices.at(hour(12)));
    EXPECT_EQ(prices.highest(hour(10), {10 * kHour + 1'800'000}), 12.5);
    EXPECT_EQ(prices.highest(hour(10), {11 * kHour + 1}), 31);
}

TEST(Series, KeepsWhatAShorterListDoesNotCover) {
    Series prices;
    prices.merge({slot(10, 1), slot(11, 2), slot(12, 3)}, hour(10));
    prices.merge({slot(11, 9)}, hour(10));
    EXPECT_EQ(prices.at(hour(10)), 1);
    EXPECT_EQ(prices.at(hour(11)), 9);
    EXPECT_EQ(prices.at(hour(12)), 3);
}

TEST(Series, MeansOnlyWhereAtLeastHalfIsKnown) {
    Series forecast;
    forecast.merge({slot(10, 2), slot(11, 4)}, hour(10));
    EXPECT_DOUBLE_EQ(*forecast.mean({10 * kHour + 1'800'000}, {11 * kHour + 1'800'000}), 3);
    EXPECT_FALSE(forecast.mean({11 * kHour + 1'800'000}, hour(13)));
}

TEST(Series, RefusesSlotsWithoutLengthOrWithoutANumber) {
    Series prices;
    prices.merge(
        {{hour(10), hour(10), 5}, {hour(11), hour(10), 5}, {hour(12), hour(13), 0.0 / 0.0}},
        hour(10));
    EXPECT_TRUE(prices.empty());
}
}  // namespace
