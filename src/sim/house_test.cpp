#include "sim/house.hpp"

#include <gmock/gmock.h>

#include "sim/commands.hpp"
#include "sim/testing_house.hpp"

using namespace bitgrid;
using namespace bitgrid::sim;
using testing::HasSubstr;

namespace {

const std::filesystem::path kData{"data"};

Story story(const char* text) {
    auto parsed = parse_story(text, "test");
    EXPECT_TRUE(parsed) << parsed.error().what;
    return parsed ? *parsed : Story{};
}

struct AtNoon {
    explicit AtNoon(Story what_happens = {})
        : house{clock, {}, shipped_home(kData), shipped_prices(kData), std::move(what_happens)} {}
    net::ManualClock clock{*parse_time("2024-05-21T12:00Z")};
    House house;
};

TEST(House, FollowsItsClockByItselfOnceItIsStarted) {
    AtNoon t;
    t.house.start();
    t.clock.advance(10'500);
    EXPECT_EQ(t.house.physics().time(), *parse_time("2024-05-21T12:00:10Z"));
    t.house.stop();
    t.clock.advance(10'000);
    EXPECT_EQ(t.house.physics().time(), *parse_time("2024-05-21T12:00:10Z"));
    EXPECT_EQ(t.house.now().time(), *parse_time("2024-05-21T12:00:20Z"));
}

TEST(House, IsTheSameWhetherItIsAskedOftenOrOnce) {
    AtNoon often{story("12:05 car_arrives 3700\n12:20 cloud 0.3")};
    AtNoon once{story("12:05 car_arrives 3700\n12:20 cloud 0.3")};
    for (int i = 0; i < 1200; ++i) {
        often.clock.advance(1500);
        often.house.now();
    }
    once.clock.advance(1'800'000);
    EXPECT_EQ(often.house.now().meters().import_wh, once.house.now().meters().import_wh);
    EXPECT_EQ(often.house.now().battery.stored_wh(), once.house.now().battery.stored_wh());
}

TEST(House, DoesItsStorysOrdersAtTheirSecondAndNoneFromBeforeTheStart) {
    AtNoon t{
        story("# a day\n08:00 car_arrives\n12:00 battery_soc 33\n12:10:30 hot_miner # blocked\n")};
    EXPECT_EQ(t.house.physics().car_w, 0);
    EXPECT_DOUBLE_EQ(t.house.physics().battery.soc_pct(), 33);
    t.clock.advance(629'000);
    EXPECT_FALSE(t.house.now().miner.faults.has_blocked_fan);
    t.clock.advance(1000);
    EXPECT_TRUE(t.house.now().miner.faults.has_blocked_fan);
    ASSERT_EQ(t.house.log().size(), 2u);
    EXPECT_EQ(t.house.log()[1].time, *parse_time("2024-05-21T12:10:30Z"));
}

TEST(House, KeepsInItsLogWhyAnOrderOfTheStoryWasRefused) {
    AtNoon t{story("12:00 battery_soc 120")};
    ASSERT_EQ(t.house.log().size(), 1u);
    EXPECT_THAT(t.house.log()[0].refused, HasSubstr("0 to 100"));
}

TEST(House, RefusesOrdersThatItDoesNotKnowAndChangesNothing) {
    AtNoon t;
    for (const char* bad :
         {"", "explode", "cloud", "cloud 3", "cloud many", "battery_soc nan", "freeze nothing",
          "report grid_power_w lots", "thaw grid_power_w", "cable_out kitchen", "modbus loud",
          "hot_miner now", "price_peak 45 10:00", "price_peak 45 11:00 10:00",
          "price_peak 45 #10:00 11:00", "price_peak 45 1 2", "car_arrives -1", "ignore_stop maybe"})
        EXPECT_FALSE(t.house.order(bad)) << bad;
    EXPECT_EQ(t.house.faults().reported.size(), 0u);
    EXPECT_THAT(t.house.order("explode").error().what, HasSubstr("hot_miner"));
}

TEST(House, KnowsEveryOrderThatItLists) {
    for (const auto& help : order_list()) {
        EXPECT_FALSE(help.does.empty());
        const auto word = std::string{help.usage.substr(0, help.usage.find(' '))};
        const auto known = check_order(word);
        EXPECT_TRUE(known || known.error().what.starts_with("usage: " + word)) << word;
    }
}

TEST(House, RaisesThePriceForTheQuarterHoursOfAPeak) {
    AtNoon t;
    const auto price = [&](const char* time) {
        return t.house.market().price_ct_kwh(*parse_time(time));
    };
    EXPECT_EQ(price("2024-05-21T17:30Z"), 12.698);
    ASSERT_TRUE(t.house.order("price_peak 48 17:00 18:00"));
    EXPECT_EQ(price("2024-05-21T16:59Z"), 10.344);
    EXPECT_EQ(price("2024-05-21T17:00Z"), 48);
    EXPECT_EQ(price("2024-05-21T17:59Z"), 48);
    EXPECT_EQ(price("2024-05-21T18:00Z"), 9.907);
}

TEST(Story, NamesTheLineThatIsWrongAndTakesNothing) {
    EXPECT_THAT(parse_story("12:00 hot_miner\n25:61 cool_miner", "s").error().what,
                HasSubstr("s:2"));
    EXPECT_THAT(parse_story("noon hot_miner", "s").error().what, HasSubstr("s:1"));
    EXPECT_THAT(parse_story("\n\n12:00 fly", "s").error().what, HasSubstr("s:3: 'fly'"));
    EXPECT_FALSE(parse_story("day 2024-02-31", "s"));
    EXPECT_FALSE(read_story("/nowhere.story"));
}

TEST(Story, KnowsItsDayAndPutsItsOrdersInTheirOrder) {
    const Story s = story("day 2024-05-21\n30:00 car_leaves\n07:00 cloud 0.5\r\n");
    EXPECT_EQ(s.day, *parse_time("2024-05-21T00:00Z"));
    ASSERT_EQ(s.entries.size(), 2u);
    EXPECT_EQ(s.entries[0].order, "cloud 0.5");
    EXPECT_EQ(s.entries[1].day_ms, 30 * 3'600'000);
}

TEST(Market, ForecastsTheRecordedSunWithAnErrorThatCanBeRepeated) {
    const Recording home = shipped_home(kData);
    double actual = 0, forecast = 0;
    for (auto t = *parse_time("2024-05-21T04:00Z"); t < *parse_time("2024-05-21T19:00Z");
         t = t + 900'000) {
        const double one = forecast_pv_w(home.pv_w, t, t + 900'000, 0.15);
        EXPECT_EQ(one, forecast_pv_w(home.pv_w, t, t + 900'000, 0.15));
        EXPECT_NEAR(one, home.pv_w.mean(t, t + 900'000), 0.15 * one / 0.85 + 1e-9);
        actual += home.pv_w.mean(t, t + 900'000);
        forecast += one;
    }
    EXPECT_NEAR(forecast / actual, 1, 0.15);
    EXPECT_NE(forecast, actual);
}

TEST(Market, GivesTheIrradianceThatTheDocumentedModelTurnsBackIntoThePower) {
    for (double pv : {0.0, 120.0, 1800.0, 4400.0})
        for (double air : {-5.0, 12.0, 33.0}) {
            const double gti = irradiance_for(pv, 5, air);
            const double back = 5000 * gti / 1000 * (1 - 0.004 * (air + 0.0342 * gti - 25));
            EXPECT_NEAR(back, pv, 1e-6);
        }
}

}  // namespace
