#include "adapters/mqtt/mqtt_publisher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "adapters/mqtt/testing_broker.hpp"
#include "adapters/mqtt/testing_bus.hpp"
#include "adapters/mqtt/testing_house.hpp"
#include "net/manual_clock.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;

namespace {

core::Event decision() {
    auto made = std::make_shared<core::DecisionEvent>();
    made->decision_id = "d1";
    made->load_id = "miner";
    made->block = 7;
    made->decision.code = core::Code::Stop_R2_SOC_HARD_MIN;
    made->text.de.brief = "Aus: Akku leer.";
    made->text.en.brief = "Off: battery empty.";
    made->state.loads.push_back({});
    made->memory.loads.push_back({});
    return {{0}, std::shared_ptr<const core::DecisionEvent>{made}};
}

class MqttPublisherTest : public testing::Test {
protected:
    MqttPublisherTest() {
        house_.view.loads.emplace_back();
        house_.view.state.loads.push_back({});
        house_.view.state.site.pv_power = core::admit<core::Watts>(core::Signal::PvPower, 4'210.0);
        house_.view.state.site.house_load =
            core::admit<core::Watts>(core::Signal::HouseLoad, 400.0);
        house_.view.health.push_back({"mqtt", core::HealthLevel::Warn, "broker away", {}, 0});
        house_.view.health.push_back({"clock", core::HealthLevel::Ok, "", {}, 0});
    }
    std::string last(const std::string& topic) { return bus_.last("b/home/" + topic); }

    TestBus bus_;
    TestHouse house_;
    net::ManualClock clock_{core::UnixTime{1'795'420'800'000}};
    MqttPublisher publisher_{bus_, house_, clock_, "b/home"};
};

TEST_F(MqttPublisherTest, SaysScalarsAsPlainRetainedText) {
    publisher_.changed();
    EXPECT_EQ(last("state/pv_power_w"), "4210");
    EXPECT_EQ(last("state/battery_soc_pct"), "None");
    EXPECT_EQ(last("load/miner/level"), "off");
    EXPECT_EQ(last("load/miner/temp_c"), "None");
    EXPECT_EQ(last("load/miner/override"), R"({"action":"NONE"})");
    EXPECT_EQ(last("autonomy"), "FULL");
    EXPECT_EQ(last("health/mqtt"),
              R"({"code":"","reason":"broker away","rejected":0,"status":"warn"})");
    EXPECT_EQ(last("health"), R"({"reason":"mqtt: broker away","status":"warn"})");
    for (const Publication& message : bus_.published) EXPECT_TRUE(message.is_retained);
}

TEST_F(MqttPublisherTest, SaysTheStateAsOneDocument) {
    publisher_.changed();
    const auto state = nlohmann::json::parse(last("state"), nullptr, false);
    EXPECT_EQ(state["schema"], "state/1");
    EXPECT_EQ(state["signals"]["pv_power_w"]["value"], 4'210);
    EXPECT_FALSE(state["loads"][0].contains("decision"));
}

TEST_F(MqttPublisherTest, SaysOnlyWhatChangedAndAtMostOnceASecond) {
    publisher_.changed();
    const std::size_t first = bus_.published.size();
    house_.view.state.site.pv_power.value = core::Watts{5'000};
    publisher_.changed();
    publisher_.changed();
    EXPECT_EQ(bus_.published.size(), first) << "not yet";
    clock_.advance(1'000);
    EXPECT_EQ(last("state/pv_power_w"), "5000");
    EXPECT_EQ(bus_.published.size(), first + 3) << "the document, PV and the surplus";
    clock_.advance(5'000);
    EXPECT_EQ(bus_.published.size(), first + 3);
}

TEST_F(MqttPublisherTest, SaysADecisionWithItsWordsAndAsAnEvent) {
    publisher_.told(decision(), nullptr);
    EXPECT_EQ(last("load/miner/action"), "STOP");
    EXPECT_EQ(last("load/miner/code"), "STOP_R2_SOC_HARD_MIN");
    EXPECT_EQ(last("load/miner/reason"), "SOC_HARD_MIN");
    EXPECT_EQ(nlohmann::json::parse(last("load/miner/explain"))["en"]["short"],
              "Off: battery empty.");
    const auto document = nlohmann::json::parse(last("load/miner/decision"));
    EXPECT_TRUE(document.contains("state") && document.contains("memory"));
    const Publication& event = bus_.published.front();
    EXPECT_EQ(event.topic, "b/home/event/DecisionEvent");
    EXPECT_EQ(event.qos, 1);
    EXPECT_FALSE(event.is_retained);
    EXPECT_EQ(event.waiting, Waiting::Always);
}

TEST_F(MqttPublisherTest, SaysAllAgainWhenTheBrokerIsBackAndOnlyEventsMeanwhile) {
    publisher_.changed();
    bus_.published.clear();
    bus_.is_there = false;
    clock_.advance(2'000);
    house_.view.state.site.pv_power.value = core::Watts{1};
    publisher_.changed();
    publisher_.told({{0}, core::TimeDriftDetected{90'000}}, nullptr);
    ASSERT_EQ(bus_.published.size(), 1u);
    EXPECT_EQ(bus_.published[0].topic, "b/home/event/TimeDriftDetected");
    bus_.is_there = true;
    bus_.connect();
    EXPECT_EQ(last("state/pv_power_w"), "1");
    EXPECT_EQ(last("autonomy"), "FULL") << "also what has not changed";
}

TEST(MqttPublisherOnABroker, LeavesTheHouseReadableForWhoComesLater) {
    TestBroker broker;
    broker.start();
    boost::asio::io_context io;
    TestClient ours{io, quick_config(broker)};
    TestHouse house;
    house.view.loads.emplace_back();
    house.view.state.loads.push_back({});
    net::ManualClock clock{core::UnixTime{1'795'420'800'000}};
    MqttPublisher publisher{ours.client, house, clock, "bitgrid/home"};
    ASSERT_TRUE(ours.connect() && ours.settle());

    TestClient reader{io, quick_config(broker, "reader")};
    std::map<std::string, std::string> seen;
    const Subscription hold = reader.client.subscribe("bitgrid/home/#", [&](const MqttMessage& m) {
        if (m.is_retained) seen[std::string{m.topic}] = m.payload;
    });
    ASSERT_TRUE(reader.connect() && reader.settle());
    EXPECT_EQ(seen["bitgrid/home/status"], "online");
    EXPECT_EQ(seen["bitgrid/home/load/miner/level"], "off");
    EXPECT_EQ(seen.count("bitgrid/home/state"), 1u);
}

}  // namespace
