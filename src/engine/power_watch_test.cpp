#include "engine/power_watch.hpp"

#include <gtest/gtest.h>

using namespace bitgrid;
using engine::PowerWatch;

namespace {

ports::PowerReading mains(double charge_pct = 100) {
    ports::PowerReading power;
    power.charge_pct = charge_pct;
    return power;
}
ports::PowerReading battery(double charge_pct = 90) {
    ports::PowerReading power = mains(charge_pct);
    power.is_on_battery = true;
    return power;
}

class PowerWatchTest : public testing::Test {
protected:
    void SetUp() override { watch_.expect(now_); }
    void pass_s(std::int64_t s) { now_ = now_ + s * 1'000; }
    /// A reading each second, the last one now.
    void hear_for_s(int s, const ports::PowerReading& power) {
        for (int i = 0; i < s; ++i) {
            pass_s(1);
            watch_.heard(power, now_);
        }
    }
    bool may_run() const { return !watch_.judge(now_).forbids_loads; }
    bool must_end() const { return watch_.judge(now_).must_end; }

    PowerWatch watch_;
    core::MonoTime now_{1'000'000};
};

TEST_F(PowerWatchTest, ForbidsNothingWhereThereIsNoUps) {
    EXPECT_FALSE(PowerWatch{}.judge(now_).forbids_loads);
}

TEST_F(PowerWatchTest, WaitsForTheFirstWordAndComplainsAfterAWhile) {
    EXPECT_FALSE(may_run());
    EXPECT_EQ(watch_.judge(now_).level, core::HealthLevel::Ok);
    pass_s(15);
    EXPECT_EQ(watch_.judge(now_).level, core::HealthLevel::Error);
    hear_for_s(1, mains());
    EXPECT_TRUE(may_run());
}

TEST_F(PowerWatchTest, StopsAtTheFirstWordOfAnOutage) {
    hear_for_s(1, mains());
    hear_for_s(1, battery());
    EXPECT_FALSE(may_run());
    EXPECT_FALSE(must_end());
}

TEST_F(PowerWatchTest, StaysSafeForFiveMinutesOfStableMains) {
    hear_for_s(5, battery());
    hear_for_s(300, mains());
    EXPECT_FALSE(may_run());
    hear_for_s(1, mains());
    EXPECT_TRUE(may_run());
}

TEST_F(PowerWatchTest, StartsNothingWhileMainsComeAndGo) {
    hear_for_s(1, mains());
    for (int i = 0; i < 10; ++i) {
        hear_for_s(2, battery());
        EXPECT_FALSE(may_run());
        hear_for_s(28, mains());
        EXPECT_FALSE(may_run());
    }
}

TEST_F(PowerWatchTest, WaitsForHalfACharge) {
    hear_for_s(5, battery(40));
    hear_for_s(400, mains(49.9));
    EXPECT_FALSE(may_run());
    hear_for_s(1, mains(50));
    EXPECT_TRUE(may_run());
}

TEST_F(PowerWatchTest, WaitsForHalfAChargeAfterAnOutageBeforeItsTime) {
    hear_for_s(1, mains(20));
    EXPECT_FALSE(may_run());
    hear_for_s(1, mains(50));
    EXPECT_TRUE(may_run());
}

TEST_F(PowerWatchTest, EndsEverythingBeforeTheBatteryDoes) {
    const auto ends = [&](auto change) {
        PowerWatch watch;
        watch.expect(now_);
        ports::PowerReading power = battery();
        change(power);
        watch.heard(power, now_);
        return watch.judge(now_).must_end;
    };
    EXPECT_FALSE(ends([](auto&) {}));
    EXPECT_TRUE(ends([](auto& power) { power.is_low = true; }));
    EXPECT_TRUE(ends([](auto& power) { power.is_forced_shutdown = true; }));
    EXPECT_TRUE(ends([](auto& power) { power.charge_pct = 29.9; }));
    EXPECT_FALSE(ends([](auto& power) { power.charge_pct = 30; }));
    EXPECT_TRUE(ends([](auto& power) { power.runtime_s = 119; }));
    EXPECT_FALSE(ends([](auto& power) { power.runtime_s = 120; }));
}

TEST_F(PowerWatchTest, EndsEverythingInALongOutage) {
    hear_for_s(600, battery());
    EXPECT_FALSE(must_end());
    hear_for_s(1, battery());
    EXPECT_TRUE(must_end());
}

TEST_F(PowerWatchTest, TakesSilenceForTheWorstOnlyAfterAnOutageBegan) {
    hear_for_s(1, mains());
    pass_s(15);
    EXPECT_TRUE(may_run());
    EXPECT_EQ(watch_.judge(now_).level, core::HealthLevel::Warn);
    hear_for_s(1, battery());
    pass_s(14);
    EXPECT_FALSE(must_end());
    pass_s(1);
    EXPECT_TRUE(must_end());
}

TEST_F(PowerWatchTest, StopsAnOverloadAndOnlyWarnsOfAnOldBattery) {
    ports::PowerReading power = mains();
    power.is_overloaded = true;
    hear_for_s(1, power);
    EXPECT_FALSE(may_run());
    power.is_overloaded = false;
    power.wants_service = true;
    hear_for_s(1, power);
    EXPECT_TRUE(may_run());
    EXPECT_EQ(watch_.judge(now_).level, core::HealthLevel::Warn);
}

}  // namespace
