#include "core/energy_path.hpp"

#include <gtest/gtest.h>

#include <cmath>

using namespace bitgrid::core;

namespace {

// 2000 W at 100 TH/s are 20 J/TH. By hand: 3.6e6 / 20 = 180,000 TH for a kWh, 1.8e17 hashes;
// * 320,000,000 sat / (1e14 * 2^32) = 134.110 sat; less 2 % for the pool: 131.428 sat;
// at 100,000 EUR a bitcoin that is 13.1428 ct.
Config priced_home() {
    Config config;
    config.loads = {LoadConfig{.full_w = Watts{2000}, .full_ths = TerahashPerSecond{100}}};
    config.policy.feed_in = CentPerKwh{8};
    config.policy.avoided_import = CentPerKwh{30};
    config.policy.heat_value = CentPerKwh{12};
    config.policy.heat_useful = Percent{50};
    config.policy.btc_difficulty = 1e14;
    config.policy.btc_block_reward_sat = 320'000'000;
    config.policy.btc_price_eur = 100'000;
    return config;
}

EnergyState battery_at(double soc_pct) {
    EnergyState state;
    state.loads.push_back({});
    state.site.battery_soc = admit<Percent>(Signal::BatterySoc, soc_pct);
    return state;
}

Path preferred(const Config& config, Policy policy, const EnergyState& state = battery_at(60)) {
    Config with_policy = config;
    with_policy.policy.policy = policy;
    return judge_energy_path(with_policy, state, 1).preferred;
}

TEST(EnergyPath, ValuesEveryPathFromItsInputs) {
    const EnergyPathDecision path = judge_energy_path(priced_home(), battery_at(60), 1.2);
    EXPECT_TRUE(path.has_surplus);
    EXPECT_DOUBLE_EQ(path.value(Path::Export), 8);
    EXPECT_DOUBLE_EQ(path.value(Path::Store), 30 * 0.9025);
    EXPECT_DOUBLE_EQ(path.value(Path::Heat), 6);
    EXPECT_NEAR(path.sats_per_kwh, 131.428, 0.001);
    EXPECT_NEAR(path.value(Path::Hodl), 13.1428, 0.0001);
}

TEST(EnergyPath, LeavesWhatIsMissingUnknownAndNeverZero) {
    const EnergyPathDecision path = judge_energy_path(Config{}, battery_at(60), 1);
    for (const double value : path.value_ct_kwh) EXPECT_TRUE(std::isnan(value));
    EXPECT_TRUE(std::isnan(path.sats_per_kwh));

    Config config = priced_home();
    config.policy.btc_price_eur.reset();
    const EnergyPathDecision no_price = judge_energy_path(config, battery_at(60), 1);
    EXPECT_TRUE(std::isnan(no_price.value(Path::Hodl)));
    EXPECT_NEAR(no_price.sats_per_kwh, 131.428, 0.001) << "sats do not need a price";
}

TEST(EnergyPath, KnowsNoSatsWithoutAMinerThatHashes) {
    Config config = priced_home();
    config.loads[0].full_ths = TerahashPerSecond{0};
    EXPECT_TRUE(std::isnan(judge_energy_path(config, battery_at(60), 1).sats_per_kwh));
    config.loads[0] = LoadConfig{.kind = LoadKind::Heater};
    EXPECT_TRUE(std::isnan(judge_energy_path(config, battery_at(60), 1).sats_per_kwh));
    config.policy.btc_difficulty = 0;
    EXPECT_TRUE(std::isnan(sats_per_kwh(config.policy, JoulePerTerahash{20})));
}

TEST(EnergyPath, StoresOnlyWhatTheBatteryCanTake) {
    const Config config = priced_home();
    const auto store = [&](const Config& c, const EnergyState& s) {
        return judge_energy_path(c, s, 1).value(Path::Store);
    };
    EXPECT_FALSE(std::isnan(store(config, battery_at(99.9))));
    EXPECT_TRUE(std::isnan(store(config, battery_at(100))));

    EnergyState charging = battery_at(60);
    charging.site.battery_power = admit<Watts>(Signal::BatteryPower, -4999);
    EXPECT_FALSE(std::isnan(store(config, charging)));
    charging.site.battery_power = admit<Watts>(Signal::BatteryPower, -5000);
    EXPECT_TRUE(std::isnan(store(config, charging)));

    EnergyState blind = battery_at(60);
    blind.site.battery_soc = {};
    EXPECT_TRUE(std::isnan(store(config, blind)));

    Config no_battery = config;
    no_battery.site.has_battery = false;
    EXPECT_TRUE(std::isnan(store(no_battery, battery_at(60))));
}

TEST(EnergyPath, PrefersThePathThatThePolicyNames) {
    const Config config = priced_home();
    EXPECT_EQ(preferred(config, Policy::ExportFirst), Path::Export);
    EXPECT_EQ(preferred(config, Policy::HeatFirst), Path::Heat);
    EXPECT_EQ(preferred(config, Policy::HodlFirst), Path::Hodl);
    EXPECT_EQ(preferred(Config{}, Policy::HodlFirst), Path::Hodl);
    EXPECT_EQ(preferred(Config{}, Policy::ExportFirst), Path::Export);
}

TEST(EnergyPath, PrefersNoHeatThatNobodyCanUse) {
    Config config = priced_home();
    config.policy.heat_useful = Percent{0};
    EXPECT_EQ(preferred(config, Policy::HeatFirst), Path::Hodl);
    config.policy.heat_useful.reset();
    EXPECT_EQ(preferred(config, Policy::HeatFirst), Path::Hodl);
}

TEST(EnergyPath, AdaptsToTheHighestKnownValue) {
    Config config = priced_home();
    EXPECT_EQ(preferred(config, Policy::Adaptive), Path::Store);
    EXPECT_EQ(preferred(config, Policy::Adaptive, battery_at(100)), Path::Hodl);
    config.policy.btc_price_eur = 50'000;
    EXPECT_EQ(preferred(config, Policy::Adaptive, battery_at(100)), Path::Export);
    config.policy.btc_price_eur.reset();
    EXPECT_EQ(preferred(config, Policy::Adaptive, battery_at(100)), Path::Export);
    config.policy.heat_useful = Percent{100};
    EXPECT_EQ(preferred(config, Policy::Adaptive, battery_at(100)), Path::Heat);
    EXPECT_EQ(preferred(Config{}, Policy::Adaptive), Path::Hodl);
}

TEST(EnergyPath, LeavesTheLoadItsWayWhereValuesAreEqual) {
    Config config = priced_home();
    config.policy.avoided_import.reset();
    config.policy.feed_in =
        CentPerKwh{judge_energy_path(config, battery_at(60), 1).value(Path::Hodl)};
    EXPECT_EQ(preferred(config, Policy::Adaptive), Path::Hodl);
}

TEST(EnergyPath, RecordsOnlyASurplus) {
    const Config config = priced_home();
    EXPECT_FALSE(judge_energy_path(config, battery_at(60), 0).has_surplus);
    EXPECT_FALSE(judge_energy_path(config, battery_at(60), std::nan("")).has_surplus);
    EXPECT_TRUE(judge_energy_path(config, battery_at(60), 0.001).has_surplus);
}

}  // namespace
