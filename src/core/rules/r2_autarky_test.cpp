#include <gtest/gtest.h>

#include "core/sample_home.hpp"

using namespace bitgrid::core;
using sample::Home;

namespace {

TEST(R2Autarky, StopsAtTheHardReserveAndHoldsAtTheSoftOne) {
    EXPECT_EQ(Home{}.soc(50).code(), "STOP_R2_SOC_HARD_MIN");
    EXPECT_EQ(Home{}.soc(50.1).code(), "NOOP_R2_SOC_SOFT_MIN");
    EXPECT_EQ(Home{}.soc(58).code(), "NOOP_R2_SOC_SOFT_MIN");
    EXPECT_EQ(Home{}.soc(58.1).code(), "START_R1_SURPLUS_OK");
}

TEST(R2Autarky, NeverLetsTheSoftBandHideAnImport) {
    EXPECT_EQ(Home{}.soc(55).grid_import(500.1).code(), "STOP_R2_GRID_IMPORT_EXCEEDED");
    EXPECT_EQ(Home{}.soc(55).grid_import(500).code(), "NOOP_R2_SOC_SOFT_MIN");
}

TEST(R2Autarky, JudgesTheNetOfImportAndExport) {
    Home home;
    home.grid_import(900);
    home.state.site.grid_export = admit<Watts>(Signal::GridExport, 400);
    EXPECT_EQ(home.code(), "START_R1_SURPLUS_OK");
}

TEST(R2Autarky, TestsOnlyTheGridWhereThereIsNoBattery) {
    Home home;
    home.config.site.has_battery = false;
    home.soc(10);
    EXPECT_EQ(home.code(), "START_R1_SURPLUS_OK");
    EXPECT_EQ(home.grid_import(501).code(), "STOP_R2_GRID_IMPORT_EXCEEDED");
}

TEST(R2Autarky, BreaksMinimumRuntime) {
    EXPECT_EQ(Home{}.running().changed(Action::Start, 0).soc(49).code(), "STOP_R2_SOC_HARD_MIN");
}

TEST(R2Autarky, StopsBetweenBlocksOnceTheImportHasLasted) {
    Home home;
    home.running().state.site.fast_import_for = admit<Seconds>(Signal::LoadHeartbeat, 60);
    EXPECT_EQ(home.code(), "STOP_R2_GRID_IMPORT_EXCEEDED");
    home.state.site.fast_import_for = admit<Seconds>(Signal::LoadHeartbeat, 59.9);
    EXPECT_EQ(home.code(), "START_R1_SURPLUS_OK");
}

}  // namespace
