#include "sim/miner_model.hpp"

#include <gtest/gtest.h>

using namespace bitgrid::sim;

namespace {

void run(MinerModel& miner, int seconds) {
    for (int i = 0; i < seconds; ++i) miner.step(1, 25);
}

MinerModel running(WorkMode mode) {
    MinerModel miner{avalon_q()};
    miner.set_mode(mode);
    miner.set_mains(true);
    run(miner, 1800);
    return miner;
}

TEST(MinerModel, BootsThenRampsToFullPowerOverMinutes) {
    MinerModel miner{avalon_q()};
    miner.set_mode(WorkMode::Super);
    miner.set_mains(true);
    run(miner, 10);
    EXPECT_FALSE(miner.is_answering());
    run(miner, 30);
    EXPECT_TRUE(miner.is_answering());
    EXPECT_EQ(miner.phase(), MinerPhase::Booting);
    run(miner, 60);
    EXPECT_GT(miner.power_w(), 600);
    EXPECT_LT(miner.power_w(), 1200);
    run(miner, 120);
    EXPECT_DOUBLE_EQ(miner.power_w(), 1674);
    EXPECT_DOUBLE_EQ(miner.hashrate_ths(), 90);
}

TEST(MinerModel, SettlesAtATemperatureThatItsFanCanHold) {
    EXPECT_NEAR(running(WorkMode::Super).temp_c(), 74, 2);
    EXPECT_NEAR(running(WorkMode::Eco).temp_c(), 61, 2);
}

TEST(MinerModel, HeatsUpWithinSecondsWhenTheFanIsBlockedAndCoolsSlowly) {
    MinerModel miner = running(WorkMode::Super);
    miner.faults.has_blocked_fan = true;
    run(miner, 40);
    EXPECT_GT(miner.temp_c(), 85);
    EXPECT_EQ(miner.fan_rpm(), 0);
    miner.stop();
    run(miner, 30);
    EXPECT_GT(miner.temp_c(), 75);
    run(miner, 1200);
    EXPECT_LT(miner.temp_c(), 50);
}

TEST(MinerModel, ProtectsItselfWhenNobodyElseDoes) {
    MinerModel miner = running(WorkMode::Super);
    miner.faults.has_blocked_fan = true;
    run(miner, 120);
    EXPECT_EQ(miner.phase(), MinerPhase::Protecting);
    EXPECT_LT(miner.temp_c(), 120);
}

TEST(MinerModel, StopsAtATimeOfItsOwnClockWhichStartsAtBoot) {
    MinerModel miner = running(WorkMode::Eco);
    EXPECT_DOUBLE_EQ(miner.device_s(), 1800);
    miner.stop_at(1805);
    run(miner, 4);
    EXPECT_EQ(miner.phase(), MinerPhase::Working);
    run(miner, 10);
    EXPECT_EQ(miner.phase(), MinerPhase::Standby);
    EXPECT_DOUBLE_EQ(miner.power_w(), 15);
    EXPECT_EQ(miner.hashrate_ths(), 0);
    miner.start_at(0);
    run(miner, 100);
    EXPECT_DOUBLE_EQ(miner.power_w(), 800);
}

TEST(MinerModel, RunsOnWhenItIgnoresStopUntilMainsAreCut) {
    MinerModel miner = running(WorkMode::Eco);
    miner.faults.ignores_stop = true;
    miner.stop();
    run(miner, 60);
    EXPECT_DOUBLE_EQ(miner.power_w(), 800);
    miner.set_mains(false);
    run(miner, 1);
    EXPECT_EQ(miner.power_w(), 0);
    EXPECT_FALSE(miner.is_answering());
}

}  // namespace
