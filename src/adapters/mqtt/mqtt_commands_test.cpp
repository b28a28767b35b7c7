#include "adapters/mqtt/mqtt_commands.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "adapters/mqtt/testing_broker.hpp"
#include "adapters/mqtt/testing_bus.hpp"
#include "adapters/mqtt/testing_house.hpp"
#include "net/manual_clock.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

const std::string kRoot = "bitgrid/home";
const std::string kOverride = kRoot + "/load/miner/override";

class MqttCommandsTest : public testing::Test {
protected:
    void send(const std::string& path, const std::string& payload, bool is_retained = false) {
        bus_.deliver(kRoot + "/" + path + "/set", payload, is_retained);
    }
    nlohmann::json ack(const std::string& path) {
        return nlohmann::json::parse(bus_.last(kRoot + "/" + path + "/ack"), nullptr, false);
    }
    TestBus bus_;
    TestControl control_;
    TestHouse house_;
    HealthLog health_;
    net::Exchanges exchanges_;
    net::ManualClock clock_{core::UnixTime{1'781'517'600'000}};
    std::optional<MqttCommands> commands_{std::in_place, bus_,
                                          MqttCommands::Engine{control_, house_, health_, clock_},
                                          exchanges_, kRoot};
};

TEST_F(MqttCommandsTest, SetsAnOverrideAndAnswersWithTheSameId) {
    send(
        "load/miner/override",
        R"({"action":"LIMIT","watts":800,"duration_min":30,"use_reserve":true,"command_id":"c1"})");
    ASSERT_EQ(control_.overrides.size(), 1u);
    const ports::OverrideRequest& request = control_.overrides[0];
    EXPECT_EQ(request.load_id, "miner");
    EXPECT_EQ(request.action, core::OverrideAction::Limit);
    EXPECT_EQ(request.limit, core::Watts{800});
    EXPECT_EQ(request.duration_min, 30);
    EXPECT_TRUE(request.use_reserve);
    EXPECT_EQ(request.command_id, "c1");
    EXPECT_EQ(request.actor, "mqtt");
    EXPECT_EQ(ack("load/miner/override")["command_id"], "c1");
    EXPECT_EQ(ack("load/miner/override")["accepted"], true);
    EXPECT_EQ(ack("load/miner/override")["code"], "START_OVERRIDE");
}

TEST_F(MqttCommandsTest, KnowsAllCommands) {
    send("load/miner/override", R"({"action":"START"})");
    send("load/miner/override", R"({"action":"NONE"})");
    send("autonomy", "MANUAL");
    send("autonomy", R"({"level":"FULL","command_id":"a"})");
    send("emergency_stop", "PRESS");
    send("safety/ack", R"({"command_id":"b"})");
    for (const char* on : {"true", "ON", R"({"enabled":true,"command_id":"c"})"})
        send("research", on);
    for (const char* off : {"false", "0", R"({"enabled":false})"}) send("research", off);
    EXPECT_THAT(control_.calls,
                ElementsAre("override miner", "end miner", "autonomy 0", "autonomy 3", "emergency",
                            "acknowledge", "research on", "research on", "research on",
                            "research off", "research off", "research off"));
    EXPECT_EQ(ack("research")["accepted"], true);
    EXPECT_EQ(control_.overrides[0].duration_min, 60);
    EXPECT_EQ(ack("safety/ack")["command_id"], "b");
    EXPECT_EQ(ack("emergency_stop")["command_id"], "made-here");
    EXPECT_THAT(health_.rejections, IsEmpty());
}

TEST_F(MqttCommandsTest, RefusesWhatItDoesNotUnderstandAndCountsIt) {
    const std::vector<std::pair<std::string, std::string>> bad{
        {"load/miner/override", ""},
        {"load/miner/override", "{"},
        {"load/miner/override", "START"},
        {"load/miner/override", "[]"},
        {"load/miner/override", "{}"},
        {"load/miner/override", R"({"action":"start"})"},
        {"load/miner/override", R"({"action":1})"},
        {"load/miner/override", R"({"action":"START","watts":5})"},
        {"load/miner/override", R"({"action":"LIMIT"})"},
        {"load/miner/override", R"({"action":"LIMIT","watts":"800"})"},
        {"load/miner/override", R"({"action":"LIMIT","watts":-1})"},
        {"load/miner/override", R"({"action":"LIMIT","watts":1e300})"},
        {"load/miner/override", R"({"action":"START","duration_min":0})"},
        {"load/miner/override", R"({"action":"START","duration_min":1441})"},
        {"load/miner/override", R"({"action":"START","duration_min":1.5})"},
        {"load/miner/override", R"({"action":"START","duration_min":99999999999999999999})"},
        {"load/miner/override", R"({"action":"START","use_reserve":1})"},
        {"load/miner/override", R"({"action":"START","extra":1})"},
        {"load/miner/override", R"({"action":"START","action":"STOP"})"},
        {"load/miner/override", R"({"action":"START","command_id":""})"},
        {"load/miner/override", R"({"action":"START","command_id":7})"},
        {"load/miner/override",
         R"({"action":"START","command_id":")" + std::string(65, 'x') + "\"}"},
        {"load/miner/override", std::string(5'000, ' ') + R"({"action":"START"})"},
        {"load//override", R"({"action":"START"})"},
        {"load/other/override", R"({"action":"START"})"},
        {"autonomy", "full"},
        {"autonomy", ""},
        {"autonomy", R"({"level":4})"},
        {"emergency_stop", "OFF"},
        {"emergency_stop", R"({"on":false})"},
        {"safety/ack", "no"},
        {"research", ""},
        {"research", "maybe"},
        {"research", "{}"},
        {"research", R"({"enabled":1})"},
        {"research", R"({"enabled":true,"scope":"all"})"},
    };
    for (const auto& [path, payload] : bad) {
        const std::size_t before = health_.rejections.size();
        send(path, payload);
        EXPECT_EQ(health_.rejections.size(), before + 1) << path << " " << payload;
        EXPECT_EQ(ack(path)["accepted"], false) << path << " " << payload;
    }
    EXPECT_THAT(control_.calls, IsEmpty());
}

TEST_F(MqttCommandsTest, NamesTheIdOfWhatItRefuses) {
    send("load/other/override", R"({"action":"START","command_id":"c9"})");
    EXPECT_EQ(ack("load/other/override")["command_id"], "c9");
    EXPECT_EQ(ack("load/other/override")["code"], "UNKNOWN_LOAD");
}

TEST_F(MqttCommandsTest, AnswersNothingOnATopicWithAWildcard) {
    send("load/mine#/override", R"({"action":"STOP","command_id":"c1"})");
    send("load/+/override", "{");
    EXPECT_THAT(bus_.published, IsEmpty());
    EXPECT_TRUE(control_.calls.empty());
    EXPECT_EQ(health_.rejections.size(), 2U);
}

TEST_F(MqttCommandsTest, NeverObeysAStoredCommand) {
    send("emergency_stop", "PRESS", true);
    send("load/miner/override", R"({"action":"START","command_id":"c1"})", true);
    EXPECT_THAT(control_.calls, IsEmpty());
    EXPECT_EQ(health_.rejections.size(), 2u);
    EXPECT_EQ(ack("load/miner/override")["code"], "RETAINED_COMMAND");
    send("load/miner/override", "", true);
    EXPECT_EQ(health_.rejections.size(), 2u) << "taking it back is no fault";
}

TEST_F(MqttCommandsTest, GivesTheSameIdOneEffectAndTwoAnswers) {
    const std::string command = R"({"action":"START","command_id":"c1"})";
    control_.answers_at_once = false;
    send("load/miner/override", command);
    send("load/miner/override", command);
    EXPECT_EQ(control_.calls.size(), 1u);
    EXPECT_EQ(exchanges_.count(), 1u);
    control_.unanswered[0]({true, "c1", "o1", "START_OVERRIDE", {}});
    control_.unanswered.clear();
    EXPECT_TRUE(exchanges_.is_idle());
    EXPECT_EQ(bus_.count(kOverride + "/ack"), 1u);
    send("load/miner/override", command);
    EXPECT_EQ(control_.calls.size(), 1u);
    EXPECT_EQ(bus_.count(kOverride + "/ack"), 2u);
}

TEST_F(MqttCommandsTest, GivesTenThousandCopiesOneEffect) {
    for (int i = 0; i < 10'000; ++i)
        send("load/miner/override", R"({"action":"START","command_id":"c1"})");
    EXPECT_EQ(control_.calls.size(), 1u);
    EXPECT_LE(bus_.count(kOverride + "/ack"), 120u) << "nor a flood of answers";
}

TEST_F(MqttCommandsTest, KeepsNoStopOutForAFloodOfWishes) {
    for (int i = 0; i < 10'000; ++i) send("load/miner/override", R"({"action":"START"})");
    EXPECT_EQ(control_.calls.size(), 120u);
    EXPECT_EQ(health_.rejections.size(), 9'880u);
    send("load/miner/override", R"({"action":"STOP"})");
    send("emergency_stop", "PRESS");
    EXPECT_EQ(control_.calls.back(), "emergency");
    EXPECT_EQ(control_.calls.size(), 122u);
    clock_.advance(1'000);
    send("load/miner/override", R"({"action":"START"})");
    send("load/miner/override", R"({"action":"START"})");
    send("load/miner/override", R"({"action":"START"})");
    EXPECT_EQ(control_.calls.size(), 124u) << "two in a second";
}

TEST_F(MqttCommandsTest, LetsALateAnswerFallWhenItIsGone) {
    control_.answers_at_once = false;
    send("emergency_stop", "PRESS");
    commands_.reset();
    control_.unanswered[0]({true, "", "", "", {}});
    EXPECT_EQ(bus_.published.size(), 0u);
    EXPECT_FALSE(bus_.is_listened_to());
}

TEST_F(MqttCommandsTest, NothingHostileActs) {
    std::mt19937 random{11};
    const std::string alphabet = "{}[]\",:0123456789eE+-.vtnul \xff\x80\\u/ACT";
    for (int i = 0; i < 20'000; ++i) {
        std::string payload(std::uniform_int_distribution<std::size_t>{1, 40}(random), ' ');
        for (char& c : payload)
            c = alphabet[std::uniform_int_distribution<std::size_t>{0,
                                                                    alphabet.size() - 1}(random)];
        for (const char* path : {"load/miner/override", "autonomy"}) send(path, payload);
    }
    EXPECT_THAT(control_.calls, IsEmpty());
    EXPECT_EQ(health_.rejections.size(), 40'000u);
}

TEST(MqttCommandsOnABroker, ObeysALiveCommandAndNoStoredOne) {
    TestBroker broker;
    broker.start();
    boost::asio::io_context io;
    TestClient person{io, quick_config(broker, "person")};
    ASSERT_TRUE(person.connect());
    person.client.publish(state_message(kOverride + "/set", R"({"action":"START"})"));
    ASSERT_TRUE(person.settle());

    TestClient ours{io, quick_config(broker)};
    TestControl control;
    TestHouse house;
    net::ManualClock clock{core::UnixTime{1'781'517'600'000}};
    MqttCommands commands{ours.client, {control, house, ours.health, clock}, ours.exchanges, kRoot};
    ASSERT_TRUE(ours.connect() && ours.settle());
    EXPECT_THAT(control.calls, IsEmpty()) << "stored before";
    person.client.publish(state_message(kRoot + "/emergency_stop/set", "PRESS"));
    ASSERT_TRUE(person.settle() && ours.settle());
    EXPECT_THAT(control.calls, IsEmpty()) << "live, but to be stored";
    EXPECT_EQ(ours.health.rejections.size(), 2u);

    std::string answer;
    const Subscription hold = person.client.subscribe(
        kOverride + "/ack", [&](const MqttMessage& m) { answer = m.payload; });
    person.client.publish(
        command_message(kOverride + "/set", R"({"action":"STOP","command_id":"c7"})"));
    ASSERT_TRUE(person.settle() && ours.settle() && person.settle());
    EXPECT_THAT(control.calls, ElementsAre("override miner"));
    EXPECT_THAT(answer, HasSubstr("\"command_id\":\"c7\""));
}

}  // namespace
