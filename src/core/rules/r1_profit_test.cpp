#include <gtest/gtest.h>

#include <limits>

#include "core/sample_home.hpp"

using namespace bitgrid::core;
using sample::Home;

namespace {

TEST(R1Surplus, StartsThrottlesAndWaitsExactlyAtItsThresholds) {
    EXPECT_EQ(Home{}.surplus(1.5).code(), "START_R1_SURPLUS_OK");
    EXPECT_EQ(Home{}.pv(1999.9999).code(), "THROTTLE_R1_SURPLUS_THROTTLE");
    EXPECT_EQ(Home{}.surplus(0.8).code(), "THROTTLE_R1_SURPLUS_THROTTLE");
    EXPECT_EQ(Home{}.pv(1299.9999).code(), "NOOP_R1_INSUFFICIENT_SURPLUS");
    EXPECT_EQ(Home{}.running().pv(1299.9999).code(), "STOP_R1_INSUFFICIENT_SURPLUS");
}

TEST(R1Surplus, NeverThrottlesALoadThatKnowsOnlyOnAndOff) {
    Home home;
    home.config.loads[0].can_throttle = false;
    EXPECT_EQ(home.surplus(1.5).code(), "START_R1_SURPLUS_OK");
    EXPECT_EQ(home.surplus(1.2).code(), "NOOP_R1_INSUFFICIENT_SURPLUS");
    EXPECT_EQ(home.running().surplus(1.2).code(), "STOP_R1_INSUFFICIENT_SURPLUS");
}

TEST(R1Surplus, RunsAtThePriceLimitAndNotAboveIt) {
    EXPECT_EQ(Home{}.price(25).code(), "START_R1_SURPLUS_OK");
    EXPECT_EQ(Home{}.price(25.001).code(), "NOOP_R1_PRICE_TOO_HIGH");
    EXPECT_EQ(Home{}.running().price(25.001).code(), "STOP_R1_PRICE_TOO_HIGH");
    Home without_limit;
    without_limit.config.rules.price_max.reset();
    EXPECT_EQ(without_limit.running().price(400).code(), "START_R1_SURPLUS_OK");
}

TEST(R1Surplus, CountsNegativeNightPowerAsNothing) {
    EXPECT_DOUBLE_EQ(Home{}.pv(-50).decision().surplus_kw, -0.5);
}

TEST(R1Surplus, LeavesToTheBatteryFirstWhatItCanTake) {
    Home home;
    home.config.rules.battery_first = true;
    home.soc(90).surplus(2);
    EXPECT_EQ(home.code(), "START_R1_SURPLUS_OK");
    // 1 % of 10 kWh in ten minutes at 95 %: 631.6 W.
    home.soc(89);
    EXPECT_NEAR(home.decision().surplus_kw, 2 - 0.6315789, 1e-6);
    home.soc(60);
    EXPECT_DOUBLE_EQ(home.decision().surplus_kw, 2 - 5);
}

TEST(R1Surplus, LetsTheBatteryFeedOnlyAboveTheSoftBand) {
    Home home;
    home.config.rules.battery_may_feed = Watts{700};
    EXPECT_DOUBLE_EQ(home.soc(58.1).surplus(1).decision().surplus_kw, 1.7);
    EXPECT_DOUBLE_EQ(home.soc(58).surplus(1).decision().surplus_kw, 1.0);
}

TEST(R1SocBand, KeepsABandDownToItsOwnStopValue) {
    Home home;
    home.config.rules.strategy = Strategy::SocBand;
    home.running();
    home.memory.loads[0].mode = Mode::Super;
    EXPECT_EQ(home.soc(85).code(), "START_R1_SUPER");
    EXPECT_EQ(home.soc(84.9).code(), "START_R1_STANDARD");
    EXPECT_EQ(home.soc(75).code(), "START_R1_STANDARD");
    EXPECT_EQ(home.soc(74.9).code(), "THROTTLE_R1_ECO");
    home.memory.loads[0].mode = Mode::None;
    EXPECT_EQ(home.soc(85).code(), "START_R1_STANDARD");
    EXPECT_EQ(home.soc(75).code(), "THROTTLE_R1_ECO");
}

TEST(R1SocBand, NeedsSunToStartInEcoAndStopsBelowTheReserve) {
    Home home;
    home.config.rules.strategy = Strategy::SocBand;
    EXPECT_EQ(home.soc(60).pv(5999).code(), "NOOP_R1_SOC_HOLD_PV");
    EXPECT_EQ(home.soc(60).pv(6000).code(), "THROTTLE_R1_ECO");
    EXPECT_EQ(home.soc(57.9).code(), "NOOP_R1_SOC_HOLD");
    EXPECT_EQ(home.soc(50).code(), "NOOP_R1_SOC_HOLD");
    EXPECT_EQ(home.soc(49.9).changed(Action::Start, 0).code(), "STOP_R1_SOC_RESERVE_STOP");
}

TEST(R1SocBand, ActsAsSurplusWhereThereIsNoBattery) {
    Home home;
    home.config.rules.strategy = Strategy::SocBand;
    home.config.site.has_battery = false;
    home.state.site.battery_soc = {};
    EXPECT_EQ(home.surplus(1.5).code(), "START_R1_SURPLUS_OK");
}

TEST(R1Policy, HoldsTheMinerBackWhereAnotherPathIsPreferred) {
    Home home;
    home.config.policy.policy = Policy::ExportFirst;
    home.config.policy.feed_in = CentPerKwh{8};
    EXPECT_EQ(home.code(), "NOOP_R1_PATH_EXPORT");
    EXPECT_EQ(home.running().code(), "STOP_R1_PATH_EXPORT");
}

}  // namespace
