#include "adapters/modbus/sunspec_device.hpp"

#include <gmock/gmock.h>

#include "adapters/modbus/modbus_peer.hpp"
#include "adapters/test_world.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;
using core::Signal;
using ports::Condition;
using testing::DoubleNear;
using testing::HasSubstr;
using testing::Optional;

namespace {

using Words = std::vector<std::uint16_t>;

Words model(std::uint16_t id, std::uint16_t length, const std::map<int, int>& points) {
    Words words(std::size_t{length} + 2, 0xFFFF);
    words[0] = id;
    words[1] = length;
    for (const auto& [at, value] : points)
        words[static_cast<std::size_t>(at)] = static_cast<std::uint16_t>(value);
    return words;
}

Words chain(const std::vector<Words>& models) {
    Words words{0x5375, 0x6E53};
    for (const Words& m : models) words.insert(words.end(), m.begin(), m.end());
    words.insert(words.end(), {0xFFFF, 0});
    return words;
}

const Words kCommon = model(1, 66,
                            {{2, 'A' << 8 | 'c'},
                             {3, 'm' << 8 | 'e'},
                             {4, 0},
                             {18, 0},
                             {42, 0},
                             {50, '4' << 8 | '2'},
                             {51, 0}});
Words inverter(int watts, int state) { return model(103, 50, {{14, watts}, {15, 0}, {38, state}}); }
Words meter(int watts) { return model(203, 105, {{18, watts}, {22, -1}}); }
const Words kStorage = model(124, 24, {{8, 6300}, {22, -2}});
Words battery(int watts) { return model(802, 62, {{11, 6300}, {56, -2}, {47, watts}, {63, 0}}); }

class SunSpecDeviceTest : public testing::Test {
protected:
    void start(SunSpecConfig config = {}) {
        config.port = peer.port();
        config.timeout_ms = 15'000;
        device.emplace(world.devices(), config);
        device->start();
        ASSERT_TRUE(world.settle());
    }
    std::optional<double> last(Signal signal) const { return world.signals.last(signal); }

    TestWorld world;
    ModbusPeer peer{40'000, 600};
    std::optional<SunSpecDevice> device;
};

TEST_F(SunSpecDeviceTest, FeedsAPlantWithInverterMeterAndBattery) {
    peer.set(40'000, chain({kCommon, inverter(3105, 4), meter(-24'810), kStorage, battery(850)}));
    start();
    EXPECT_THAT(last(Signal::PvPower), Optional(3105.0));
    EXPECT_THAT(last(Signal::GridImport), Optional(0.0));
    EXPECT_THAT(last(Signal::GridExport), Optional(DoubleNear(2481, 1e-6)));
    EXPECT_THAT(last(Signal::BatterySoc), Optional(DoubleNear(63, 1e-9)));
    EXPECT_THAT(last(Signal::BatteryPower), Optional(850.0));
    EXPECT_EQ(world.health.last().condition, Condition::Ok);
    EXPECT_THAT(world.health.last().reason, HasSubstr("Acme"));
}

TEST_F(SunSpecDeviceTest, PollsInTheRhythmOfItsClock) {
    peer.set(40'000, chain({kCommon, inverter(100, 4), meter(0)}));
    start();
    EXPECT_EQ(world.signals.count(Signal::PvPower), 1U);
    peer.set(40'000, chain({kCommon, inverter(200, 4), meter(5120)}));
    ASSERT_TRUE(world.advance(1));
    EXPECT_EQ(world.signals.count(Signal::PvPower), 1U);
    ASSERT_TRUE(world.advance(1));
    EXPECT_THAT(last(Signal::PvPower), Optional(200.0));
    EXPECT_THAT(last(Signal::GridImport), Optional(DoubleNear(512, 1e-6)));
    EXPECT_FALSE(std::signbit(*last(Signal::GridExport))) << "nothing is not less than nothing";
    EXPECT_EQ(world.signals.count(Signal::PvPower), 2U);
}

TEST_F(SunSpecDeviceTest, TurnsSignsWhereTheDeviceHasThemTheOtherWayRound) {
    peer.set(40'000, chain({inverter(0, 4), meter(10'000), battery(-700)}));
    SunSpecConfig config;
    config.invert_grid = true;
    config.invert_battery = true;
    start(config);
    EXPECT_THAT(last(Signal::GridExport), Optional(DoubleNear(1000, 1e-6)));
    EXPECT_THAT(last(Signal::BatteryPower), Optional(700.0));
}

TEST_F(SunSpecDeviceTest, AnInverterThatSleepsGivesNothingAndOneThatIsMuteIsMissing) {
    peer.set(40'000, chain({inverter(0x8000, 2), meter(3120)}));
    start();
    EXPECT_THAT(last(Signal::PvPower), Optional(0.0));
    peer.set(40'000, chain({inverter(0x8000, 4), meter(3120)}));
    ASSERT_TRUE(world.advance(2));
    EXPECT_EQ(world.signals.count(Signal::PvPower), 1U);
    EXPECT_EQ(world.signals.count(Signal::GridImport), 2U);
}

TEST_F(SunSpecDeviceTest, SearchesAgainWhereAModelHasMoved) {
    peer.set(40'000, chain({kCommon, inverter(100, 4), meter(0)}));
    start();
    peer.set(40'000, chain({kCommon, kStorage, inverter(300, 4), meter(0)}));
    ASSERT_TRUE(world.advance(2));
    EXPECT_EQ(world.health.last().condition, Condition::Warn);
    EXPECT_THAT(world.health.last().reason, HasSubstr("stands where"));
    ASSERT_TRUE(world.advance(2));
    EXPECT_THAT(last(Signal::PvPower), Optional(300.0));
    EXPECT_THAT(last(Signal::BatterySoc), Optional(DoubleNear(63, 1e-9)));
    EXPECT_EQ(world.health.last().condition, Condition::Ok);
}

TEST_F(SunSpecDeviceTest, ReportsSilenceAndComesBackWithoutHelp) {
    peer.set(40'000, chain({kCommon, inverter(100, 4), meter(0)}));
    start();
    peer.drop();
    ASSERT_TRUE(world.advance(2));
    EXPECT_EQ(world.health.last().condition, Condition::Warn);
    const std::size_t before = world.signals.count(Signal::PvPower);
    ASSERT_TRUE(world.advance(4));
    EXPECT_GT(world.signals.count(Signal::PvPower), before);
    EXPECT_EQ(world.health.last().condition, Condition::Ok);
}

TEST_F(SunSpecDeviceTest, AThirdFailureInARowIsAnError) {
    peer.set(40'000, {1, 2, 3});  // no SunSpec here
    start();
    EXPECT_EQ(world.health.last().condition, Condition::Warn);
    ASSERT_TRUE(world.advance(4));
    EXPECT_EQ(world.health.last().condition, Condition::Error);
    EXPECT_THAT(world.health.last().reason, HasSubstr("no models"));
    EXPECT_EQ(world.signals.count(Signal::PvPower), 0U);
}

TEST_F(SunSpecDeviceTest, ReadsAMeterOfMoreWordsThanOneRequestCarries) {
    // -3000.0 as a float of model 213, whose 126 words take two requests.
    peer.set(40'000, chain({model(213, 124, {{28, 0xC53B}, {29, 0x8000}})}));
    start();
    EXPECT_THAT(last(Signal::GridExport), Optional(3000.0));
}

TEST_F(SunSpecDeviceTest, StopsInTheMiddleOfAPoll) {
    peer.set(40'000, chain({kCommon, inverter(100, 4), meter(0)}));
    SunSpecConfig config;
    config.port = peer.port();
    device.emplace(world.devices(), config);
    device->start();
    ASSERT_TRUE(world.run_until([&] { return peer.requests() > 0; }));
    device->stop();
    EXPECT_TRUE(world.exchanges.is_idle());
    world.clock.advance(10'000);
    EXPECT_TRUE(world.exchanges.is_idle());
    EXPECT_EQ(world.signals.count(Signal::PvPower), 0U);
}

}  // namespace
