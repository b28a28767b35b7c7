#include <gtest/gtest.h>

#include "core/sample_home.hpp"

using namespace bitgrid::core;
using sample::Home;

namespace {

TEST(R5Stability, KeepsALoadRunningAndRestingForItsMinimumTimes) {
    EXPECT_EQ(Home{}.running().changed(Action::Start, 2).surplus(0).code(),
              "NOOP_R5_MIN_RUNTIME_NOT_REACHED");
    EXPECT_EQ(Home{}.running().changed(Action::Start, 3).surplus(0).code(),
              "STOP_R1_INSUFFICIENT_SURPLUS");
    EXPECT_EQ(Home{}.changed(Action::Stop, 1).code(), "NOOP_R5_MIN_PAUSE_NOT_REACHED");
    EXPECT_EQ(Home{}.changed(Action::Stop, 2).code(), "START_R1_SURPLUS_OK");
}

TEST(R5Stability, HoldsAnyChangeForTheDeadband) {
    Home home;
    home.config.rules.min_runtime_blocks = 0;
    EXPECT_EQ(home.running(kEco).changed(Action::Throttle, 1).code(), "NOOP_R5_DEADBAND_ACTIVE");
    EXPECT_TRUE(home.decision().is_deadband_held);
}

TEST(R5Stability, IsAskedBeforeTheForecast) {
    EXPECT_EQ(Home{}.changed(Action::Stop, 1).forecast(0).code(), "NOOP_R5_MIN_PAUSE_NOT_REACHED");
}

TEST(R5Stability, HasNoVoteWhereNoChangeIsKnown) {
    EXPECT_FALSE(Home{}.decision().votes[4].is_binding);
}

TEST(R5Stability, CountsOnlyEffectiveChanges) {
    Home home;
    const Outcome again = home.running().changed(Action::Start, 7).outcome();
    EXPECT_EQ(name_of(again.decisions[0].code), "START_R1_SURPLUS_OK");
    EXPECT_EQ(again.memory.loads[0].unchanged_since, home.memory.loads[0].unchanged_since);
}

TEST(R5Stability, DoesNotCountTheBlockInWhichTheChangeFell) {
    Home home;
    home.state.time = home.state.time + 1;
    const Outcome inside = decide(home.config, home.memory, home.state,
                                  Occasion::between_blocks(Trigger::Override, 0));
    const BlockId block = block_of(home.state.time, 600'000);
    EXPECT_EQ(inside.memory.loads[0].unchanged_since, block + 1);
}

}  // namespace
