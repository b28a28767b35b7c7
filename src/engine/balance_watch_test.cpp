#include "engine/balance_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/sample_home.hpp"

using namespace bitgrid;
using core::Signal;
using core::sample::Home;
using testing::HasSubstr;

namespace {

/// A house whose power adds up, with sensors between it and us.
class BalanceWatchTest : public ::testing::Test {
protected:
    struct Truth {
        double pv{3000}, house{500}, battery{-1000}, load{0};
        double net() const { return house + load - pv - battery; }
    };

    void show() {
        core::SiteReadings& site = home.state.site;
        home.pv(truth.pv * pv_factor).house(truth.house * house_factor);
        const double net = truth.net() * net_factor;
        home.grid_import(std::max(net, 0.0));
        site.grid_export = {};
        if (meters_export)
            site.grid_export = core::admit<core::Watts>(Signal::GridExport, std::max(-net, 0.0));
        site.battery_power =
            core::admit<core::Watts>(Signal::BatteryPower, truth.battery * battery_factor);
        home.state.loads[0].power = core::admit<core::Watts>(Signal::LoadPower, truth.load);
    }
    void live(
        int seconds, const std::function<void()>& moves = [] {}) {
        for (int i = 0; i < seconds; ++i) {
            now = now + 1'000;
            moves();
            show();
            watch->look(home.state, measures_house, now);
        }
    }
    /// Seconds until something certain was found.
    int found_after(int most_s) {
        for (int s = 1; s <= most_s; ++s) {
            live(1);
            if (watch->balance().is_certain && !watch->balance().words.empty()) return s;
        }
        return -1;
    }

    Home home;
    Truth truth;
    double pv_factor{1}, net_factor{1}, battery_factor{1}, house_factor{1};
    bool measures_house{true}, meters_export{true};
    std::optional<engine::BalanceWatch> watch{std::in_place, home.config};
    core::MonoTime now{1'000'000};
};

TEST_F(BalanceWatchTest, IsContentWithAHouseThatAddsUp) {
    for (const bool is_measured : {true, false}) {
        measures_house = is_measured;
        for (const double pv : {0.0, 800.0, 6000.0})
            for (const double battery : {-2000.0, 0.0, 1500.0}) {
                truth.pv = pv;
                truth.battery = battery;
                truth.load = pv > 3000 ? 1674 : 0;
                live(900);
                EXPECT_TRUE(watch->balance().words.empty()) << watch->balance().words;
                EXPECT_TRUE(watch->answer().words.empty()) << watch->answer().words;
            }
    }
}

TEST_F(BalanceWatchTest, FindsEverySlipWithinThreeMinutesWhereTheHouseIsMeasured) {
    struct Slip {
        double* factor;
        Signal signal;
        std::vector<double> slips;
    };
    const Slip kSlips[] = {{&pv_factor, Signal::PvPower, {0.001, 0.1, 10}},
                           {&net_factor, Signal::GridImport, {-1, 0.001, 0.1, 10}},
                           {&battery_factor, Signal::BatteryPower, {-1, 0.001, 0.1, 10}},
                           {&house_factor, Signal::HouseLoad, {10}}};
    for (const Slip& slip : kSlips)
        for (const double factor : slip.slips) {
            now = now + 3'600'000;
            watch.emplace(home.config);
            live(120);
            *slip.factor = factor;
            const int found = found_after(180);
            EXPECT_GT(found, 0) << core::spec_of(slip.signal).name << " times " << factor;
            EXPECT_TRUE(watch->balance().signals.has(slip.signal)) << watch->balance().words;
            *slip.factor = 1;
            live(180);
            EXPECT_TRUE(watch->balance().words.empty()) << "it fits again";
        }
}

TEST_F(BalanceWatchTest, NamesTheOneSensorThatWouldMakeItFit) {
    truth.battery = -300;
    truth.house = 800;
    net_factor = -1;
    ASSERT_GT(found_after(180), 0);
    EXPECT_THAT(watch->balance().words, HasSubstr("the grid meter has the other sign"));
    EXPECT_FALSE(watch->balance().signals.has(Signal::PvPower));
}

TEST_F(BalanceWatchTest, FindsAHouseThatWouldUseLessThanNothing) {
    measures_house = false;
    truth.pv = 0;
    truth.battery = 0;  // at night: all that the house uses is imported
    live(600);
    EXPECT_TRUE(watch->balance().words.empty());
    net_factor = -1;
    EXPECT_GT(found_after(180), 0);
    EXPECT_THAT(watch->balance().words, HasSubstr("the house would use -500 W"));
    net_factor = 1;
    truth.pv = 5000;  // and by day a PV that counts kilowatts
    live(300);
    pv_factor = 0.001;
    EXPECT_GT(found_after(180), 0);
}

TEST_F(BalanceWatchTest, BlamesNobodyWhereExportIsNotMeasured) {
    meters_export = false;
    truth.battery = 0;
    live(900);
    EXPECT_TRUE(watch->balance().words.empty()) << watch->balance().words;
    measures_house = false;
    truth.load = 1674;
    live(900);
    EXPECT_TRUE(watch->answer().words.empty()) << watch->answer().words;
}

TEST_F(BalanceWatchTest, HoldsAgainstALimitThatItKnowsTheFirstValueBeyondIt) {
    home.config.site.pv_peak = core::Kilowatts{5};
    home.config.site.grid_max = core::Kilowatts{10};
    home.config.site.battery_max = core::Kilowatts{5};
    truth.pv = 5900;
    live(1);
    EXPECT_TRUE(watch->limits().words.empty());
    pv_factor = 10;
    live(1);
    EXPECT_TRUE(watch->limits().is_certain);
    EXPECT_TRUE(watch->limits().signals.has(Signal::PvPower));
    EXPECT_THAT(watch->limits().words, HasSubstr("PV says 59000 W"));
    pv_factor = 1;
    live(59);
    EXPECT_FALSE(watch->limits().words.empty());
    live(1);
    EXPECT_TRUE(watch->limits().words.empty());
    truth.battery = -6100;
    live(1);
    EXPECT_TRUE(watch->limits().signals.has(Signal::BatteryPower));
}

TEST_F(BalanceWatchTest, SeesALoadThatSeemsToDrawMoreThanItCan) {
    truth.load = 2600;
    live(1);
    EXPECT_FALSE(watch->is_beyond(0)) << "a start may";
    truth.load = 16'740;
    live(1);
    EXPECT_TRUE(watch->is_beyond(0));
}

TEST_F(BalanceWatchTest, HearsWhetherGridAndBatteryAnswerALoad) {
    measures_house = false;
    truth.pv = 5000;
    truth.battery = 0;
    const auto step = [&](double watts) {
        truth.load = watts;
        live(400);
    };
    live(400);
    step(1674);
    step(0);
    EXPECT_TRUE(watch->answer().words.empty()) << watch->answer().words;
    net_factor = 0.001;
    live(400);
    step(1674);
    EXPECT_THAT(watch->answer().words, HasSubstr("did not answer"));
    EXPECT_FALSE(watch->answer().is_certain) << "an oven may have gone off meanwhile";
    step(0);
    EXPECT_TRUE(watch->answer().is_certain);
    net_factor = 1;
    live(400);
    step(1674);
    EXPECT_TRUE(watch->answer().words.empty()) << "it answers again";
    net_factor = -1;
    live(400);
    step(0);
    EXPECT_THAT(watch->answer().words, HasSubstr("the wrong way"));
}

TEST_F(BalanceWatchTest, TakesAnOvenForAnOvenAndForgetsADoubtAfterHours) {
    measures_house = false;
    truth.pv = 5000;
    truth.battery = 0;
    live(400);
    truth.load = 1674;
    truth.house = 500 + 1674 * 0.6;
    live(400);
    EXPECT_TRUE(watch->answer().words.empty()) << watch->answer().words;
    net_factor = 0.001;
    live(400);
    truth.load = 0;
    live(400);
    EXPECT_FALSE(watch->answer().words.empty());
    live(6 * 3600);
    EXPECT_TRUE(watch->answer().words.empty());
}

}  // namespace
