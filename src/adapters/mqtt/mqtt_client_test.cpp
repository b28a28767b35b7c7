#include "adapters/mqtt/mqtt_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/mqtt/testing_broker.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::Contains;
using testing::HasSubstr;

namespace {

struct Inbox {
    Inbox(MqttClient& client, const std::string& filter, RetainFlag flag = RetainFlag::Stored)
        : subscription{client.subscribe(
              filter,
              [this](const MqttMessage& message) {
                  topics.emplace_back(message.topic);
                  payloads.emplace_back(message.payload);
                  if (message.is_retained) ++retained;
              },
              flag)} {}
    std::vector<std::string> topics;
    std::vector<std::string> payloads;
    int retained{0};
    Subscription subscription;
};

class MqttClientTest : public testing::Test {
protected:
    MqttClientTest() { broker_.start(); }

    TestBroker broker_;
    boost::asio::io_context io_;
    TestClient ours_{io_, quick_config(broker_)};
};

TEST_F(MqttClientTest, SaysThatItIsOnlineAndItsWillSaysWhenItIsNot) {
    TestClient other{io_, quick_config(broker_, "watcher")};
    Inbox status{other.client, "bitgrid/home/status"};
    ASSERT_TRUE(ours_.connect() && other.connect());
    ASSERT_TRUE(run_until(io_, [&] { return !status.payloads.empty(); }));
    EXPECT_EQ(status.payloads.back(), "online");
    ours_.client.stop();
    ASSERT_TRUE(run_until(io_, [&] { return status.payloads.back() == "offline"; }));
}

TEST_F(MqttClientTest, KeepsEventsThroughTheBrokersDeathAndSendsThemInOrder) {
    TestClient reader{io_, quick_config(broker_, "reader")};
    Inbox events{reader.client, "bitgrid/home/event/#"};
    Inbox states{reader.client, "bitgrid/home/state"};
    ASSERT_TRUE(ours_.connect() && reader.connect());
    broker_.kill();
    ASSERT_TRUE(run_until(
        io_, [&] { return !ours_.client.is_connected() && !reader.client.is_connected(); }));
    EXPECT_TRUE(ours_.health.is(ports::Condition::Warn));
    std::vector<std::string> expected;
    for (int i = 0; i < 500; ++i) {
        expected.push_back(std::to_string(i));
        ours_.client.publish(event_message("bitgrid/home/event/x", expected.back()));
        ours_.client.publish(state_message("bitgrid/home/state", expected.back()));
    }
    EXPECT_EQ(ours_.client.waiting(), 501u) << "of a state, only the newest waits";
    // The reader first, so that it is there to hear.
    ours_.client.stop();
    broker_.start();
    ASSERT_TRUE(reader.connect() && reader.settle());
    ours_.client.start();
    ASSERT_TRUE(ours_.connect() && ours_.settle() && reader.settle());
    EXPECT_TRUE(ours_.health.is(ports::Condition::Ok));
    EXPECT_EQ(events.payloads, expected);
    EXPECT_EQ(states.payloads, std::vector<std::string>{"499"});
}

TEST_F(MqttClientTest, TellsTheBrokerWhatToSayWhenWeDie) {
    struct Nobody final : MqttConnection::Owner {
        bool is_connected{false};
        void connected() override { is_connected = true; }
        void received(const MqttMessage&) override {}
        void delivered(int, bool) override {}
        void subscribed(int, bool) override {}
        void lost(std::string, Loss) override {}
    } nobody;
    Inbox status{ours_.client, "some/status"};
    MqttLogin login{
        quick_config(broker_), "mortal", "", state_message("some/status", "offline"), {}};
    auto mortal = MqttConnection::make(io_, login, nobody);
    ASSERT_TRUE(ours_.connect());
    mortal->connect("127.0.0.1");
    ASSERT_TRUE(run_until(io_, [&] { return nobody.is_connected; }));
    ASSERT_TRUE(ours_.settle());
    mortal->abandon();
    EXPECT_TRUE(run_until(io_, [&] { return !status.payloads.empty(); }));
    EXPECT_THAT(status.payloads, Contains("offline"));
}

TEST_F(MqttClientTest, NoticesABrokerThatSaysNothingWithinTwentySeconds) {
    ASSERT_TRUE(ours_.connect());
    broker_.pause();
    const auto paused = steady_clock::now();
    EXPECT_TRUE(run_until(
        io_, [&] { return !ours_.client.is_connected(); }, seconds{20}));
    EXPECT_LE(steady_clock::now() - paused, seconds{20});
    EXPECT_TRUE(ours_.health.is(ports::Condition::Warn));
    broker_.resume();
    EXPECT_TRUE(ours_.connect());
}

TEST_F(MqttClientTest, BoundsWhatItHandsToABrokerThatSaysNothing) {
    ASSERT_TRUE(ours_.connect());
    broker_.pause();
    for (int i = 0; i < 5'000; ++i)
        ours_.client.publish(event_message("bitgrid/home/event/x", std::string(500, 'x')));
    EXPECT_GE(ours_.client.waiting(), 4'900u);
    broker_.resume();
    EXPECT_TRUE(run_until(io_, [&] { return ours_.client.waiting() == 0; }));
}

TEST_F(MqttClientTest, FailsCommandsAtOnceWhileTheBrokerIsAway) {
    broker_.kill();
    std::optional<core::Result<void>> done;
    ours_.client.publish(command_message("plug/set", "on"), [&](auto result) { done = result; });
    ASSERT_TRUE(run_until(io_, [&] { return done.has_value(); }));
    EXPECT_FALSE(*done);
    EXPECT_EQ(ours_.client.waiting(), 0u) << "no command comes hours later";
}

TEST_F(MqttClientTest, ReportsDeliveryOfACommandOnce) {
    ASSERT_TRUE(ours_.connect());
    int delivered = 0;
    ours_.client.publish(command_message("plug/set", "on"), [&](core::Result<void> result) {
        if (result) ++delivered;
    });
    EXPECT_EQ(delivered, 0) << "never from inside";
    ASSERT_TRUE(ours_.settle());
    EXPECT_EQ(delivered, 1);
}

TEST_F(MqttClientTest, ItsFencePassesAfterAllThatWasSentBefore) {
    ASSERT_TRUE(ours_.connect());
    Inbox echo{ours_.client, "echo/#"};
    for (int i = 0; i < 1'000; ++i)
        ours_.client.publish({"echo/" + std::to_string(i), "x", i % 2, false, Waiting::Always});
    ASSERT_TRUE(ours_.settle());
    EXPECT_EQ(echo.topics.size(), 1'000u);
    EXPECT_TRUE(ours_.exchanges.is_idle());
}

TEST_F(MqttClientTest, SendsWhatItHadNotBeenThankedForAgainAfterAPause) {
    TestClient reader{io_, quick_config(broker_, "reader")};
    Inbox events{reader.client, "event/#"};
    ASSERT_TRUE(ours_.connect() && reader.connect() && reader.settle());
    bool is_thanked = false;
    ours_.client.publish(event_message("first", "x"), [&](auto) { is_thanked = true; });
    ASSERT_TRUE(run_until(io_, [&] { return is_thanked; })) << "and for what it said before";
    broker_.pause();
    for (int i = 0; i < 200; ++i) ours_.client.publish(event_message("event/x", std::to_string(i)));
    EXPECT_EQ(ours_.client.waiting(), 100u);
    ours_.client.stop();
    EXPECT_EQ(ours_.client.waiting(), 200u);
    ours_.client.start();
    broker_.resume();
    ASSERT_TRUE(ours_.connect() && ours_.settle() && reader.settle());
    EXPECT_GE(events.payloads.size(), 200u) << "perhaps twice, never not at all";
    EXPECT_EQ(events.payloads.back(), "199");
}

TEST_F(MqttClientTest, CountsAFenceAsUnderWayAndFailsItWhenTheBrokerGoes) {
    ASSERT_TRUE(ours_.connect());
    broker_.pause();
    std::optional<core::Result<void>> done;
    ours_.client.fence([&](auto result) { done = result; });
    EXPECT_EQ(ours_.exchanges.count(), 1u);
    broker_.kill();
    ASSERT_TRUE(run_until(io_, [&] { return done.has_value(); }));
    EXPECT_FALSE(*done);
    EXPECT_TRUE(ours_.exchanges.is_idle());
}

TEST_F(MqttClientTest, TellsStoredMessagesFromLiveOnes) {
    ASSERT_TRUE(ours_.connect());
    ours_.client.publish(state_message("a/state", "stored"));
    ASSERT_TRUE(ours_.settle());
    Inbox plain{ours_.client, "a/#"};
    Inbox as_published{ours_.client, "a/+", RetainFlag::AsPublished};
    ASSERT_TRUE(ours_.settle());
    EXPECT_EQ(plain.retained, 2) << "one for each subscription";
    ours_.client.publish(state_message("a/set", "live, but to be stored"));
    ASSERT_TRUE(ours_.settle());
    EXPECT_GE(as_published.retained, 3);
}

TEST_F(MqttClientTest, HearsNothingMoreAfterItLetsGo) {
    ASSERT_TRUE(ours_.connect());
    Inbox inbox{ours_.client, "a/b"};
    inbox.subscription.reset();
    ours_.client.publish(event_message("a/b", "x"));
    ASSERT_TRUE(ours_.settle());
    EXPECT_TRUE(inbox.payloads.empty());
}

TEST_F(MqttClientTest, AHandlerMayLetGoOfAnother) {
    ASSERT_TRUE(ours_.connect());
    auto second = std::make_unique<Inbox>(ours_.client, "a/b");
    const Subscription first =
        ours_.client.subscribe("a/+", [&](const MqttMessage&) { second.reset(); });
    const Subscription also_first =
        ours_.client.subscribe("a/b", [&](const MqttMessage&) { second.reset(); });
    ours_.client.publish(event_message("a/b", "x"));
    ASSERT_TRUE(ours_.settle());
    EXPECT_EQ(second, nullptr);
}

TEST_F(MqttClientTest, SaysAgainWhatTheBrokerMayHaveForgotten) {
    int times = 0;
    const Subscription hold = ours_.client.when_connected([&] { ++times; });
    ASSERT_TRUE(run_until(io_, [&] { return times == 1; }));
    broker_.kill();
    ASSERT_TRUE(run_until(io_, [&] { return !ours_.client.is_connected(); }));
    broker_.start();
    EXPECT_TRUE(run_until(io_, [&] { return times == 2; }));
}

TEST(MqttClientAlone, FindsItsBrokerByName) {
    TestBroker broker;
    broker.start();
    boost::asio::io_context io;
    MqttConfig config = quick_config(broker);
    config.host = "localhost";
    TestClient client{io, config};
    EXPECT_TRUE(client.connect());
}

TEST(MqttClientAlone, ReportsWhatTheBrokerDoesNotTake) {
    const TestBroker files;
    const std::string rules = files.write_file("acl", "topic write x/#\n");
    TestBroker strict{"acl_file " + rules + "\n"};
    strict.start();
    boost::asio::io_context io;
    TestClient client{io, quick_config(strict)};
    ASSERT_TRUE(client.connect());
    std::optional<core::Result<void>> done;
    client.client.publish(command_message("plug/set", "on"), [&](auto result) { done = result; });
    ASSERT_TRUE(run_until(io, [&] { return done.has_value(); }));
    EXPECT_FALSE(*done);
    EXPECT_TRUE(client.health.is(ports::Condition::Error));
    EXPECT_THAT(client.health.reports.back().second, HasSubstr("access list keeps"));
}

TEST(MqttClientAlone, ComesBackWithinFiveSecondsOfAShortOutageAndCalmlyAfterALongOne) {
    const MqttConfig config;
    EXPECT_EQ(config.backoff_ms.front(), 1'000);
    for (const int pause_ms : config.backoff_ms) EXPECT_LE(pause_ms, 4'500);
    for (const int pause_ms : config.long_backoff_ms) EXPECT_LE(pause_ms, 30'000);
}

TEST(MqttClientAlone, HearsNothingOfWhatWasSaidWhileItWasAway) {
    TestBroker broker;
    broker.start();
    boost::asio::io_context io;
    TestClient ours{io, quick_config(broker)};
    TestClient person{io, quick_config(broker, "person")};
    Inbox inbox{ours.client, "bitgrid/home/emergency_stop/set"};
    ASSERT_TRUE(ours.connect() && person.connect() && ours.settle());
    ours.client.stop();
    for (int i = 0; i < 1'000; ++i)
        person.client.publish(event_message("bitgrid/home/emergency_stop/set", "PRESS"));
    ASSERT_TRUE(person.settle());
    ours.client.start();
    ASSERT_TRUE(ours.connect() && ours.settle());
    EXPECT_TRUE(inbox.payloads.empty());
}

TEST(MqttClientAlone, LogsInWithAPasswordAndSaysWhyItCannot) {
    const TestBroker files;
    TestBroker broker{"allow_anonymous false\n"};
    broker.start();
    boost::asio::io_context io;
    MqttConfig config = quick_config(broker);
    config.username = "house";
    config.password_file = files.write_file("password", "wrong\n");
    TestClient client{io, config};
    EXPECT_TRUE(run_until(io, [&] {
        return client.health.reports.back().second.find("uthori") != std::string::npos;
    }));
    EXPECT_FALSE(client.client.is_connected());
}

}  // namespace
