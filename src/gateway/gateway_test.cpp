#include "gateway/gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/fake_world.hpp"

using namespace bitgrid;
using core::Signal;
using ports::Refusal;
using testing::ElementsAre;

namespace {

constexpr core::UnixTime kTenOClock{1'781'517'600'000};

/// Does what it is told, unless it is deaf; its power shows it.
struct Miner final : ports::LoadDriver {
    void command(const ports::Command& command, ports::CommandDone done) override {
        (command.target.is_on() ? starts : stops)++;
        is_on = command.target.is_on();
        done({});
    }
    void renew(const ports::Command&) override {}
    bool is_on{true};  // nobody knows what it did before
    int starts{0}, stops{0};
};

class GatewayTest : public testing::Test {
protected:
    GatewayTest() {
        config.loads[0].id = "miner";
        gateway.emplace(clock, config,
                        gateway::Gateway::Calls{[](const std::string&, bool, const std::string&) {},
                                                [this](const std::string&, const std::string& id) {
                                                    lapsed.push_back(id);
                                                }});
        gateway->attach(0, {miner, nullptr});
        gateway->start([] {});
        live(2);
    }
    void live(int seconds) {
        for (int i = 0; i < seconds; ++i) {
            clock.advance(1'000);
            gateway->measured({Signal::LoadPower, "miner", miner.is_on ? 1'674.0 : 2.0});
            gateway->alive("miner");
        }
    }
    ports::Setpoint on(const std::string& id, std::int64_t epoch = 5, int lease_s = 30) {
        return {id, core::kFull, core::Watts{1'674}, clock.wall() + lease_s * 1'000, epoch};
    }
    Refusal say(const ports::Setpoint& setpoint) { return gateway->take("miner", setpoint); }

    engine::fake::Clock clock{kTenOClock};
    core::Config config;
    Miner miner;
    std::vector<std::string> lapsed;
    std::optional<gateway::Gateway> gateway;
};

TEST_F(GatewayTest, CommandsEverythingOffAtTheStart) {
    EXPECT_GE(miner.stops, 1);
    EXPECT_EQ(miner.starts, 0);
    EXPECT_TRUE(gateway->are_all_off());
}

TEST_F(GatewayTest, RunsALoadAsLongAsItsLeaseIsRenewed) {
    ASSERT_EQ(say(on("a")), Refusal::None);
    for (int i = 0; i < 6; ++i) {
        live(10);
        ASSERT_EQ(say(on("a")), Refusal::None);
    }
    EXPECT_TRUE(miner.is_on);
    EXPECT_EQ(miner.starts, 1) << "a renewal is no start";
    live(29);
    EXPECT_TRUE(miner.is_on);
    live(2);
    EXPECT_FALSE(miner.is_on) << "nobody renewed it";
    EXPECT_THAT(lapsed, ElementsAre("a"));
}

TEST_F(GatewayTest, WhatHasLapsedStartsOnlyByANewCommand) {
    ASSERT_EQ(say(on("a")), Refusal::None);
    live(31);
    EXPECT_EQ(say(on("a")), Refusal::Lapsed);
    EXPECT_FALSE(miner.is_on);
    EXPECT_EQ(say(on("b")), Refusal::None);
    EXPECT_EQ(miner.starts, 2);
}

TEST_F(GatewayTest, ALateRenewalStartsNothingThatWasStopped) {
    ASSERT_EQ(say(on("a")), Refusal::None);
    EXPECT_EQ(say({"b", core::kOff, {}, {}, 5}), Refusal::None);
    EXPECT_EQ(say(on("a")), Refusal::Lapsed);
    EXPECT_FALSE(miner.is_on);
}

TEST_F(GatewayTest, ObeysOnlyTheNewestEpochButStopsForEverybody) {
    gateway->heard_epoch(7);
    EXPECT_EQ(say(on("old", 6)), Refusal::StaleEpoch);
    EXPECT_FALSE(miner.is_on);
    ASSERT_EQ(say(on("new", 7)), Refusal::None);
    EXPECT_EQ(say({"stop", core::kOff, {}, {}, 0}), Refusal::None);
    EXPECT_FALSE(miner.is_on);
    ASSERT_EQ(say(on("newer", 8)), Refusal::None);
    EXPECT_EQ(say(on("new again", 7)), Refusal::StaleEpoch);
}

TEST_F(GatewayTest, AForeignClockGivesNoLongerLease) {
    EXPECT_EQ(say(on("late", 5, -1)), Refusal::Expired);
    ASSERT_EQ(say(on("ahead", 5, 3'600)), Refusal::None);
    live(31);
    EXPECT_FALSE(miner.is_on) << "a lease is 30 s at most";
}

TEST_F(GatewayTest, StopsWhatIsTooHotWithoutAnyController) {
    ASSERT_EQ(say(on("a")), Refusal::None);
    gateway->measured({Signal::LoadTemp, "miner", 94.9});
    EXPECT_TRUE(miner.is_on) << "below the limit it is the controller's business";
    gateway->measured({Signal::LoadTemp, "miner", 95.0});
    EXPECT_FALSE(miner.is_on) << "before the call returned";
    EXPECT_EQ(say(on("b")), Refusal::OverTemperature);
    live(3'590);
    gateway->measured({Signal::LoadTemp, "miner", 60.0});
    EXPECT_EQ(say(on("c")), Refusal::OverTemperature) << "it rests for an hour";
    live(15);
    gateway->measured({Signal::LoadTemp, "miner", 60.0});
    live(1);
    EXPECT_EQ(say(on("d")), Refusal::None);
}

TEST_F(GatewayTest, StaysOffAfterHeatWhileItDoesNotShowThatItIsCool) {
    gateway->measured({Signal::LoadTemp, "miner", 120.0});
    live(4'000);
    EXPECT_EQ(say(on("a")), Refusal::OverTemperature);
    gateway->measured({Signal::LoadTemp, "miner", -273.0});
    live(1);
    EXPECT_EQ(say(on("b")), Refusal::OverTemperature) << "an absurd value is not cool";
}

TEST_F(GatewayTest, EndsWithEverythingOffAndStartsNothingMeanwhile) {
    ASSERT_EQ(say(on("a")), Refusal::None);
    bool has_ended = false;
    gateway->shut_down(5'000, [&] { has_ended = true; });
    EXPECT_EQ(say(on("b")), Refusal::Ending);
    live(2);
    EXPECT_TRUE(has_ended);
    EXPECT_FALSE(miner.is_on);
}

TEST_F(GatewayTest, KnowsNoOtherLoads) { EXPECT_NE(gateway->take("oven", on("a")), Refusal::None); }

}  // namespace
