#include <limits>

#include "engine/testing_house.hpp"

using namespace bitgrid;
using namespace bitgrid::engine::testing;

namespace {

TEST_F(House, StopsAnOverheatedMinerAtOnceAndBeforeTheJournalAnswers) {
    live_until_started();
    journal.mood = engine::fake::Journal::Mood::KeepsSilent;
    load("miner", Signal::LoadTemp, 85.0);
    EXPECT_EQ(miner.last(), core::kFull) << "85.0 is allowed";
    load("miner", Signal::LoadTemp, 85.0000001);
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_TRUE(miner.commands.back().is_safety);
    EXPECT_EQ(journal.decisions().back()->decision.code, Code::Stop_R3_OVERTEMP);
    EXPECT_EQ(journal.decisions().back()->trigger, core::Trigger::SafetyAsync);
}

TEST_F(House, KeepsALoadLockedOutForAnHourAfterHeat) {
    live_until_started();
    load("miner", Signal::LoadTemp, 90);
    live(59 * kMinute);
    EXPECT_EQ(last_code(0), Code::Stop_R3_LOCKOUT);
    live(21 * kMinute);
    EXPECT_EQ(miner.last(), core::kFull);
}

TEST_F(House, StopsWhereATemperatureIsMissingAbsurdOrNotANumber) {
    for (const double absurd : {std::numeric_limits<double>::quiet_NaN(), -273.0, 1e9}) {
        clock.advance(2 * kBlock);
        live(8 * kBlock);
        ASSERT_EQ(miner.last(), core::kFull);
        load("miner", Signal::LoadTemp, absurd);
        EXPECT_EQ(miner.last(), core::kOff) << absurd;
    }
}

TEST_F(House, TakesSilenceForAFaultOnceTheLoadShouldSpeak) {
    live_until_started();
    live(3 * kMinute);
    miner_reports = false;
    live(40'000);
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_EQ(journal.all<core::SafetyTripped>().back().code, Code::Stop_R3_MISSING_TELEMETRY);
}

TEST_F(House, DoesNotBlameALoadThatIsOffForItsSilence) {
    pv_w = 0;
    miner_reports = false;
    live(5 * kBlock);
    EXPECT_EQ(last_code(0), Code::Noop_R1_INSUFFICIENT_SURPLUS);
    EXPECT_TRUE(journal.all<core::SafetyTripped>().empty());
}

TEST_F(House, StopsEverythingWhereARequiredSignalOfTheSiteGoesStaleAndStartsNothing) {
    live_until_started();
    has_site = false;
    live(35'000);
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_EQ(rod.last(), core::kOff);
    EXPECT_TRUE(engine->look().is_degraded);
    EXPECT_THAT(engine->look().missing_signals, ::testing::Contains("pv_power_w"));
}

TEST_F(House, RetriesAStopAndCutsTheRelayWhereItIsNotConfirmed) {
    live_until_started();
    ignores_stop = true;
    load("miner", Signal::LoadTemp, 90);
    live(4'000);
    EXPECT_GE(miner.commands.size(), 3u);
    EXPECT_TRUE(relay.is_closed);
    live(6'000);
    EXPECT_FALSE(relay.is_closed) << "after heat the relay waits five seconds only";
    live(10'000);
    EXPECT_EQ(engine->look().loads[0].confirmation, ports::Confirmation::Confirmed);
}

TEST_F(House, RaisesTheAlarmWhereEvenTheRelayDoesNotHelp) {
    live_until_started();
    welded = true;
    load("miner", Signal::LoadTemp, 90);
    live(2 * kMinute);
    EXPECT_EQ(engine->look().loads[0].confirmation, ports::Confirmation::Failed);
    EXPECT_EQ(journal.all<core::CommandReported>().back().state, core::CommandState::Failed);
}

TEST_F(House, RenewsLeaseAndDeadMansSwitchWhileItRuns) {
    live_until_started();
    const int before = relay.renewals;
    live(2 * kMinute);
    EXPECT_GE(relay.renewals - before, 2);
    EXPECT_GE(miner.renewals, 10);
    EXPECT_GT(*engine->look().loads[0].dead_man_left_s, 0);
}

TEST_F(House, LatchesTheEmergencyStopUntilSomebodyAcknowledges) {
    live_until_started();
    engine->control().emergency_stop("button", [](const ports::Reply&) {});
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_EQ(rod.last(), core::kOff);
    live(2 * 60 * kMinute);
    EXPECT_EQ(last_code(0), Code::Stop_R3_EMERGENCY);
    engine->control().acknowledge("button", [](const ports::Reply&) {});
    live(kBlock);
    EXPECT_EQ(miner.last(), core::kFull);
}

TEST_F(House, StopsTheLastLoadFirstWhereTheGridGivesTooMuchForAMinute) {
    live_until_started();
    import_w = 2500;
    live(55'000);
    EXPECT_EQ(rod.last(), core::kFull);
    live(15'000);
    EXPECT_EQ(rod.last(), core::kOff);
    EXPECT_EQ(miner.last(), core::kFull);
    EXPECT_EQ(last_code(1), Code::Stop_R2_GRID_IMPORT_EXCEEDED);
}

TEST_F(House, LetsRunWhatRunsOnASensorThatStandsStillAndStartsNothingMore) {
    live_until_started();
    pv_stands_still = true;
    live(3 * kBlock);
    EXPECT_EQ(miner.last(), core::kFull);
    EXPECT_EQ(health_of("sensor/pv_power_w"), core::HealthLevel::Warn);
    EXPECT_TRUE(engine->look().state.distrusted.has(Signal::PvPower));
    EXPECT_TRUE(engine->look().missing_signals.empty()) << "it is there";
    engine->control().set_override({"miner", core::OverrideAction::Stop, {}, 5, false, "", "x"},
                                   [](const ports::Reply&) {});
    live(4 * kBlock);
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_EQ(last_code(0), Code::Stop_R3_MISSING_TELEMETRY);
    std::string code;
    engine->control().set_override({"miner", core::OverrideAction::Start, {}, 30, true, "", "x"},
                                   [&](const ports::Reply& r) { code = r.code; });
    EXPECT_EQ(code, "REJECTED_R3_MISSING_TELEMETRY");
    pv_stands_still = false;
    live(kBlock);
    EXPECT_EQ(miner.last(), core::kFull);
    EXPECT_EQ(health_of("sensor/pv_power_w"), core::HealthLevel::Ok);
}

TEST_F(House, StopsAMinerThatStartsByItselfAndLocksItOut) {
    pv_w = 0;
    live(kBlock + kMinute);
    const auto stops = miner.commands.size();
    load("miner", Signal::LoadPower, 800);
    EXPECT_EQ(journal.all<core::SafetyTripped>().back().code, Code::Stop_R3_ACTUATOR_STUCK);
    clock.advance(1'000);
    EXPECT_EQ(miner.commands.size(), stops + 1) << "told again within a second";
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_EQ(health_of("load/miner"), core::HealthLevel::Warn);
    EXPECT_TRUE(engine->look().loads[0].memory.lockout);
}

TEST_F(House, LosesOneOfTwoLoadsWithoutTheOther) {
    live_until_started();
    live(3 * kMinute);
    ASSERT_EQ(rod.last(), core::kFull);
    miner_reports = false;
    live(40'000);
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_EQ(rod.last(), core::kFull);
}

TEST_F(House, StopsOnOneSampleThatIsTooHotWhateverComesNext) {
    live_until_started();
    load("miner", Signal::LoadTemp, 60);
    load("miner", Signal::LoadTemp, 95.1);
    load("miner", Signal::LoadTemp, 60);
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_TRUE(engine->look().loads[0].memory.lockout);
}

TEST_F(House, GivesEveryStopBeforeItTellsOfOne) {
    live_until_started();
    journal.mood = engine::fake::Journal::Mood::KeepsSilent;
    std::vector<std::size_t> told;  // journal entries at the moment of each stop
    const std::size_t before = journal.events.size();
    miner.on_command = rod.on_command = [&] { told.push_back(journal.events.size()); };
    engine->control().emergency_stop("button", [](const ports::Reply&) {});
    EXPECT_THAT(told, ::testing::ElementsAre(before, before));
}

}  // namespace
