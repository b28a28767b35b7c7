#include "engine/frozen_watch.hpp"

#include <gtest/gtest.h>

#include "core/sample_home.hpp"

using namespace bitgrid;
using core::Signal;
using core::sample::Home;

namespace {

class FrozenWatchTest : public ::testing::Test {
protected:
    FrozenWatchTest() {
        home.pv(3000).house(500).grid_import(700).soc(60);
        battery(-1000);
    }
    void battery(double watts) {
        home.state.site.battery_power = core::admit<core::Watts>(Signal::BatteryPower, watts);
    }
    /// Seconds in which all stands still but what `moves` moves.
    void live(
        int seconds, const std::function<void(int)>& moves = [](int) {}) {
        for (int i = 0; i < seconds; ++i) {
            now = now + 1'000;
            moves(i);
            watch.look(home.state, measures_house, now);
        }
    }

    Home home;
    bool measures_house{true};
    engine::FrozenWatch watch{home.config};
    core::MonoTime now{1'000'000};
};

TEST_F(FrozenWatchTest, FindsPowerThatStandsStillForFifteenMinutes) {
    live(900);
    EXPECT_TRUE(watch.site().empty());
    live(1);
    for (const Signal s :
         {Signal::PvPower, Signal::GridImport, Signal::BatteryPower, Signal::HouseLoad})
        EXPECT_TRUE(watch.site().has(s)) << core::spec_of(s).name;
    live(1, [&](int) { home.pv(3000.1); });
    EXPECT_FALSE(watch.site().has(Signal::PvPower)) << "it moves";
}

TEST_F(FrozenWatchTest, LeavesAloneWhatMayStandStillForEver) {
    home.pv(0).grid_import(0).soc(100);
    battery(0);
    measures_house = false;
    live(12 * 3600);
    EXPECT_TRUE(watch.site().empty());
    home.soc(5);
    live(12 * 3600);
    EXPECT_TRUE(watch.site().empty());
}

TEST_F(FrozenWatchTest, LetsAValueRestOnALimitThatItKnows) {
    home.config.site.pv_peak = core::Kilowatts{3};
    home.config.site.battery_max = core::Kilowatts{1};
    live(1800);
    EXPECT_FALSE(watch.site().has(Signal::PvPower));
    EXPECT_FALSE(watch.site().has(Signal::BatteryPower));
}

TEST_F(FrozenWatchTest, LetsABatteryChargeAtTheLimitOfTheRules) {
    live(1800, [this](int) { battery(-home.config.rules.battery_max_charge.value); });
    EXPECT_FALSE(watch.site().has(Signal::BatteryPower));
}

TEST_F(FrozenWatchTest, AsksAStateOfChargeToMoveOnlyWithWhatFlows) {
    const auto breathe = [&](double watts) {
        return [this, watts](int i) { battery(watts + i % 2); };
    };
    live(3600, breathe(-100));
    EXPECT_FALSE(watch.site().has(Signal::BatterySoc)) << "a tenth of a kWh is one percent";
    live(1800, breathe(-2000));
    EXPECT_TRUE(watch.site().has(Signal::BatterySoc));
    live(600, breathe(2000));
    EXPECT_TRUE(watch.site().has(Signal::BatterySoc)) << "until it moves";
    home.soc(61);
    live(1, breathe(2000));
    EXPECT_FALSE(watch.site().has(Signal::BatterySoc));
    home.soc(97);
    live(7200, breathe(-2000));
    EXPECT_FALSE(watch.site().has(Signal::BatterySoc)) << "nearly full, cells are balanced";
    live(7200, breathe(2000));
    EXPECT_TRUE(watch.site().has(Signal::BatterySoc)) << "but not while it gives";
}

TEST_F(FrozenWatchTest, FindsAChipThatKeepsItsTemperatureUnderLoadForFiveMinutes) {
    live(1200);
    EXPECT_TRUE(watch.load(0).empty()) << "it rests";
    home.running();
    live(299);
    EXPECT_TRUE(watch.load(0).empty());
    live(1);
    EXPECT_TRUE(watch.load(0).has(Signal::LoadTemp));
    home.state.loads[0].is_expected_on = false;
    home.state.loads[0].power = core::admit<core::Watts>(Signal::LoadPower, 5);
    live(600);
    EXPECT_TRUE(watch.load(0).has(Signal::LoadTemp)) << "it should have cooled";
    home.state.loads[0].temp = {};
    live(1);
    EXPECT_TRUE(watch.load(0).empty()) << "without mains it tells nothing, true or false";
}

TEST_F(FrozenWatchTest, TakesAMissingValueForNoValue) {
    live(899);
    home.state.site.pv_power = {};
    live(2);
    home.pv(3000);
    live(900);
    EXPECT_FALSE(watch.site().has(Signal::PvPower));
}

}  // namespace
