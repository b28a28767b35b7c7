#include "engine/testing_house.hpp"

using namespace bitgrid;
using namespace bitgrid::engine::testing;

namespace {

class HouseWithUps : public House {
protected:
    HouseWithUps() {
        engine->expect_power([this] { ++ends; });
    }
    /// The house lives on, and the UPS is heard every second.
    void live_on(bool is_on_battery, std::int64_t ms) {
        for (std::int64_t t = 0; t < ms; t += 1'000) {
            ports::PowerReading power;
            power.is_on_battery = is_on_battery;
            power.charge_pct = charge_pct;
            engine->power(power);
            report();
            clock.advance(1'000);
        }
    }

    double charge_pct{90};
    int ends{0};
};

TEST_F(HouseWithUps, StartsNothingBeforeTheUpsWasHeard) {
    live(2 * kBlock);
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_EQ(last_code(0), Code::Stop_R3_SHUTDOWN);
    EXPECT_EQ(health_of("ups"), core::HealthLevel::Error);
    live_on(false, kBlock);
    EXPECT_EQ(miner.last(), core::kFull);
}

TEST_F(HouseWithUps, StopsEveryLoadWithTheFirstWordOfAnOutage) {
    live_on(false, kBlock + kMinute);
    ASSERT_EQ(miner.last(), core::kFull);
    ports::PowerReading outage;
    outage.is_on_battery = true;
    engine->power(outage);
    EXPECT_EQ(miner.last(), core::kOff) << "before the call returns";
    EXPECT_EQ(rod.last(), core::kOff);
    EXPECT_EQ(last_code(0), Code::Stop_R3_SHUTDOWN);
    EXPECT_EQ(ends, 0);
}

TEST_F(HouseWithUps, TellsThoseWhoCanWaitWhenAnOutageBeginsAndEnds) {
    std::vector<bool> told;
    engine->when_on_battery([&](bool is_on_battery) { told.push_back(is_on_battery); });
    live(kBlock);
    EXPECT_TRUE(told.empty()) << "a UPS that was never heard is no outage";
    live_on(false, 5'000);
    live_on(true, 5'000);
    EXPECT_EQ(told, std::vector<bool>{true});
    live(kMinute);
    EXPECT_EQ(told, std::vector<bool>{true}) << "silence during an outage is no end of it";
    live_on(false, 5'000);
    EXPECT_EQ(told, (std::vector<bool>{true, false}));
}

TEST_F(HouseWithUps, RefusesAWishDuringAnOutage) {
    live_on(false, kBlock + kMinute);
    live_on(true, 5'000);
    std::string code;
    engine->control().set_override(
        {"miner", core::OverrideAction::Start, {}, 30, true, "", "phone"},
        [&](const ports::Reply& reply) { code = reply.code; });
    EXPECT_EQ(code, "REJECTED_R3_SHUTDOWN");
}

TEST_F(HouseWithUps, StaysOffUntilMainsAreStableAndThenGoesOn) {
    live_on(false, kBlock + kMinute);
    live_on(true, 30'000);
    live_on(false, 4 * kMinute);
    EXPECT_EQ(miner.last(), core::kOff);
    live_on(false, 3 * kBlock);
    EXPECT_EQ(miner.last(), core::kFull);
    EXPECT_EQ(health_of("ups"), core::HealthLevel::Ok);
}

TEST_F(HouseWithUps, SaysOnceThatTheHostIsAboutToLoseItsPower) {
    live_on(false, kMinute);
    charge_pct = 20;
    live_on(true, 10'000);
    EXPECT_EQ(ends, 1);
}

TEST_F(HouseWithUps, TakesSilenceAfterAnOutageForTheEndOfThePower) {
    live_on(true, 1'000);
    live(13'000);
    EXPECT_EQ(ends, 0);
    live(5'000);
    EXPECT_EQ(ends, 1);
}

}  // namespace
