#include "engine/minute_log.hpp"

#include "engine/testing_house.hpp"

using namespace bitgrid;
using namespace bitgrid::engine::testing;

namespace {

using MinutesOfTheHouse = House;

double mean_pv(const core::EnergyState& minute) { return minute.site.pv_power->value; }

TEST_F(MinutesOfTheHouse, AreJournalledOnceABlockWithWhatIsDecided) {
    live(kBlock / 2);
    pv_w = 1000;
    live(kBlock / 2 + kMinute);
    const auto all = journal.all<core::MinutesMeasured>();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].block, kTenOClock.ms / kBlock);
    ASSERT_EQ(all[0].minutes.size(), 10U);
    EXPECT_EQ(all[0].minutes[0].time, kTenOClock + kMinute);
    EXPECT_EQ(all[0].minutes[9].time, kTenOClock + kBlock);
    EXPECT_NEAR(mean_pv(all[0].minutes[1]), 4000.5, 0.6);
    EXPECT_NEAR(mean_pv(all[0].minutes[7]), 1000.5, 0.6);
    EXPECT_NEAR(all[0].minutes[7].site.grid_export->value, 600, 3);
    EXPECT_NEAR(all[0].minutes[7].loads[0].power->value, 0, 0.1);
}

TEST_F(MinutesOfTheHouse, LeaveOutWhatNobodyMeasured) {
    live(3 * kMinute);
    has_site = miner_reports = false;
    for (int i = 0; i < 80; ++i) clock.advance(5'000);  // nobody says anything
    live(kBlock);
    const auto all = journal.all<core::MinutesMeasured>();
    ASSERT_GE(all.size(), 1U);
    EXPECT_LT(all[0].minutes.size(), 9U);
    for (const core::EnergyState& minute : all[0].minutes)
        EXPECT_TRUE(minute.site.pv_power || minute.loads[0].power || minute.loads[1].power ||
                    minute.site.battery_soc || minute.loads[0].temp);
}

TEST_F(MinutesOfTheHouse, AreWrittenWhenTheProgramEnds) {
    live(3 * kMinute + 1'000);
    engine->shut_down(1'000, [] {});
    live(5'000);
    const auto all = journal.all<core::MinutesMeasured>();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].minutes.size(), 3U);
}

TEST(MinuteLogTest, NeverMixesBlocksNorKeepsMoreThanAnHour) {
    core::EnergyState known;
    known.site.pv_power = core::admit<core::Watts>(core::Signal::PvPower, 5);
    bitgrid::engine::MinuteLog log{kBlock};
    log.begin(kTenOClock);
    EXPECT_FALSE(log.is_over(kTenOClock + 59'999));
    EXPECT_TRUE(log.is_over(kTenOClock + kMinute));
    EXPECT_FALSE(log.add(known, kTenOClock + kBlock)) << "a minute that ended late";
    EXPECT_FALSE(log.add({}, kTenOClock + kBlock + kMinute)) << "nothing is known of it";
    const auto before = log.add(known, kTenOClock + kBlock + 2 * kMinute);
    ASSERT_TRUE(before);
    ASSERT_EQ(before->minutes.size(), 1U);
    EXPECT_EQ(before->minutes[0].time, kTenOClock + kMinute);
    std::size_t most = 0;
    for (int i = 0; i < 100; ++i)  // the clock is set back again and again
        if (const auto full = log.add(known, kTenOClock + kBlock + kMinute))
            most = std::max(most, full->minutes.size());
    EXPECT_EQ(most, 60U);
    EXPECT_TRUE(log.take());
    EXPECT_FALSE(log.take());
}

}  // namespace
