#include <gtest/gtest.h>

#include "core/sample_home.hpp"

using namespace bitgrid::core;
using sample::Home;

namespace {

TEST(R4Forecast, VetoesAStartThatTheNearFutureWouldPunish) {
    EXPECT_EQ(Home{}.forecast(2.0).code(), "START_R1_SURPLUS_OK");
    EXPECT_EQ(Home{}.forecast(1.9999).code(), "NOOP_R4_FORECAST_PV_INSUFFICIENT");
    Home spike;
    spike.config.rules.price_max.reset();
    EXPECT_EQ(spike.price(29.9999).code(), "START_R1_SURPLUS_OK");
    EXPECT_EQ(spike.price(30).code(), "NOOP_R4_FORECAST_PRICE_SPIKE");
}

TEST(R4Forecast, LeavesARunningLoadAlone) {
    EXPECT_EQ(Home{}.running(kEco).forecast(0).code(), "START_R1_SURPLUS_OK");
}

TEST(R4Forecast, HasNoVoteOnWhatItDoesNotKnow) {
    EXPECT_EQ(Home{}.forecast(-1).code(), "START_R1_SURPLUS_OK");
    EXPECT_FALSE(Home{}.decision().votes[3].is_binding);
}

}  // namespace
