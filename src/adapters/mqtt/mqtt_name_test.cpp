// Somebody else logs in to the broker with our name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "adapters/mqtt/testing_broker.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;
using testing::HasSubstr;

namespace {

using boost::asio::ip::tcp;

/// Lets the first one in and tells it at once, as MQTT 5 has it, that somebody took its name.
class BrokerThatTells {
public:
    explicit BrokerThatTells(boost::asio::io_context& io) : acceptor_{io, {tcp::v4(), 0}} {
        acceptor_.async_accept(peer_, [this](boost::system::error_code error) {
            if (!error)
                peer_.async_read_some(boost::asio::buffer(login_), [this](auto...) {
                    boost::asio::write(peer_, boost::asio::buffer(kLetIn));
                    boost::asio::write(peer_, boost::asio::buffer(kTakenOver));
                });
        });
    }
    int port() const { return acceptor_.local_endpoint().port(); }

private:
    static constexpr std::array<unsigned char, 5> kLetIn{0x20, 3, 0, 0, 0};
    static constexpr std::array<unsigned char, 4> kTakenOver{0xE0, 2, 0x8E, 0};
    tcp::acceptor acceptor_;
    tcp::socket peer_{acceptor_.get_executor()};
    std::array<char, 1'024> login_{};
};

TEST(MqttName, RaisesTheAlarmAtOnceWhereTheBrokerSaysThatItIsTaken) {
    boost::asio::io_context io;
    const BrokerThatTells broker{io};
    MqttConfig config;
    config.port = broker.port();
    TestClient ours{io, config};
    ASSERT_TRUE(run_until(io, [&] { return ours.health.is(ports::Condition::Error); }));
    EXPECT_THAT(ours.health.reports.back().second,
                HasSubstr("somebody else logs in to the broker as bitgrid-home"));
}

// Mosquitto before 2.0.15 says nothing, nor does any broker with MQTT 3.1.1.
TEST(MqttName, RaisesTheAlarmWhereTwoThrowEachOtherOut) {
    for (const MqttVersion version : {MqttVersion::V5, MqttVersion::V311}) {
        TestBroker broker;
        broker.start();
        boost::asio::io_context io;
        MqttConfig config = quick_config(broker);
        config.version = version;
        TestClient ours{io, config};
        ASSERT_TRUE(ours.connect());
        TestClient thief{io, config};
        ASSERT_TRUE(run_until(io, [&] { return ours.health.is(ports::Condition::Error); }));
        EXPECT_THAT(ours.health.reports.back().second, HasSubstr("somebody else logs in"));
        thief.client.stop();
        ASSERT_TRUE(ours.connect() && ours.settle());
        EXPECT_TRUE(ours.health.is(ports::Condition::Error)) << "for a minute, so that it is seen";
    }
}

TEST(MqttName, IsNotThoughtTakenWhereTheBrokerIsRestartedAgainAndAgain) {
    TestBroker broker;
    boost::asio::io_context io;
    TestClient ours{io, quick_config(broker)};
    const auto is_refused = [&] {
        return ours.health.reports.back().second.find("refused") != std::string::npos;
    };
    for (int i = 0; i < 5; ++i) {
        broker.start();
        ASSERT_TRUE(ours.connect());
        EXPECT_TRUE(ours.health.is(ports::Condition::Ok));
        broker.kill();
        ASSERT_TRUE(run_until(io, is_refused));
    }
    for (const auto& [condition, reason] : ours.health.reports)
        EXPECT_NE(condition, ports::Condition::Error) << reason;
}

}  // namespace
