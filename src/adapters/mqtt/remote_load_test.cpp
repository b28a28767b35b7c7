#include "adapters/mqtt/remote_load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "adapters/mqtt/gateway_link.hpp"
#include "adapters/mqtt/testing_bus.hpp"
#include "adapters/test_world.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;
using testing::HasSubstr;

namespace {

class RemoteLoadTest : public testing::Test {
protected:
    RemoteLoadTest() { bus_.now_epoch = 17; }
    ports::CommandDone note() {
        return [this](core::Result<void> result) { results_.push_back(std::move(result)); };
    }
    ports::Command full(const std::string& id) {
        return {id, core::kFull, core::Watts{1'674}, 30'000, false};
    }
    void answer(const std::string& id, ports::Refusal refusal = ports::Refusal::None) {
        bus_.deliver("bitgrid/home/command/miner/ack", ack_text({id, refusal}));
    }
    core::Result<ports::Setpoint> sent() const {
        return read_setpoint(bus_.last("bitgrid/home/command/miner"));
    }
    TestWorld world_;
    TestBus bus_;
    RemoteLoad load_{{bus_, world_.clock, world_.exchanges, world_.health}, "miner", "miner"};
    std::vector<core::Result<void>> results_;
};

TEST_F(RemoteLoadTest, SendsALeaseWithItsEpochAndWaitsForTheAnswer) {
    load_.command(full("a"), note());
    const auto setpoint = sent();
    ASSERT_TRUE(setpoint) << setpoint.error().what;
    EXPECT_EQ(setpoint->target, core::kFull);
    EXPECT_EQ(setpoint->epoch, 17);
    EXPECT_EQ(setpoint->expires_at - world_.clock.wall(), 30'000);
    EXPECT_EQ(bus_.published.back().waiting, Waiting::Never);
    EXPECT_TRUE(results_.empty());
    answer("another");
    EXPECT_TRUE(results_.empty());
    answer("a");
    ASSERT_EQ(results_.size(), 1u);
    EXPECT_TRUE(results_[0]);
    EXPECT_DOUBLE_EQ(*load_.dead_man().left_s, 30);
}

TEST_F(RemoteLoadTest, SaysWhenTheGatewayIsSilentOrRefuses) {
    load_.command(full("a"), note());
    world_.clock.advance(RemoteLoad::kAnswerMs);
    ASSERT_EQ(results_.size(), 1u);
    EXPECT_EQ(results_[0].error().code, core::ErrorCode::Timeout);
    EXPECT_EQ(world_.health.last().condition, ports::Condition::Error);
    load_.command(full("b"), note());
    answer("b", ports::Refusal::OverTemperature);
    ASSERT_EQ(results_.size(), 2u);
    EXPECT_THAT(results_[1].error().what, HasSubstr("too hot"));
    EXPECT_FALSE(load_.dead_man().left_s);
}

TEST_F(RemoteLoadTest, BeginsAnewWhereTheGatewayLetItLapse) {
    load_.command(full("a"), note());
    answer("a");
    load_.renew(full("a"));
    answer("a", ports::Refusal::Lapsed);
    EXPECT_FALSE(load_.dead_man().left_s);
    load_.renew(full("a"));
    EXPECT_EQ(sent()->command_id, "a.1");
    answer("a.1");
    EXPECT_TRUE(load_.dead_man().left_s);
    load_.renew(full("old"));
    EXPECT_EQ(sent()->command_id, "a.1") << "what is not wanted any more is not renewed";
}

TEST_F(RemoteLoadTest, AnOffIsNeverRenewed) {
    load_.command({"off", core::kOff, {}, 0, true}, note());
    answer("off");
    const std::size_t count = bus_.published.size();
    load_.renew({"off", core::kOff, {}, 0, true});
    EXPECT_EQ(bus_.published.size(), count);
}

struct RememberingSetpoints final : ports::SetpointSink {
    ports::Refusal take(std::string_view load, const ports::Setpoint& s) override {
        taken.push_back(std::string{load} + ":" + s.command_id);
        return refusal;
    }
    void heard_epoch(std::int64_t heard) override { epoch = heard; }
    std::vector<std::string> taken;
    std::int64_t epoch{0};
    ports::Refusal refusal{ports::Refusal::None};
};

class GatewayLinkTest : public testing::Test {
protected:
    TestWorld world_;
    TestBus bus_;
    RememberingSetpoints setpoints_;
    GatewayLink link_{bus_,
                      {setpoints_, world_.signals, world_.health},
                      world_.clock,
                      {"bitgrid/home", "roof", {"miner"}}};
};

TEST_F(GatewayLinkTest, TakesAndAnswersWhatIsForItsLoads) {
    const ports::Setpoint setpoint{"a", core::kEco, core::Watts{800}, {1'795'420'830'000}, 3};
    setpoints_.refusal = ports::Refusal::StaleEpoch;
    bus_.deliver("bitgrid/home/command/miner", setpoint_text(setpoint));
    EXPECT_THAT(setpoints_.taken, testing::ElementsAre("miner:a"));
    EXPECT_EQ(bus_.last("bitgrid/home/command/miner/ack"),
              R"({"command_id":"a","error":"STALE_EPOCH","state":"refused"})");
    bus_.deliver("bitgrid/home/command/oven", setpoint_text(setpoint));
    bus_.deliver("bitgrid/home/command/miner", setpoint_text(setpoint), true);
    bus_.deliver("bitgrid/home/command/miner", "ON");
    EXPECT_EQ(setpoints_.taken.size(), 1u) << "not for us, stored, or nothing that is a command";
    EXPECT_EQ(world_.health.rejects.size(), 2u);
    bus_.deliver("bitgrid/home/controller/claim", R"({"controller_id":"x","epoch":9})");
    EXPECT_EQ(setpoints_.epoch, 9);
}

TEST_F(GatewayLinkTest, TellsWhatIsMeasuredToItselfFirstAndThenWithItsTime) {
    link_.measured({core::Signal::LoadTemp, "miner", 71.5, 0, 2'000});
    EXPECT_EQ(world_.signals.last(core::Signal::LoadTemp, "miner"), 71.5);
    EXPECT_EQ(bus_.last("bitgrid/home/telemetry/miner/temp_c"),
              R"({"time":"2026-11-23T07:59:58.000Z","unit":"°C","value":71.5})");
    link_.measured({core::Signal::PvPower, "", 4'000});
    EXPECT_NE(bus_.last("bitgrid/home/telemetry/roof/pv_power_w"), "");
    bus_.is_there = false;
    link_.alive("miner");
    EXPECT_EQ(bus_.count("bitgrid/home/telemetry/miner/heartbeat"), 0u)
        << "a sign of life that comes late is none";
}

}  // namespace
