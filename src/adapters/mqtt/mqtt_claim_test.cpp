#include "adapters/mqtt/mqtt_claim.hpp"

#include <gtest/gtest.h>

#include "adapters/mqtt/testing_bus.hpp"
#include "adapters/test_world.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;

namespace {

const std::string kTopic = "b/home/controller/claim";

/// The clock of the world stands at 2026-11-23T08:00:00Z.
class MqttClaimTest : public testing::Test {
protected:
    static std::string claim(const std::string& id, const std::string& since) {
        return R"({"controller_id":")" + id + R"(","since":")" + since + "\"}";
    }
    TestWorld world_;
    TestBus bus_;
    std::vector<bool> changes_;
    MqttClaim ours_{bus_, world_.clock, world_.health, {"b/home", "ours"}, [this](bool may_act) {
                        changes_.push_back(may_act);
                    }};
};

TEST_F(MqttClaimTest, ClaimsTheSiteAgainAndAgain) {
    world_.clock.advance(10'000);
    EXPECT_EQ(bus_.count(kTopic), 2u);
    EXPECT_TRUE(bus_.published[0].is_retained);
    EXPECT_NE(bus_.last(kTopic).find(R"("controller_id":"ours")"), std::string::npos);
    EXPECT_TRUE(ours_.may_act());
}

TEST_F(MqttClaimTest, StaysQuietBesideAnElderAndTakesOverWhenItFallsSilent) {
    bus_.deliver(kTopic, claim("first", "2026-11-23T07:00:00.000Z"), true);
    EXPECT_FALSE(ours_.may_act());
    EXPECT_EQ(world_.health.last().condition, ports::Condition::Error);
    world_.clock.advance(10'000);
    bus_.deliver(kTopic, claim("first", "2026-11-23T07:00:00.000Z"));
    world_.clock.advance(10'000);
    EXPECT_EQ(bus_.count(kTopic), 0u);
    world_.clock.advance(10'000);
    EXPECT_TRUE(ours_.may_act());
    EXPECT_EQ(changes_, (std::vector<bool>{false, true}));
    EXPECT_EQ(bus_.count(kTopic), 2u);
}

TEST_F(MqttClaimTest, DoesNotYieldToAYoungerOneOrToItself) {
    bus_.deliver(kTopic, claim("second", "2026-11-23T08:00:01.000Z"));
    bus_.deliver(kTopic, claim("ours", "2026-11-23T07:00:00.000Z"), true);
    EXPECT_TRUE(ours_.may_act());
}

TEST_F(MqttClaimTest, TakesOverAtOnceFromOneThatGaveUp) {
    bus_.deliver(kTopic, claim("first", "2026-11-23T07:00:00.000Z"));
    bus_.deliver(kTopic, "");
    world_.clock.advance(5'000);
    EXPECT_TRUE(ours_.may_act());
}

TEST_F(MqttClaimTest, IsNotMovedByNonsense) {
    for (const char* payload : {"x", "[]", "{}", R"({"controller_id":"z"})",
                                R"({"controller_id":7,"since":"2020-01-01T00:00:00Z"})"})
        bus_.deliver(kTopic, payload);
    EXPECT_TRUE(ours_.may_act());
    EXPECT_EQ(world_.health.rejects.size(), 5u);
}

TEST_F(MqttClaimTest, TakesItsClaimBackWhenItEnds) {
    world_.clock.advance(5'000);
    ours_.give_up();
    EXPECT_EQ(bus_.last(kTopic), "");
    EXPECT_EQ(bus_.count(kTopic), 2u);
    world_.clock.advance(60'000);
    EXPECT_EQ(bus_.count(kTopic), 2u);
}

}  // namespace
