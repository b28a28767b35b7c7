#include "adapters/cgminer/avalon_reading.hpp"

#include <gmock/gmock.h>

#include "adapters/cgminer/cgminer_reply.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters::cgminer;
using nlohmann::json;
using testing::DoubleNear;
using testing::Optional;

namespace {

AvalonReading read(const std::string& text, const char* key = "MM ID0") {
    const auto reading = read_avalon({{"STATS", {{{"STATS", 0}, {"Elapsed", 7210}, {key, text}}}}});
    EXPECT_TRUE(reading);
    return reading ? *reading : AvalonReading{};
}

TEST(AvalonReading, ReadsAMinerAtWork) {
    const AvalonReading r = read(
        "Ver[Q-26010101_aa] SYSTEMSTATU[Work: In Work, Hash Board: 1] Elapsed[7214] ITemp[27] "
        "TMax[74] TAvg[66] Fan1[1380] FanR[43%] PS[0 1216 2248 36 812 2250 838] "
        "GHSspd[54010.20] WORKMODE[0] SoftOFF[0]");
    EXPECT_THAT(r.temp_c, Optional(74.0));
    EXPECT_THAT(r.power_w, Optional(838.0));
    EXPECT_FALSE(r.is_power_estimated);
    EXPECT_THAT(r.hashrate_ths, Optional(DoubleNear(54.0102, 1e-9)));
    EXPECT_THAT(r.fan_rpm, Optional(1380.0));
    EXPECT_THAT(r.elapsed_s, Optional(7214.0));
    EXPECT_THAT(r.work_mode, Optional(0));
    EXPECT_EQ(r.phase, Phase::Working);
}

TEST(AvalonReading, SensorsWithoutPowerAreNoCold) {
    for (const char* text :
         {"TMax[-273]", "TMax[0]", "TMax[nan]", "TMax[]", "TAvg[50]", "TMax[-273] MTmax[-273 0]"})
        EXPECT_FALSE(read(text).temp_c) << text;
}

TEST(AvalonReading, TakesTheHottestOfAllBoardsAndModules) {
    EXPECT_THAT(read("TMax[70] MTmax[68 91 72]").temp_c, Optional(91.0));
    const auto two = read_avalon(
        {{"STATS", {{{"MM ID0", "TMax[70] PS[0 0 0 0 0 0 838]"}, {"MM ID1", "TMax[88]"}}}}});
    EXPECT_THAT(two->temp_c, Optional(88.0));
    EXPECT_THAT(two->power_w, Optional(838.0));
}

TEST(AvalonReading, TakesPowerWhereItIsMeasuredBest) {
    EXPECT_THAT(read("WALLPOWER[900] PS[0 1 2 3 800 5 838]").power_w, Optional(900.0));
    EXPECT_THAT(read("PS[0 1 2 3 800 5 838]").power_w, Optional(838.0));
    const AvalonReading dc = read("PS[0 1 2 3 930 5]");
    EXPECT_THAT(dc.power_w, Optional(DoubleNear(1000, 1e-9)));
    EXPECT_TRUE(dc.is_power_estimated);
    EXPECT_THAT(read("PS[0 0 0 0 0 0 0] ATA1[140-70-3600-500]").power_w, Optional(140.0));
    EXPECT_FALSE(read("PS[0 0 0 0 0 0 0] WALLPOWER[0]").power_w);
    EXPECT_FALSE(read("WALLPOWER[-5]").power_w);
}

TEST(AvalonReading, KnowsStandbyHoweverItIsSaid) {
    EXPECT_EQ(read("SYSTEMSTATU[Work: In Idle, Hash Board: 1] SoftOFF[0]").phase, Phase::Standby);
    EXPECT_EQ(read("SYSTEMSTATU[Work: In Work, Hash Board: 1] SoftOFF[1]").phase, Phase::Standby);
    EXPECT_EQ(read("SYSTEMSTATU[Work: In Init, Hash Board: 1] SoftOFF[0]").phase, Phase::Starting);
    EXPECT_EQ(read("SoftOFF[0]").phase, Phase::Working);
    EXPECT_EQ(read("TMax[70]").phase, Phase::Unknown);
}

TEST(AvalonReading, FindsTheTextUnderItsOtherName) {
    EXPECT_THAT(read("'STATS':{TMax[70]", "MM ID0:Summary").temp_c, Optional(70.0));
    EXPECT_THAT(read("TMax[70]").elapsed_s, Optional(7210.0));
}

TEST(AvalonReading, IsMuteForEveryOtherJson) {
    for (const char* text : {"null", "7", "[]", "{}", R"({"STATS":7})", R"({"STATS":[]})",
                             R"({"STATS":[7]})", R"({"STATS":[{}]})", R"({"STATS":[{"MM ID0":7}]})",
                             R"({"STATS":[{"MM ID0":""}]})", R"({"STATS":{"MM ID0":"TMax[70]"}})"})
        EXPECT_FALSE(read_avalon(json::parse(text))) << text;
}

TEST(AvalonReading, TakesNoAbsurdNumbers) {
    const AvalonReading r = read("GHSspd[-5] WORKMODE[1e9] Elapsed[inf] Fan1[1e999] TMax[300]");
    EXPECT_FALSE(r.hashrate_ths);
    EXPECT_FALSE(r.work_mode);
    EXPECT_THAT(r.elapsed_s, Optional(7210.0));
    EXPECT_FALSE(r.fan_rpm);
    EXPECT_THAT(r.temp_c, Optional(300.0)) << "heat beyond belief is for the engine to judge";
}

}  // namespace
