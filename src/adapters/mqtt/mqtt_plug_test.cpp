#include "adapters/mqtt/mqtt_plug.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/mqtt/testing_bus.hpp"
#include "adapters/test_world.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;

namespace {

MqttPlugConfig plug_config() {
    MqttPlugConfig config;
    config.id = "plug";
    config.load = "heater";
    config.command_topic = "plug/set";
    config.payload_on_for = "on,{s}";
    config.state_topic = "plug/state";
    config.power_topic = "plug/power";
    return config;
}

class MqttPlugTest : public testing::Test {
protected:
    MqttPlug& plug(MqttPlugConfig config = plug_config()) {
        plug_.emplace(
            MqttPlug::World{bus_, world_.clock, world_.exchanges, world_.signals, world_.health},
            std::move(config));
        return *plug_;
    }
    ports::CommandDone note() {
        return [this](core::Result<void> result) { results_.push_back(std::move(result)); };
    }
    TestWorld world_;
    TestBus bus_;
    std::optional<MqttPlug> plug_;
    std::vector<core::Result<void>> results_;
};

TEST_F(MqttPlugTest, IsOffOnlyWhenContactAndWattsAgree) {
    plug().cut(note());
    EXPECT_EQ(bus_.last("plug/set"), "off");
    EXPECT_EQ(bus_.published.back().waiting, Waiting::Never);
    EXPECT_FALSE(world_.exchanges.is_idle());
    bus_.deliver("plug/state", "off");
    bus_.deliver("plug/power", "812");
    EXPECT_TRUE(results_.empty()) << "it still draws power";
    bus_.deliver("plug/power", "0.3");
    ASSERT_EQ(results_.size(), 1u);
    EXPECT_TRUE(results_[0]);
    EXPECT_TRUE(world_.exchanges.is_idle());
    EXPECT_EQ(world_.signals.last(core::Signal::LoadPower, "heater"), 0.3);
}

TEST_F(MqttPlugTest, SaysWhenThePlugDoesNotConfirm) {
    plug().cut(note());
    bus_.deliver("plug/state", "off");
    bus_.deliver("plug/power", "812");
    world_.clock.advance(5'000);
    ASSERT_EQ(results_.size(), 1u);
    EXPECT_EQ(results_[0].error().code, core::ErrorCode::Timeout);
    EXPECT_EQ(world_.health.last().condition, ports::Condition::Error);
    bus_.deliver("plug/power", "0");
    EXPECT_EQ(results_.size(), 1u) << "called back once";
}

TEST_F(MqttPlugTest, TrustsNothingThatWasSaidBeforeTheCommandOrStored) {
    plug();
    bus_.deliver("plug/state", "off");
    bus_.deliver("plug/power", "0");
    plug_->cut(note());
    bus_.deliver("plug/state", "off", true);
    bus_.deliver("plug/power", "0", true);
    EXPECT_TRUE(results_.empty());
}

TEST_F(MqttPlugTest, ArmsThePlugsOwnTimerAndRenewsIt) {
    plug().close(120, note());
    EXPECT_EQ(bus_.last("plug/set"), "on,120");
    bus_.deliver("plug/state", "on");
    ASSERT_EQ(results_.size(), 1u);
    EXPECT_TRUE(results_[0]) << "the load may still be starting";
    ports::Relay& relay = *plug_;
    relay.renew(120);
    EXPECT_EQ(bus_.count("plug/set"), 2u);
    plug_->cut(note());
    relay.renew(120);
    EXPECT_EQ(bus_.last("plug/set"), "off") << "nothing is renewed against an off";
}

TEST_F(MqttPlugTest, SwitchesPlainlyWhereThePlugHasNoTimer) {
    MqttPlugConfig config = plug_config();
    config.payload_on_for = "";
    plug(config).close(120, note());
    EXPECT_EQ(bus_.last("plug/set"), "on");
    static_cast<ports::Relay&>(*plug_).renew(120);
    EXPECT_EQ(bus_.count("plug/set"), 1u);
}

TEST_F(MqttPlugTest, DrivesALoadAsItsOnlySwitch) {
    MqttPlugConfig config = plug_config();
    config.state_pointer = "/POWER";
    config.is_heartbeat = true;
    ports::Command command{"c1", core::kFull, core::Watts{2'000}, 30'000, false};
    plug(config).command(command, note());
    EXPECT_EQ(bus_.last("plug/set"), "on,30");
    bus_.deliver("plug/state", R"({"POWER":"on"})");
    EXPECT_TRUE(results_.at(0));
    EXPECT_EQ(world_.signals.signs_of_life["heater"], 1);
    static_cast<ports::LoadDriver&>(*plug_).renew(command);
    EXPECT_EQ(bus_.count("plug/set"), 2u);
}

TEST_F(MqttPlugTest, ANewerCommandTakesThePlaceOfOneThatWaits) {
    plug().close(120, note());
    plug_->cut(note());
    ASSERT_EQ(results_.size(), 1u);
    EXPECT_EQ(results_[0].error().code, core::ErrorCode::Refused);
    EXPECT_EQ(bus_.last("plug/set"), "off");
}

TEST_F(MqttPlugTest, FailsAtOnceWhereTheBrokerIsAway) {
    bus_.answers_at_once = false;
    plug().cut(note());
    bus_.unanswered.at(0)(core::Error{core::ErrorCode::Unavailable, "the broker is away"});
    ASSERT_EQ(results_.size(), 1u);
    EXPECT_EQ(results_[0].error().code, core::ErrorCode::Unavailable);
}

TEST_F(MqttPlugTest, RefusesWordsThatItDoesNotKnow) {
    plug().cut(note());
    for (const std::string word : {"OFF!", "", "unavailable", "\xff"})
        bus_.deliver("plug/state", word);
    bus_.deliver("plug/power", "unknown");
    bus_.deliver("plug/power", R"({"value":1,"unit":"°C"})");
    EXPECT_TRUE(results_.empty());
    EXPECT_EQ(world_.health.rejects.size(), 6u);
    EXPECT_TRUE(world_.signals.values.empty());
}

TEST_F(MqttPlugTest, ACommandMayGiveTheNext) {
    plug().cut([this](core::Result<void>) { plug_->close(60, note()); });
    bus_.deliver("plug/state", "off");
    bus_.deliver("plug/power", "0");
    EXPECT_EQ(bus_.last("plug/set"), "on,60");
    bus_.deliver("plug/state", "on");
    EXPECT_EQ(results_.size(), 1u);
}

}  // namespace
