#include "core/counterfactual.hpp"

#include <gtest/gtest.h>

using namespace bitgrid::core;

namespace {

constexpr std::int64_t kBlockMs = 600'000;
constexpr BlockId kNow = 2'969'682;

struct Home {
    Config config;
    Memory memory;
    EnergyState state;

    Home() {
        memory.loads.push_back({});
        state.time = block_start(kNow, kBlockMs);
        state.loads.push_back({});
        pv(2420);
        state.site.house_load = admit<Watts>(Signal::HouseLoad, 2000);
        state.site.grid_import = admit<Watts>(Signal::GridImport, 0);
        state.site.grid_export = admit<Watts>(Signal::GridExport, 420);
        soc(80);
    }
    void pv(double w) { state.site.pv_power = admit<Watts>(Signal::PvPower, w); }
    void soc(double pct) { state.site.battery_soc = admit<Percent>(Signal::BatterySoc, pct); }
    void import(double w) { state.site.grid_import = admit<Watts>(Signal::GridImport, w); }
    void forecast(double kw) { state.site.pv_forecast = admit<Kilowatts>(Signal::PvForecast, kw); }
    void price(double now, double peak) {
        state.site.price = admit<CentPerKwh>(Signal::EnergyPrice, now);
        state.site.price_peak = admit<CentPerKwh>(Signal::EnergyPrice, peak);
    }
    void run(Target target, std::int64_t blocks_ago) {
        changed(target, Action::Start, blocks_ago);
        state.loads[0].is_expected_on = true;
        state.loads[0].temp = admit<Celsius>(Signal::LoadTemp, 61);
        state.loads[0].heartbeat_age = admit<Seconds>(Signal::LoadHeartbeat, 2);
    }
    void changed(Target target, Action action, std::int64_t blocks_ago) {
        memory.loads[0].target = target;
        memory.loads[0].last_action = action;
        memory.loads[0].unchanged_since = kNow - blocks_ago;
    }
    std::optional<Counterfactual> foil(std::size_t load = 0) const {
        return counterfactual(config, memory, state, load);
    }
    std::optional<StopMargin> margin() const { return stop_margin(config, memory, state, 0); }
};

void expect_change(const Change& change, Rule rule, Measure measure, double from, double to,
                   double gap) {
    EXPECT_EQ(name_of(change.rule), name_of(rule));
    EXPECT_EQ(name_of(change.measure), name_of(measure));
    EXPECT_NEAR(change.from, from, 1e-9);
    EXPECT_NEAR(change.to, to, 1e-9);
    EXPECT_NEAR(change.gap, gap, 1e-9);
}

TEST(Counterfactual, NamesTheSurplusThatIsMissingAndRoundsTheGapUp) {
    const auto foil = Home{}.foil();
    ASSERT_TRUE(foil);
    EXPECT_TRUE(foil->is_verified);
    EXPECT_EQ(foil->wanted, Action::Throttle);
    EXPECT_FALSE(foil->not_before);
    ASSERT_EQ(foil->changes.size(), 1u);
    expect_change(foil->changes[0], Rule::R1, Measure::SurplusKw, 0.42, 0.8, 0.4);
}

TEST(Counterfactual, AsksForFullPowerWhereALoadKnowsOnlyOnAndOff) {
    Home home;
    home.config.loads[0].can_throttle = false;
    const auto foil = home.foil();
    ASSERT_TRUE(foil);
    EXPECT_EQ(foil->wanted, Action::Start);
    ASSERT_EQ(foil->changes.size(), 1u);
    expect_change(foil->changes[0], Rule::R1, Measure::SurplusKw, 0.42, 1.5, 1.1);
}

TEST(Counterfactual, ListsEveryConditionThatStandsAgainstAStart) {
    Home home;
    home.soc(55);
    home.forecast(1.2);
    home.price(27.4, 33);
    const auto foil = home.foil();
    ASSERT_TRUE(foil);
    ASSERT_EQ(foil->changes.size(), 5u);
    expect_change(foil->changes[0], Rule::R4, Measure::PricePeak, 33, 29.9, 3.1);
    expect_change(foil->changes[1], Rule::R1, Measure::EnergyPrice, 27.4, 25, 2.4);
    expect_change(foil->changes[2], Rule::R4, Measure::PvForecastKw, 1.2, 2, 0.8);
    expect_change(foil->changes[3], Rule::R2, Measure::BatterySocPct, 55, 59, 4);
    expect_change(foil->changes[4], Rule::R1, Measure::SurplusKw, 0.42, 0.8, 0.4);
}

TEST(Counterfactual, TakesTheTighterEdgeWhereThePriceIsTestedTwice) {
    Home home;
    home.pv(4000);
    home.price(35, 35);
    auto foil = home.foil();
    ASSERT_TRUE(foil);
    ASSERT_EQ(foil->changes.size(), 1u);
    expect_change(foil->changes[0], Rule::R1, Measure::EnergyPrice, 35, 25, 10);
    EXPECT_EQ(foil->wanted, Action::Start);

    home.config.rules.price_max = CentPerKwh{40};
    foil = home.foil();
    ASSERT_TRUE(foil);
    ASSERT_EQ(foil->changes.size(), 1u);
    expect_change(foil->changes[0], Rule::R4, Measure::EnergyPrice, 35, 29.9, 5.1);
}

TEST(Counterfactual, LetsTheGridFollowTheSun) {
    Home home;
    home.state.site.grid_export = admit<Watts>(Signal::GridExport, 0);
    home.import(800);
    auto foil = home.foil();
    ASSERT_TRUE(foil) << "0.38 kW more sun take the import to 420 W: no change of its own";
    EXPECT_EQ(foil->changes.size(), 1u);

    home.import(1000);
    foil = home.foil();
    ASSERT_TRUE(foil) << "half a kilowatt more takes it to the limit";
    ASSERT_EQ(foil->changes.size(), 1u);
    EXPECT_EQ(name_of(foil->changes[0].measure), "surplus_kw");
    EXPECT_NEAR(foil->changes[0].to, 0.92, 1e-6);
    EXPECT_NEAR(foil->changes[0].gap, 0.5, 1e-9);

    home.pv(4000);
    foil = home.foil();
    ASSERT_TRUE(foil);
    ASSERT_EQ(foil->changes.size(), 1u);
    expect_change(foil->changes[0], Rule::R2, Measure::NetImportW, 1000, 500, 500);
}

TEST(Counterfactual, WaitsOutThePauseOnTheBlockGrid) {
    Home home;
    home.pv(4000);
    home.changed(kOff, Action::Stop, 1);
    const auto foil = home.foil();
    ASSERT_TRUE(foil);
    EXPECT_TRUE(foil->changes.empty());
    EXPECT_EQ(foil->not_before, block_start(kNow + 1, kBlockMs));
}

TEST(Counterfactual, AsksAfterAHardStopForTheSoftBandAndThePause) {
    Home home;
    home.pv(4000);
    home.run(kFull, 5);
    home.soc(50);
    const auto foil = home.foil();
    ASSERT_TRUE(foil);
    ASSERT_EQ(foil->changes.size(), 1u);
    expect_change(foil->changes[0], Rule::R2, Measure::BatterySocPct, 50, 59, 9);
    EXPECT_EQ(foil->not_before, block_start(kNow + 2, kBlockMs));
}

TEST(Counterfactual, AsksAfterATripForTheResumeTemperatureAndTheEndOfTheLockout) {
    Home home;
    home.pv(4000);
    home.run(kFull, 5);
    home.state.time = home.state.time + 61'000;
    home.state.loads[0].temp = admit<Celsius>(Signal::LoadTemp, 85.5);
    home.config.rules.require_ack = true;
    const auto foil = home.foil();
    ASSERT_TRUE(foil);
    ASSERT_EQ(foil->changes.size(), 2u);
    expect_change(foil->changes[0], Rule::R3, Measure::TempC, 85.5, 75, 11);
    expect_change(foil->changes[1], Rule::R3, Measure::Unacknowledged, 1, 0, 1);
    EXPECT_EQ(foil->not_before, block_start(kNow + 7, kBlockMs)) << "one hour, then the next block";
}

TEST(Counterfactual, TellsAnEcoLoadWhatFullPowerNeeds) {
    Home home;
    home.pv(3000);
    home.run(kEco, 5);
    const auto foil = home.foil();
    ASSERT_TRUE(foil);
    EXPECT_EQ(foil->wanted, Action::Start);
    ASSERT_EQ(foil->changes.size(), 1u);
    expect_change(foil->changes[0], Rule::R1, Measure::SurplusKw, 1, 1.5, 0.5);
    home.pv(4000);
    EXPECT_FALSE(home.foil()) << "it starts now";
}

TEST(Counterfactual, FindsTheChargeFromWhichTheBatteryLeavesEnough) {
    Home home;
    home.config.rules.battery_first = true;
    home.pv(4000);
    home.soc(85);
    // At 89 % the battery still asks for 1 % of 10 kWh in a sixth of an hour at 95 %: 632 W.
    const auto foil = home.foil();
    ASSERT_TRUE(foil);
    ASSERT_EQ(foil->changes.size(), 1u);
    expect_change(foil->changes[0], Rule::R1, Measure::BatterySocPct, 85, 89, 4);
    EXPECT_EQ(foil->wanted, Action::Throttle);
}

TEST(Counterfactual, ChoosesTheNearestBand) {
    Home home;
    home.config.rules.strategy = Strategy::SocBand;
    home.soc(70);
    auto foil = home.foil();
    ASSERT_TRUE(foil);
    ASSERT_EQ(foil->changes.size(), 1u);
    expect_change(foil->changes[0], Rule::R1, Measure::BatterySocPct, 70, 80, 10);
    EXPECT_EQ(foil->wanted, Action::Start);

    home.pv(5950);
    foil = home.foil();
    ASSERT_TRUE(foil);
    ASSERT_EQ(foil->changes.size(), 1u);
    expect_change(foil->changes[0], Rule::R1, Measure::PvPowerW, 5950, 6000, 50);
    EXPECT_EQ(foil->wanted, Action::Throttle);
}

TEST(Counterfactual, CountsForALaterLoadWhatTheEarlierOnesLeave) {
    Home home;
    home.config.loads.push_back(LoadConfig{.id = "rod", .name = "Rod"});
    home.memory.loads.push_back({});
    home.state.loads.push_back({});
    home.pv(4000);
    const auto foil = home.foil(1);
    ASSERT_TRUE(foil);
    ASSERT_EQ(foil->changes.size(), 1u);
    expect_change(foil->changes[0], Rule::R1, Measure::SurplusKw, 2 - 1.674, 0.8, 0.5);
}

TEST(Counterfactual, IsSilentWhereNoSignalHelps) {
    const auto silent = [](auto&& spoil) {
        Home home;
        spoil(home);
        return !home.foil();
    };
    EXPECT_TRUE(silent([](Home& h) { h.memory.autonomy = AutonomyLevel::Manual; }));
    EXPECT_TRUE(silent([](Home& h) { h.memory.autonomy = AutonomyLevel::Assist; }));
    EXPECT_TRUE(silent([](Home& h) { h.memory.is_emergency = true; }));
    EXPECT_TRUE(silent([](Home& h) { h.state.is_shutting_down = true; }));
    EXPECT_TRUE(silent([](Home& h) { h.state.is_held_by_guard = true; }));
    EXPECT_TRUE(silent([](Home& h) { h.state.loads[0].is_unconfirmed = true; }));
    EXPECT_TRUE(silent([](Home& h) { h.state.site.battery_soc = {}; }));
    EXPECT_TRUE(silent([](Home& h) { h.config.policy.policy = Policy::ExportFirst; }));
    EXPECT_TRUE(silent([](Home& h) { h.config.rules.soc_soft_min = Percent{100}; }));
    EXPECT_TRUE(silent([](Home& h) {
        h.memory.loads[0].wish = Override{.until = h.state.time + 60'000, .before = {}};
    }));
}

TEST(StopMargin, NamesTheBoundThatWouldEndTheRunFirst) {
    Home home;
    home.pv(6000);
    home.run(kFull, 5);
    home.soc(62);
    auto margin = home.margin();
    ASSERT_TRUE(margin);
    EXPECT_EQ(name_of(margin->rule), "R2");
    EXPECT_EQ(name_of(margin->measure), name_of(Measure::NetImportW));
    EXPECT_NEAR(margin->gap, 920, 1e-9);

    home.state.site.grid_export = admit<Watts>(Signal::GridExport, 2000);
    margin = home.margin();
    ASSERT_TRUE(margin);
    EXPECT_EQ(name_of(margin->measure), name_of(Measure::BatterySocPct));
    EXPECT_NEAR(margin->bound, 50, 1e-9);
    EXPECT_NEAR(margin->gap, 12, 1e-9);
}

TEST(StopMargin, LeavesOutWhatTheMinimumRunTimeHoldsBack) {
    Home home;
    home.pv(2850);
    home.run(kEco, 5);
    ASSERT_TRUE(home.margin());
    EXPECT_EQ(name_of(home.margin()->measure), name_of(Measure::SurplusKw));
    EXPECT_NEAR(home.margin()->gap, 0, 1e-9) << "0.05 kW are less than a step";
    home.run(kEco, 1);
    ASSERT_TRUE(home.margin());
    EXPECT_NE(name_of(home.margin()->measure), name_of(Measure::SurplusKw));
}

TEST(StopMargin, IsWhatFullPowerNeedsWhereALoadKnowsOnlyOnAndOff) {
    Home home;
    home.config.loads[0].can_throttle = false;
    home.config.rules.max_grid_import = Watts{20'000};
    home.run(kFull, 10);
    home.pv(4000);
    const auto margin = home.margin();
    ASSERT_TRUE(margin);
    EXPECT_EQ(name_of(margin->measure), std::string{"surplus_kw"});
    EXPECT_EQ(margin->bound, 1.5);
}

TEST(StopMargin, IsEmptyForALoadThatIsOff) { EXPECT_FALSE(Home{}.margin()); }

}  // namespace
