// A broker on the same machine, by its Unix socket.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/mqtt/testing_broker.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;
using testing::HasSubstr;

namespace {

constexpr std::chrono::seconds kPatience{60};

class MqttSocketTest : public testing::Test {
protected:
    MqttSocketTest() {
        config_ = quick_config(broker_);
        config_.host = "nowhere.invalid";
        config_.port = 1;
        config_.socket = socket_;
        config_.tls = true;  // nothing to encrypt, and nobody else to trust
    }
    TestBroker folder_;
    std::string socket_{folder_.folder() + "/broker.sock"};
    TestBroker broker_{"listener 0 " + socket_ + "\n"};
    MqttConfig config_;
    boost::asio::io_context io_;
};

TEST_F(MqttSocketTest, SpeaksByItWhateverHostAndPortSay) {
    broker_.start();
    TestClient client{io_, config_};
    ASSERT_TRUE(run_until(
        io_, [&] { return client.client.is_connected(); }, kPatience));
    int heard = 0;
    const Subscription hold = client.client.subscribe("echo", [&](const MqttMessage&) { ++heard; });
    for (int i = 0; i < 100; ++i) client.client.publish(event_message("echo", "x"));
    ASSERT_TRUE(client.settle());
    EXPECT_EQ(heard, 100);
}

TEST_F(MqttSocketTest, NamesASocketThatIsNotThere) {
    TestClient client{io_, config_};
    ASSERT_TRUE(run_until(
        io_, [&] { return client.health.reports.size() > 1; }, kPatience));
    EXPECT_THAT(client.health.reports.back().second, HasSubstr(socket_));
    EXPECT_FALSE(client.client.is_connected());
}

TEST_F(MqttSocketTest, WaitsInLineForABrokerThatIsBusy) {
    broker_.start();
    TestClient first{io_, config_};
    ASSERT_TRUE(run_until(
        io_, [&] { return first.client.is_connected(); }, kPatience));
    broker_.pause();
    config_.client_id = "second";
    TestClient second{io_, config_};
    io_.restart();
    io_.run_for(std::chrono::milliseconds{200});
    EXPECT_FALSE(second.client.is_connected());
    broker_.resume();
    EXPECT_TRUE(run_until(
        io_, [&] { return second.client.is_connected(); }, kPatience));
}

}  // namespace
