#include "engine/signal_board.hpp"

#include <gtest/gtest.h>

#include <random>

using namespace bitgrid;
using core::Signal;

namespace {

constexpr core::UnixTime kTenOClock{1'781'517'600'000};  // 2026-06-15T10:00:00Z

class Board : public testing::Test {
protected:
    double temp() const { return board.freeze({kTenOClock, now}, {{}}).loads[0].temp->value; }
    double pv() const { return board.freeze({kTenOClock, now}, {{}}).site.pv_power->value; }

    core::Config config;
    engine::SignalBoard board{config};
    core::MonoTime now{1'000'000};
};

TEST_F(Board, LetsNoOlderSampleOverwriteANewerOne) {
    std::mt19937 chance{8};
    std::int64_t newest_ms = INT64_MIN;
    double newest = 0;
    for (int i = 0; i < 200'000; ++i) {
        now = now + static_cast<std::int64_t>(chance() % 3);
        const auto age_ms = static_cast<std::int64_t>(chance() % 5'000);
        const double value = 20 + static_cast<double>(i % 60);
        ASSERT_TRUE(board.put({Signal::LoadTemp, config.loads[0].id, value, 0, age_ms}, now));
        ASSERT_TRUE(board.put({Signal::PvPower, {}, value, 0, age_ms}, now));
        if (now.ms - age_ms >= newest_ms) {
            newest_ms = now.ms - age_ms;
            newest = value;
        }
        ASSERT_EQ(temp(), newest) << i;
        ASSERT_EQ(pv(), newest) << i;
    }
}

TEST_F(Board, TakesTheSameMomentAgain) {
    ASSERT_TRUE(board.put({Signal::PvPower, {}, 100, 0, 50}, now));
    ASSERT_TRUE(board.put({Signal::PvPower, {}, 200, 0, 50}, now));
    EXPECT_EQ(pv(), 200);
}

}  // namespace
