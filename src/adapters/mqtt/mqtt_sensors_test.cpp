#include "adapters/mqtt/mqtt_sensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "adapters/mqtt/testing_bus.hpp"
#include "adapters/test_world.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;
using core::Signal;

namespace {

MqttSensorConfig sensor(std::string topic, std::string signal, std::string pointer = "") {
    MqttSensorConfig config;
    config.topic = std::move(topic);
    config.signal = std::move(signal);
    config.pointer = std::move(pointer);
    return config;
}

/// The clock of the world stands at 2026-11-23T08:00:00Z.
class MqttSensorsTest : public testing::Test {
protected:
    void listen(std::vector<MqttSensorConfig> configs) {
        sensors_.emplace(bus_, MqttSensors::Sinks{world_.signals, world_.health}, world_.clock,
                         std::move(configs));
    }
    std::size_t count(Signal signal, const std::string& load = "") {
        return world_.signals.count(signal, load);
    }
    TestWorld world_;
    TestBus bus_;
    std::optional<MqttSensors> sensors_;
};

TEST_F(MqttSensorsTest, TakesPlainNumbersAndNumbersInDocuments) {
    listen({sensor("pv", "pv_power_w"), sensor("soc", "battery_soc_pct", "/battery/soc")});
    bus_.deliver("pv", " 4210.5\n");
    bus_.deliver("soc", R"({"battery":{"soc":"62"}})");
    EXPECT_EQ(world_.signals.last(Signal::PvPower), 4210.5);
    EXPECT_EQ(world_.signals.last(Signal::BatterySoc), 62);
    EXPECT_TRUE(world_.health.rejects.empty());
}

TEST_F(MqttSensorsTest, ConvertsUnitScaleAndSign) {
    auto config = sensor("battery", "battery_power_w");
    config.unit = "kW";
    config.invert = true;
    config.scale = 2;
    listen({config});
    bus_.deliver("battery", "1.5");
    EXPECT_EQ(world_.signals.last(Signal::BatteryPower), -3'000);
}

TEST_F(MqttSensorsTest, SplitsASignedGridPower) {
    listen({sensor("grid", "grid_power_w")});
    bus_.deliver("grid", "-800");
    EXPECT_EQ(world_.signals.last(Signal::GridImport), 0);
    EXPECT_EQ(world_.signals.last(Signal::GridExport), 800);
    bus_.deliver("grid", "300");
    EXPECT_EQ(world_.signals.last(Signal::GridImport), 300);
    EXPECT_EQ(world_.signals.last(Signal::GridExport), 0);
}

TEST_F(MqttSensorsTest, RefusesWhatIsNotANumber) {
    listen({sensor("pv", "pv_power_w"), sensor("soc", "battery_soc_pct", "/soc")});
    int refused = 0;
    for (const std::string payload :
         {"",     " ",         "unavailable", "unknown", "None", "nan", "NaN",
          "inf",  "-Infinity", "1e999",       "12,5",    "0x10", "1 2", "true",
          "null", "\xff\xfe",  "12W",         "++1",     "+-1",  "[1]", "{}"}) {
        bus_.deliver("pv", payload);
        EXPECT_EQ(world_.health.rejects.size(), static_cast<std::size_t>(++refused)) << payload;
    }
    for (const std::string payload :
         {R"({"soc":null})", R"({"soc":true})", R"({"soc":"unknown"})", R"({"soc":1e999})",
          R"({"SOC":1})", R"({"soc":[1]})", "{\"soc\":\"\xff\"}", R"({"soc":1)", "7"}) {
        bus_.deliver("soc", payload);
        EXPECT_EQ(world_.health.rejects.size(), static_cast<std::size_t>(++refused)) << payload;
    }
    bus_.deliver("pv", std::string(65'537, '1'));
    bus_.deliver("soc", R"({"soc":)" + std::string(20'000, '[') + std::string(20'000, ']') + "}");
    EXPECT_EQ(world_.health.rejects.size(), static_cast<std::size_t>(refused + 2));
    EXPECT_TRUE(world_.signals.values.empty());
}

TEST_F(MqttSensorsTest, TakesAStoredValueOnlyWhereItSaysWhenItWasMeasured) {
    auto dated = sensor("dated", "battery_soc_pct", "/v");
    dated.time_pointer = "/t";
    listen({sensor("pv", "pv_power_w"), dated});
    std::int64_t age_ms = -1;
    world_.signals.on_measured = [&](const ports::Measurement& m) { age_ms = m.age_ms; };
    bus_.deliver("pv", "100", true);
    EXPECT_EQ(count(Signal::PvPower), 0u);
    bus_.deliver("pv", "200");
    EXPECT_EQ(world_.signals.last(Signal::PvPower), 200);
    bus_.deliver("dated", R"({"v":50,"t":"2026-11-23T07:59:00.000Z"})", true);
    EXPECT_EQ(world_.signals.last(Signal::BatterySoc), 50);
    EXPECT_EQ(age_ms, 60'000);
}

TEST_F(MqttSensorsTest, UnderstandsTimesWithAZoneAndUnixTimes) {
    auto config = sensor("x", "battery_soc_pct", "/v");
    config.time_pointer = "/t";
    listen({config});
    std::int64_t age_ms = -1;
    world_.signals.on_measured = [&](const ports::Measurement& m) { age_ms = m.age_ms; };
    bus_.deliver("x", R"({"v":1,"t":"2026-11-23T08:59:30+01:00"})");
    EXPECT_EQ(age_ms, 30'000);
    bus_.deliver("x", R"({"v":1,"t":1795420780})");
    EXPECT_EQ(age_ms, 20'000);
    bus_.deliver("x", R"({"v":1,"t":1795420790000})");
    EXPECT_EQ(age_ms, 10'000);
    bus_.deliver("x", R"({"v":1,"t":"2026-11-23T08:00:00"})");
    EXPECT_EQ(world_.health.rejects.size(), 1u) << "a time without a zone is nobody's";
}

TEST_F(MqttSensorsTest, DropsWhatComesOutOfOrderOrFromTheFuture) {
    auto config = sensor("x", "battery_soc_pct", "/v");
    config.time_pointer = "/t";
    listen({config});
    bus_.deliver("x", R"({"v":3,"t":"2026-11-23T07:59:50Z"})");
    bus_.deliver("x", R"({"v":2,"t":"2026-11-23T07:59:40Z"})");
    bus_.deliver("x", R"({"v":9,"t":"2026-11-23T08:02:00Z"})");
    EXPECT_EQ(world_.signals.values[std::make_pair(Signal::BatterySoc, std::string{})],
              std::vector<double>{3});
    EXPECT_EQ(world_.health.rejects.size(), 2u);
}

TEST_F(MqttSensorsTest, TakesAnyLiveMessageAsASignOfLife) {
    auto config = sensor("alive", "heartbeat");
    config.load = "miner";
    listen({config});
    bus_.deliver("alive", "whatever", true);
    EXPECT_EQ(world_.signals.signs_of_life["miner"], 0) << "a stored message is no sign of life";
    bus_.deliver("alive", "\xff");
    EXPECT_EQ(world_.signals.signs_of_life["miner"], 1);
}

TEST_F(MqttSensorsTest, TakesTelemetryUnderOurRoot) {
    listen({});
    sensors_->accept_telemetry("bitgrid/home", {"miner"});
    bus_.deliver("bitgrid/home/telemetry/roof/pv_power_w",
                 R"({"value":4.2,"unit":"kW","time":"2026-11-23T08:00:00.000Z"})");
    bus_.deliver("bitgrid/home/telemetry/miner/temp_c", "61.5");
    bus_.deliver("bitgrid/home/telemetry/miner/heartbeat", "1");
    EXPECT_EQ(world_.signals.last(Signal::PvPower), 4'200);
    EXPECT_EQ(world_.signals.last(Signal::LoadTemp, "miner"), 61.5);
    EXPECT_EQ(world_.signals.signs_of_life["miner"], 1);
    EXPECT_TRUE(world_.health.rejects.empty());

    bus_.deliver("bitgrid/home/telemetry/stranger/temp_c", "20");
    bus_.deliver("bitgrid/home/telemetry/roof/wind", "20");
    bus_.deliver("bitgrid/home/telemetry/roof/pv_power_w", R"({"value":4,"unit":"°C"})");
    EXPECT_EQ(world_.health.rejects.size(), 3u);
}

TEST_F(MqttSensorsTest, ListensToOneDeviceForASignalUntilItFallsSilent) {
    listen({});
    sensors_->accept_telemetry("b/home", {});
    bus_.deliver("b/home/telemetry/first/pv_power_w", "1000");
    bus_.deliver("b/home/telemetry/second/pv_power_w", "9000");
    EXPECT_EQ(world_.signals.last(Signal::PvPower), 1'000);
    EXPECT_EQ(world_.health.rejects.size(), 1u);
    world_.clock.advance(61'000);
    bus_.deliver("b/home/telemetry/second/pv_power_w", "9000");
    EXPECT_EQ(world_.signals.last(Signal::PvPower), 9'000);
}

TEST_F(MqttSensorsTest, NothingHostileBecomesAValue) {
    auto config = sensor("x", "pv_power_w", "/v");
    config.time_pointer = "/t";
    listen({config});
    sensors_->accept_telemetry("b", {"miner"});
    std::mt19937 random{7};
    const std::string alphabet = "{}[]\",:0123456789eE+-.vtnulltruefalse \xff\x80\\u";
    for (int i = 0; i < 50'000; ++i) {
        std::string payload(std::uniform_int_distribution<std::size_t>{0, 40}(random), ' ');
        for (char& c : payload)
            c = alphabet[std::uniform_int_distribution<std::size_t>{0,
                                                                    alphabet.size() - 1}(random)];
        bus_.deliver("x", payload);
        bus_.deliver("b/telemetry/" + payload + "/pv_power_w", payload);
    }
    for (const auto& [signal, values] : world_.signals.values)
        for (const double value : values) EXPECT_TRUE(std::isfinite(value));
    EXPECT_GT(world_.health.rejects.size(), 25'000u);
}

TEST(MqttSensorConfig, SaysEverythingThatIsWrongWithIt) {
    MqttSensorConfig config = sensor("a/#", "pv_power_w", "x");
    config.unit = "°C";
    config.scale = 0;
    config.load = "miner";
    EXPECT_EQ(problems(config, {"miner"}).size(), 5u);
    EXPECT_EQ(problems(sensor("a", "temp_c"), {"miner"}),
              std::vector<std::string>{"load: '' is not a load"});
    EXPECT_EQ(problems(sensor("a", "wind"), {}),
              std::vector<std::string>{"signal: 'wind' is not known"});
    EXPECT_TRUE(problems(sensor("a/b", "pv_power_w", "/a~1b/0"), {}).empty());
}

}  // namespace
