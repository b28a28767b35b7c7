#include "engine/testing_house.hpp"

using namespace bitgrid;
using namespace bitgrid::engine::testing;

namespace {

TEST_F(House, CommandsEveryLoadOffAtStartAndDecidesNothingBeforeItIsReady) {
    EXPECT_EQ(miner.commands.at(0).target, core::kOff);
    EXPECT_EQ(rod.commands.at(0).target, core::kOff);
    has_site = false;
    live(2 * kBlock);
    EXPECT_TRUE(journal.decisions().empty());
    EXPECT_FALSE(engine->is_ready());
}

TEST_F(House, StartsTheLoadsInOrderOnWhatTheOnesBeforeLeave) {
    live_until_started();
    EXPECT_EQ(last_code(0), Code::Start_R1_SURPLUS_OK);
    EXPECT_DOUBLE_EQ(engine->look().loads[0].last_decision->decision.surplus_kw, 3.6);
    EXPECT_NEAR(engine->look().loads[1].last_decision->decision.surplus_kw, 3.6 - 1.674, 1e-9);
    EXPECT_EQ(rod.last(), core::kFull);
    EXPECT_TRUE(relay.is_closed);
}

TEST_F(House, JournalsBeforeItActs) {
    live(kBlock - 5'000);
    journal.mood = engine::fake::Journal::Mood::KeepsSilent;
    live(6'000);
    ASSERT_FALSE(journal.decisions().empty());
    EXPECT_EQ(miner.last(), core::kOff);
    for (auto& done : std::exchange(journal.waiting, {})) done(ports::Receipt{1, "hash"});
    EXPECT_EQ(miner.last(), core::kFull);
}

TEST_F(House, GoesOnWithoutAJournalThatFailsAndSaysSo) {
    journal.mood = engine::fake::Journal::Mood::Fails;
    live_until_started();
    EXPECT_EQ(health_of("journal"), core::HealthLevel::Error);
}

TEST_F(House, HoldsForOneBlockAfterAJumpOfTheClockAndDecidesNoBlockTwice) {
    live_until_started();
    const auto before = journal.decisions().size();
    clock.jump_wall(-2 * kBlock);
    live(3 * kBlock);
    const auto jumps = journal.all<core::TimeDriftDetected>();
    ASSERT_EQ(jumps.size(), 1u);
    EXPECT_EQ(jumps[0].jump_ms, -2 * kBlock);
    std::map<std::pair<std::string, core::BlockId>, int> ticks;
    for (const auto& d : journal.decisions())
        if (d->trigger == core::Trigger::BlockTick) ++ticks[{d->load_id, d->block}];
    for (const auto& [where, count] : ticks)
        EXPECT_EQ(count, 1) << where.first << " " << where.second;
    EXPECT_GE(journal.decisions().size(), before);
}

TEST_F(House, LeavesEveryLoadOffWhenItEnds) {
    live_until_started();
    bool is_done = false;
    engine->shut_down(8'000, [&] { is_done = true; });
    EXPECT_EQ(miner.last(), core::kOff);
    live(10'000);
    EXPECT_TRUE(is_done);
    EXPECT_TRUE(journal.checkpoint.is_stopped);
    EXPECT_EQ(journal.all<core::Stopped>().size(), 1u);
}

TEST_F(House, StopsItsLoadsOnceAndThenOnlyWatchesWhileAnotherControllerHasTheSite) {
    live_until_started();
    engine->take(ports::Charge::Watching);
    EXPECT_EQ(miner.last(), core::kOff);
    const std::size_t commands = miner.commands.size();
    const std::size_t decisions = journal.decisions().size();
    const int renewals = relay.renewals;
    temp_c = 120;  // what the other one's load does is the other one's business
    live(2 * kBlock);
    EXPECT_EQ(miner.commands.size(), commands);
    EXPECT_EQ(journal.decisions().size(), decisions);
    EXPECT_EQ(relay.renewals, renewals);
    std::string code;
    const auto answer = [&](const ports::Reply& reply) { code = reply.code; };
    engine->control().emergency_stop("me", answer);
    EXPECT_EQ(code, "NOT_IN_CONTROL");
    code.clear();
    engine->control().set_override({}, answer);
    EXPECT_EQ(code, "NOT_IN_CONTROL");
    EXPECT_FALSE(engine->look().is_emergency);
    EXPECT_EQ(engine->look().state.site.pv_power->value, 4000) << "it goes on measuring";
}

TEST_F(House, CommandsEverythingOffAndDecidesAgainWhenItTakesOver) {
    engine->take(ports::Charge::Watching);
    live(kBlock + kMinute);
    EXPECT_TRUE(journal.decisions().empty());
    const std::size_t commands = miner.commands.size();
    engine->take(ports::Charge::Full);
    EXPECT_EQ(miner.commands.size(), commands + 1);
    EXPECT_EQ(miner.last(), core::kOff);
    live(kBlock);
    EXPECT_EQ(miner.last(), core::kFull);
}

TEST_F(House, EndsAtOnceWithoutStoppingWhatAnotherControllerRuns) {
    live_until_started();
    engine->take(ports::Charge::Watching);
    const std::size_t commands = miner.commands.size();
    bool is_done = false;
    engine->shut_down(60'000, [&] { is_done = true; });
    live(5'000);
    EXPECT_TRUE(is_done);
    EXPECT_EQ(miner.commands.size(), commands);
}

TEST_F(House, GivesHealthAStableCodeBesideItsWords) {
    engine->coded("mqtt", ports::Condition::Warn, "BROKER_AWAY", "broker: refused");
    engine->coded("mqtt", ports::Condition::Warn, "BROKER_AWAY", "broker: timed out");
    engine->coded("mqtt", ports::Condition::Warn, "QUEUE_FULL", "1000 events wait");
    engine->health("mqtt", ports::Condition::Ok, "");
    live(5'000);
    std::vector<std::string> codes;
    for (const core::HealthChanged& change : journal.all<core::HealthChanged>())
        if (change.part == "mqtt") codes.push_back(change.code);
    EXPECT_EQ(codes, (std::vector<std::string>{"BROKER_AWAY", "QUEUE_FULL", ""}))
        << "another reason of the same kind is no event";
}

TEST_F(House, ShowsSinceWhenALoadIsHeldAcrossBlocks) {
    live_until_started();
    temp_c = 95;
    live(5'000);
    const core::UnixTime tripped = engine->look().loads[0].code_since;
    EXPECT_LE(clock.wall() - tripped, 5'000);
    temp_c = 60;
    live(kBlock);
    const core::UnixTime locked = engine->look().loads[0].code_since;
    live(2 * kBlock);
    EXPECT_EQ(last_code(0), Code::Stop_R3_LOCKOUT);
    EXPECT_EQ(engine->look().loads[0].code_since, locked) << "each block says so again";
}

TEST_F(House, ShowsWhenTheCycleLastRanThroughAndWhatTheLastSelfTestFound) {
    live(5'000);
    EXPECT_LE(clock.wall() - engine->look().last_cycle, 1'000);
    EXPECT_FALSE(engine->look().drill);
    engine->note(core::DrillReported{"miner", true, "local", {}});
    ASSERT_TRUE(engine->look().drill);
    EXPECT_EQ(engine->look().drill->time, clock.wall());
    EXPECT_TRUE(engine->look().drill->report.is_passed);
}

TEST_F(House, ShowsBadMessagesAsAWarningUntilAMinuteAfterTheLast) {
    engine->health("mqtt", ports::Condition::Ok, "");
    engine->rejected("mqtt", {core::ErrorCode::BadInput, "not JSON"});
    EXPECT_EQ(health_of("mqtt"), core::HealthLevel::Warn);
    live(50'000);
    engine->rejected("mqtt", {core::ErrorCode::BadInput, "not JSON either"});
    live(50'000);
    EXPECT_EQ(health_of("mqtt"), core::HealthLevel::Warn);
    live(15'000);
    EXPECT_EQ(health_of("mqtt"), core::HealthLevel::Ok);

    engine->health("mqtt", ports::Condition::Error, "no broker");
    engine->rejected("mqtt", {core::ErrorCode::BadInput, "not JSON"});
    live(2 * kMinute);
    EXPECT_EQ(health_of("mqtt"), core::HealthLevel::Error) << "what is worse stays";
    std::int64_t rejected = 0;
    for (const ports::PartHealth& part : engine->look().health)
        if (part.part == "mqtt") rejected = part.rejected;
    EXPECT_EQ(rejected, 3);
}

}  // namespace
