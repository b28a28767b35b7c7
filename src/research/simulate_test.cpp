#include "research/simulate.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "research/csv_table.hpp"
#include "research/presets.hpp"
#include "research/simulate_files.hpp"

using namespace bitgrid;
using namespace bitgrid::research;

namespace {

const std::filesystem::path kHome = "data/home_may.csv";

Experiment experiment(std::string_view preset, Battery battery = {}) {
    return {*preset_named(preset, battery), battery, 50, {}, {}};
}

TEST(HouseModel, ChargesAndDischargesWithLossesWithinPowerAndCapacity) {
    const Battery battery{10, 5, 0.9};
    const Flows charging = flow(battery, 2, net_load(4000, 1000, 1000), 0.5);
    EXPECT_DOUBLE_EQ(charging.battery_w, -2000);
    EXPECT_DOUBLE_EQ(charging.stored_kwh, 2 + 2 * 0.9 * 0.5);
    EXPECT_DOUBLE_EQ(charging.export_w + charging.import_w, 0);
    const Flows giving = flow(battery, 2, net_load(0, 1000, 1000), 0.5);
    EXPECT_DOUBLE_EQ(giving.battery_w, 2000);
    EXPECT_DOUBLE_EQ(giving.stored_kwh, 2 - 2 * 0.5 / 0.9);
    EXPECT_DOUBLE_EQ(flow(battery, 0, 7000, 1).import_w, 7000);
    EXPECT_DOUBLE_EQ(flow(battery, 10, 7000, 1).import_w, 2000) << "limited to 5 kW";
    EXPECT_DOUBLE_EQ(flow(battery, 10, -7000, 1).export_w, 7000) << "full";
    EXPECT_DOUBLE_EQ(flow(Battery{0, 5, 0.9}, 0, -7000, 1).export_w, 7000) << "no battery";
    EXPECT_DOUBLE_EQ(net_load(-50, 100, 0), 100) << "a negative night value counts as 0";
}

TEST(Simulate, StartsOffAndSeesOnlyWhatHasBeen) {
    RecordedHome home{600'000, {}, {0, 4000, 4000, 0}, {0, 500, 500, 500}};
    for (int i = 0; i < 4; ++i) home.times.push_back({1'709'164'800'000 + i * 600'000});
    Experiment e = experiment("surplus");
    e.start_soc_pct = 80;
    const auto rows = simulate(home, e);
    ASSERT_EQ(rows.size(), 4u);
    EXPECT_EQ(rows[0].target, core::kOff);
    EXPECT_EQ(rows[1].target, core::kOff) << "the sun of row 1 is only known at its end";
    EXPECT_EQ(rows[2].target, core::kFull);
    EXPECT_EQ(core::name_of(rows[2].code), "START_R1_SURPLUS_OK");
    EXPECT_EQ(rows[3].load_w, 1674);
}

// A heating rod behind the miner gets what that leaves.
TEST(Simulate, LetsSeveralLoadsLiveTogetherInTheirOrder) {
    RecordedHome home{600'000, {}, {4000, 4000, 4000, 2500, 2500}, {500, 500, 500, 500, 500}};
    for (int i = 0; i < 5; ++i) home.times.push_back({1'709'164'800'000 + i * 600'000});
    Experiment e = experiment("surplus");
    e.start_soc_pct = 80;
    core::LoadConfig rod;
    rod.id = "rod";
    rod.kind = core::LoadKind::Heater;
    rod.full_w = core::Watts{1000};
    rod.has_temperature = rod.can_throttle = false;
    e.config.loads.push_back(rod);
    e.config.rules.min_runtime_blocks = 0;
    e.config.rules.deadband_hold_blocks = 0;
    const auto alone = simulate(home, e);
    EXPECT_EQ(alone.front().loads(), 1u) << "unless more are asked for";
    e.loads = core::kMaxLoads;
    const auto rows = simulate(home, e);
    ASSERT_EQ(rows.front().loads(), 2u);
    EXPECT_EQ(rows[1].loads_w(), 2674) << "3.5 kW are left, the miner takes 1.7 of it";
    EXPECT_EQ(rows[4].load(0).target, core::kFull);
    EXPECT_EQ(rows[4].load(1).target, core::kOff) << "0.3 kW are left for it";
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Flows& flows = rows[i].flows;
        EXPECT_NEAR(flows.import_w - flows.export_w + flows.battery_w,
                    home.house_w[i] + rows[i].loads_w() - home.pv_w[i], 1e-9);
    }
    const Summary s = summarise(home, e, rows, {});
    EXPECT_NEAR(s.load_kwh, (3 * 2.674 + 1.674) / 6, 1e-9);
    EXPECT_EQ(s.switches, 2) << "the rod's, the miner switches once";
}

// The schedule's energies again from its levels alone, with arithmetic of its own.
TEST(Simulate, WritesAScheduleThatAnIndependentReplayOfTheHouseConfirms) {
    const auto file = read_home(kHome);
    ASSERT_TRUE(file) << file.error().what;
    const Experiment e = experiment("battery-first");
    const auto path = std::filesystem::temp_directory_path() /
                      ("simulate_test_" + std::to_string(::getpid()) + ".csv");
    ASSERT_TRUE(write_schedule(path, *file, simulate(file->home, e)));
    const CsvTable out = *CsvTable::read(path);
    std::filesystem::remove(path);
    ASSERT_EQ(out.rows(), file->home.times.size());
    EXPECT_EQ((*out.cells("timestamp"))[7], file->stamps[7]);

    const auto levels = *out.cells("level");
    const auto imports = *out.numbers("import_kwh");
    const auto exports = *out.numbers("export_kwh");
    const auto stored = *out.numbers("battery_kwh");
    double wh = 5000;
    int rows_on = 0;
    for (std::size_t i = 0; i < levels.size(); ++i) {
        const double load_w = levels[i] == "full" ? 1674 : levels[i] == "eco" ? 800 : 0;
        rows_on += load_w > 0;
        double over_wh = (file->home.pv_w[i] - file->home.house_w[i] - load_w) / 6;
        const double before_wh = wh;
        if (over_wh > 0) {
            const double in_wh = std::min({over_wh, 5000.0 / 6, (10'000 - before_wh) / 0.95});
            wh += in_wh * 0.95;
            over_wh -= in_wh;
        } else {
            const double out_wh = std::min({-over_wh, 5000.0 / 6, before_wh * 0.95});
            wh -= out_wh / 0.95;
            over_wh += out_wh;
        }
        ASSERT_NEAR(exports[i] - imports[i], over_wh / 1000, 1e-6) << "row " << i;
        ASSERT_NEAR(stored[i], wh / 1000, 1e-6) << "row " << i;
        ASSERT_EQ(std::min(imports[i], exports[i]), 0) << "row " << i;
    }
    EXPECT_GT(rows_on, 10);
}

TEST(Simulate, BatteryFirstBuysLessFromTheGridThanPlainThresholds) {
    RecordedHome home = read_home(kHome)->home;
    for (double& pv_w : home.pv_w) pv_w *= 0.5;
    const auto extra = [&](std::string_view preset) {
        Experiment e = experiment(preset);
        e.config.rules.soc_hard_min = core::Percent{5};
        e.config.rules.soc_soft_min = core::Percent{10};
        return summarise(home, e, simulate(home, e), {}).extra_grid_kwh();
    };
    EXPECT_LT(extra("battery-first"), extra("surplus"));
}

TEST(Simulate, GivesTheSameScheduleAgain) {
    const RecordedHome home = read_home(kHome)->home;
    const Experiment e = experiment("surplus");
    const auto once = simulate(home, e);
    const auto again = simulate(home, e);
    for (std::size_t i = 0; i < once.size(); ++i) {
        ASSERT_EQ(once[i].code, again[i].code);
        ASSERT_EQ(once[i].flows.stored_kwh, again[i].flows.stored_kwh);
    }
}

TEST(Simulate, LetsForecastAndPriceVetoAStart) {
    const RecordedHome home = read_home(kHome)->home;
    Experiment e = experiment("surplus");
    const auto starts = [&] {
        const Summary s = summarise(home, e, simulate(home, e), {});
        const auto count = s.rows_by_code.find("START_R1_SURPLUS_OK");
        return count == s.rows_by_code.end() ? 0 : count->second;
    };
    const int free = starts();
    EXPECT_GT(free, 0);
    e.forecast_w = HeldSeries{{home.times.front()}, {0}, 400'000'000'000};
    EXPECT_EQ(starts(), 0);
    e.forecast_w = {};
    e.price_ct_kwh = HeldSeries{{home.times.front()}, {99}, 400'000'000'000};
    EXPECT_EQ(starts(), 0);
    e.price_ct_kwh = {};
    e.forecast_w = perfect_forecast(home);
    EXPECT_GT(starts(), 0);
}

TEST(SimulateSummary, CountsMoneyAgainstTheHouseWithoutTheLoad) {
    RecordedHome home{3'600'000, {{0}, {3'600'000}}, {2000, 2000}, {0, 0}};
    Experiment e = experiment("surplus", Battery{0, 5, 0.95});
    Tariff tariff;
    tariff.sats_per_ths_day = HeldSeries{{{0}}, {24}, 86'400'000};
    tariff.btc_eur = HeldSeries{{{0}}, {1e8}, 86'400'000};
    const Summary s = summarise(home, e, simulate(home, e), tariff);
    EXPECT_DOUBLE_EQ(s.without_load.export_kwh, 4);
    EXPECT_DOUBLE_EQ(s.load_kwh, 1.674);
    EXPECT_DOUBLE_EQ(s.captured_pct(), 41.85);
    EXPECT_DOUBLE_EQ(s.extra_grid_kwh(), 0);
    EXPECT_EQ(s.switches, 1);
    EXPECT_DOUBLE_EQ(*s.sats, 90);
    EXPECT_DOUBLE_EQ(*s.net_eur(), 90 - 1.674 * 0.08);
    EXPECT_EQ(summarise(home, e, simulate(home, e), {}).net_eur(), std::nullopt);
}

TEST(SimulateFiles, ForecastFromHistoryIsTheMeanOfTheSameTimeOnDaysBefore) {
    RecordedHome home{3'600'000, {}, {}, {}};
    for (int hour = 0; hour < 72; ++hour) {
        home.times.push_back({hour * 3'600'000LL});
        home.pv_w.push_back(hour);
        home.house_w.push_back(0);
    }
    const HeldSeries forecast = forecast_from_history(home);
    EXPECT_EQ(forecast.at({23 * 3'600'000LL}), std::nullopt);
    EXPECT_EQ(forecast.at({30 * 3'600'000LL}), 6);
    EXPECT_EQ(forecast.at({60 * 3'600'000LL}), (36 + 12) / 2.0);
}

TEST(SimulateFiles, KeepsOnlyTheRowsAskedFor) {
    HomeFile file = *read_home(kHome);
    const core::UnixTime from = file.home.times[10];
    const core::UnixTime to = file.home.times[16];
    keep_only(file, from, to);
    EXPECT_EQ(file.home.times.size(), 6u);
    EXPECT_EQ(file.stamps.size(), 6u);
    EXPECT_EQ(file.home.times.front(), from);
    keep_only(file, to, from);
    EXPECT_TRUE(file.home.times.empty());
}

}  // namespace
