#include "core/suppose.hpp"

#include <gtest/gtest.h>

#include "core/case.hpp"
#include "core/sample_home.hpp"

using namespace bitgrid::core;
using sample::Home;

namespace {

constexpr ReadingPlace kPv{Signal::PvPower}, kHouse{Signal::HouseLoad}, kImport{Signal::GridImport},
    kExport{Signal::GridExport}, kPrice{Signal::EnergyPrice}, kPeak{Signal::EnergyPrice, true};

Home exporting(double watts) {
    Home home;
    home.state.site.grid_export = admit<Watts>(Signal::GridExport, watts);
    return home;
}

TEST(Suppose, NothingChangesNothing) {
    Home home;
    const EnergyState before = home.state;
    EXPECT_TRUE(suppose(home.state, {}).empty());
    EXPECT_EQ(home.state, before);
}

TEST(Suppose, TheMeterFollowsTheSunAndTheHouse) {
    Home home = exporting(1'000);
    const auto changes = suppose(home.state, {{kPv, 1'500}});
    EXPECT_EQ(reading_at(home.state, kImport), 500);
    EXPECT_EQ(reading_at(home.state, kExport), 0);
    ASSERT_EQ(changes.size(), 3u);
    EXPECT_FALSE(changes[0].follows);
    EXPECT_EQ(changes[0].from, 3'000);
    EXPECT_TRUE(changes[1].follows && changes[2].follows);
    home = exporting(1'000);
    suppose(home.state, {{kHouse, 700}});
    EXPECT_EQ(reading_at(home.state, kExport), 800);
    EXPECT_EQ(reading_at(home.state, kImport), 0);
}

TEST(Suppose, WhoNamesTheMeterIsTakenAtTheirWord) {
    Home home = exporting(1'000);
    suppose(home.state, {{kPv, 1'500}, {kExport, 900}});
    EXPECT_EQ(reading_at(home.state, kExport), 900);
    EXPECT_EQ(reading_at(home.state, kImport), 0);
    home = exporting(1'000);
    suppose(home.state, {{kImport, 2'000}});
    EXPECT_EQ(reading_at(home.state, kExport), 0) << "one way at a time";
    home = exporting(1'000);
    suppose(home.state, {{kImport, 2'000}, {kExport, 300}});
    EXPECT_EQ(reading_at(home.state, kExport), 300);
}

TEST(Suppose, TheNightIsNoNegativeSun) {
    Home home = exporting(1'000);
    home.pv(-20);
    suppose(home.state, {{kPv, 0}});
    EXPECT_EQ(reading_at(home.state, kExport), 1'000);
}

TEST(Suppose, WhatDoesNotReportMovesNothing) {
    Home home = exporting(1'000);
    const auto changes = suppose(home.state, {{kPv, std::nullopt}});
    EXPECT_EQ(changes.size(), 1u);
    EXPECT_EQ(reading_at(home.state, kExport), 1'000);
    EXPECT_EQ(home.code(), "STOP_R3_MISSING_TELEMETRY");
}

TEST(Suppose, APriceMovesThePeakThatItIsAndNoOther) {
    Home home;
    home.price(20);
    suppose(home.state, {{kPrice, 12}});
    EXPECT_EQ(reading_at(home.state, kPeak), 12);
    suppose(home.state, {{kPeak, 35}});
    EXPECT_EQ(reading_at(home.state, kPrice), 12);
    suppose(home.state, {{kPrice, 22}});
    EXPECT_EQ(reading_at(home.state, kPeak), 35);
    suppose(home.state, {{kPrice, 40}});
    EXPECT_EQ(reading_at(home.state, kPeak), 40);
    suppose(home.state, {{kPeak, 30}});
    EXPECT_EQ(reading_at(home.state, kPrice), 30) << "the peak includes the present price";
}

TEST(Suppose, WhatIsSupposedIsBelieved) {
    Home home;
    home.state.distrusted.add(Signal::PvPower);
    home.state.distrusted.add(Signal::BatterySoc);
    home.state.loads[0].distrusted.add(Signal::LoadTemp);
    suppose(home.state, {{kPv, 3'000}, {{Signal::LoadTemp}, 50}});
    EXPECT_FALSE(home.state.distrusted.has(Signal::PvPower));
    EXPECT_TRUE(home.state.distrusted.has(Signal::BatterySoc));
    EXPECT_TRUE(home.state.loads[0].distrusted.empty());
}

TEST(Suppose, EverySignalOfALoadIsItsOwn) {
    Home home{2};
    suppose(home.state, {{{Signal::LoadTemp, false, 1}, 90}});
    EXPECT_EQ(reading_at(home.state, {Signal::LoadTemp, false, 0}), 60);
    EXPECT_EQ(reading_at(home.state, {Signal::LoadTemp, false, 1}), 90);
}

// Where each measure of a counterfactual is read.
ReadingPlace place_of(Measure measure) {
    switch (measure) {
        case Measure::SurplusKw:
        case Measure::PvPowerW:
            return kPv;
        case Measure::BatterySocPct:
            return {Signal::BatterySoc};
        case Measure::NetImportW:
            return kImport;
        case Measure::EnergyPrice:
            return kPrice;
        case Measure::PricePeak:
            return kPeak;
        case Measure::PvForecastKw:
            return {Signal::PvForecast};
        default:
            return {Signal::LoadTemp};
    }
}

TEST(Suppose, KeepsThePromiseOfEveryCounterfactual) {
    int kept = 0;
    for (const double surplus_kw : {-1.0, 0.3, 0.79, 1.2, 1.49})
        for (const double soc : {30.0, 50.0, 55.5, 58.0, 80.0})
            for (const double price : {12.0, 26.0, 33.0})
                for (const double import_w : {0.0, 900.0}) {
                    Home home;
                    home.surplus(surplus_kw).soc(soc).price(price).grid_import(import_w);
                    home.forecast(1.1);
                    const Case asked{home.config, home.memory, home.state, Occasion::tick()};
                    const DecisionEvent told = judge(asked).at(0);
                    if (!told.foil) continue;
                    std::vector<Supposition> all;
                    double pv_w = reading_at(home.state, kPv).value_or(0);
                    for (const Change& change : told.foil->changes) {
                        const bool is_surplus = change.measure == Measure::SurplusKw;
                        const double to = is_surplus ? pv_w += change.gap * 1'000 : change.to;
                        all.push_back({place_of(change.measure), to});
                    }
                    suppose(home.state, all);
                    EXPECT_EQ(home.decision().action(), told.foil->wanted) << home.code();
                    ++kept;
                }
    EXPECT_GT(kept, 100);
}

TEST(Judge, TellsOfOneLoadWhatItTellsOfAll) {
    Home home{3};
    home.running().forecast(0.4);
    const Case asked{home.config, home.memory, home.state, Occasion::tick()};
    const auto all = judge(asked);
    ASSERT_EQ(all.size(), 3u);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto one = judge(asked, i);
        ASSERT_EQ(one.size(), 1u);
        EXPECT_EQ(one[0].load_index, i);
        EXPECT_EQ(one[0].decision.code, all[i].decision.code);
        EXPECT_EQ(one[0].foil.has_value(), all[i].foil.has_value());
    }
    EXPECT_TRUE(all[0].margin) << "runs in full";
    EXPECT_TRUE(all[1].foil) << "is off";
    EXPECT_EQ(judge({home.config, home.memory, home.state,
                     Occasion::between_blocks(Trigger::SafetyAsync, 1)})
                  .size(),
              1u);
}

}  // namespace
