#include "sim/house_physics.hpp"

#include <gtest/gtest.h>

#include "sim/data_paths.hpp"

using namespace bitgrid;
using namespace bitgrid::sim;

namespace {

Recording recorded_home() {
    auto home = read_recording(find_data("data")->home());
    return std::move(home).value();
}

core::UnixTime may(const char* time) { return *parse_time(std::string{"2024-05-"} + time); }

void run(HousePhysics& house, int seconds) {
    for (int i = 0; i < seconds; ++i) house.step(1000);
}

TEST(HousePhysics, BalancesEveryWattOfEverySecondWhateverHappens) {
    HousePhysics house{{}, recorded_home(), may("21T04:00")};
    for (int s = 0; s < 12 * 3600; ++s) {
        if (s == 3600) house.miner_plug.set(true, std::nullopt);
        if (s == 7200) house.rod_plug.set(true, 900);
        if (s == 9000) house.car_w = 11'000;
        if (s == 12'000) house.car_w = 0;
        if (s == 20'000) house.sun_share = 0.2;
        house.step(1000);
        const Flows& f = house.flows();
        ASSERT_NEAR(f.pv_w + f.grid_w + f.battery_w, f.house_w + f.car_w + f.loads_w(), 1e-6) << s;
        ASSERT_LE(std::abs(f.battery_w), 5000.0);
        ASSERT_GE(house.battery.soc_pct(), 0);
        ASSERT_LE(house.battery.soc_pct(), 100);
    }
    const Meters& m = house.meters();
    const double in = m.pv_wh + m.import_wh + m.discharged_wh;
    const double out = m.house_wh + m.car_wh + m.loads_wh + m.charged_wh + m.export_wh;
    EXPECT_NEAR(in, out, 1e-6 * in);
    EXPECT_NEAR(house.battery.stored_wh() - 6000, m.charged_wh * 0.95 - m.discharged_wh / 0.95,
                1e-6 * in);
}

TEST(HousePhysics, KeepsTheRecordedMeanOfEveryRowWithinOnePercent) {
    HousePhysics house{{}, recorded_home(), may("20T00:00")};
    const Recording& record = house.recording();
    for (std::size_t row = 0; row < 5 * 144; ++row) {
        const Meters before = house.meters();
        run(house, 600);
        const double pv = (house.meters().pv_wh - before.pv_wh) * 6;
        const double load = (house.meters().house_wh - before.house_wh) * 6;
        EXPECT_NEAR(pv, record.pv_w.means()[row], 0.01 * record.pv_w.means()[row] + 0.5) << row;
        EXPECT_NEAR(load, record.house_w.means()[row], 0.01 * record.house_w.means()[row] + 0.5)
            << row;
    }
}

TEST(HousePhysics, GivesTheSameSecondsFromTheSameStart) {
    HousePhysics a{{}, recorded_home(), may("21T09:00")};
    HousePhysics b{{}, recorded_home(), may("21T09:00")};
    a.miner_plug.set(true, std::nullopt);
    b.miner_plug.set(true, std::nullopt);
    run(a, 4000);
    run(b, 4000);
    EXPECT_EQ(a.flows().grid_w, b.flows().grid_w);
    EXPECT_EQ(a.miner.temp_c(), b.miner.temp_c());
    EXPECT_EQ(a.battery.stored_wh(), b.battery.stored_wh());
}

TEST(HousePhysics, LosesTheMinerInTheSecondInWhichThePlugsOwnTimerOpens) {
    HousePhysics house{{}, recorded_home(), may("21T12:00")};
    house.miner_plug.set(true, 300);
    run(house, 299);
    EXPECT_GT(house.flows().miner_w, 700);
    run(house, 1);
    EXPECT_FALSE(house.miner_plug.is_on());
    EXPECT_EQ(house.flows().miner_w, 0);
    EXPECT_EQ(house.miner.phase(), MinerPhase::Unpowered);
}

TEST(HousePhysics, RestartsTheMinerByItselfWhenMainsReturnThoughItStoodBy) {
    HousePhysics house{{}, recorded_home(), may("21T12:00")};
    house.miner_plug.set(true, std::nullopt);
    run(house, 300);
    house.miner.stop();
    run(house, 30);
    EXPECT_LT(house.flows().miner_w, 30);
    house.miner_plug.set(false, std::nullopt);
    run(house, 2);
    house.miner_plug.set(true, std::nullopt);
    run(house, 300);
    EXPECT_EQ(house.miner.phase(), MinerPhase::Working);
    EXPECT_NEAR(house.flows().miner_w, 800, 1);
}

TEST(HousePhysics, KeepsFeedingALoadBehindAWeldedContact) {
    HousePhysics house{{}, recorded_home(), may("21T12:00")};
    house.rod_plug.set(true, std::nullopt);
    house.rod_plug.is_welded = true;
    house.rod_plug.set(false, std::nullopt);
    run(house, 5);
    EXPECT_FALSE(house.rod_plug.is_on());
    EXPECT_EQ(house.flows().rod_w, 1200);
}

TEST(Battery, StopsAtItsLimitsAndPaysItsEfficiencyBothWays) {
    Battery battery{{1000, 500, 0.9, 50}};
    EXPECT_DOUBLE_EQ(battery.step(2000, 3600), -500);
    EXPECT_DOUBLE_EQ(battery.stored_wh(), 950);
    EXPECT_NEAR(battery.step(2000, 3600), -50 / 0.9, 1e-9);
    EXPECT_DOUBLE_EQ(battery.soc_pct(), 100);
    EXPECT_DOUBLE_EQ(battery.step(-450, 3600), 450);
    EXPECT_DOUBLE_EQ(battery.stored_wh(), 500);
    EXPECT_DOUBLE_EQ(battery.step(-800, 3600), 450) << "only what is left, less the loss";
    EXPECT_DOUBLE_EQ(battery.step(-800, 3600), 0);
}

TEST(Battery, ObeysWhatTheInverterWasTold) {
    Battery battery{{10'000, 5000, 0.95, 50}};
    battery.set_limits({1, 0});
    EXPECT_EQ(battery.step(-3000, 1), 0) << "hold";
    battery.set_limits({0, 1});
    EXPECT_EQ(battery.step(3000, 1), 0) << "no charge";
    battery.set_limits({1, -0.4});
    EXPECT_EQ(battery.step(-3000, 1), -2000) << "forced to charge, from the grid too";
}

}  // namespace
