#include "core/decide.hpp"

#include <gtest/gtest.h>

#include <random>

#include "core/sample_home.hpp"

using namespace bitgrid::core;
using sample::Home;

namespace {

TEST(Decide, ObeysAWishBeforeTheRulesAndAfterSafety) {
    EXPECT_EQ(Home{}.pv(0).grid_import(3000).wish(OverrideAction::Start).code(), "START_OVERRIDE");
    EXPECT_EQ(Home{}.running().wish(OverrideAction::Stop).code(), "STOP_OVERRIDE");
    EXPECT_EQ(Home{}.running().temp(90).wish(OverrideAction::Start).code(), "STOP_R3_OVERTEMP");
    const LoadDecision limited = Home{}.wish(OverrideAction::Limit).decision();
    EXPECT_EQ(name_of(limited.code), "THROTTLE_OVERRIDE");
    EXPECT_EQ(limited.target, (Target{Level::Limited, Watts{900}}));
}

TEST(Decide, LetsTheHardReserveBeatAWishUnlessItMayBeUsed) {
    for (const AutonomyLevel level :
         {AutonomyLevel::Full, AutonomyLevel::Semi, AutonomyLevel::Manual}) {
        const LoadDecision beaten =
            Home{}.soc(50).autonomy(level).wish(OverrideAction::Start).decision();
        EXPECT_EQ(name_of(beaten.code), "STOP_R2_SOC_HARD_MIN");
        EXPECT_TRUE(beaten.has_override_ended);
    }
    EXPECT_EQ(Home{}.soc(10).wish(OverrideAction::Start, true).code(), "START_OVERRIDE");
    EXPECT_EQ(Home{}.soc(55).wish(OverrideAction::Start).code(), "START_OVERRIDE")
        << "the soft band does not";
    Home band;
    band.config.rules.strategy = Strategy::SocBand;
    EXPECT_EQ(band.soc(49.9).wish(OverrideAction::Limit).code(), "STOP_R1_SOC_RESERVE_STOP");
}

TEST(Decide, ReturnsALoadToItsLevelWhenAWishEndsAndTheRulesChangeNothing) {
    Home home;
    home.running().changed(Action::Start, 0).surplus(0).wish(OverrideAction::Start);
    home.memory.loads[0].wish->until = home.state.time;
    EXPECT_EQ(home.code(), "STOP_OVERRIDE_ENDED");
    home.memory.loads[0].wish->before = kEco;
    EXPECT_EQ(home.code(), "THROTTLE_OVERRIDE_ENDED");
    EXPECT_EQ(home.outcome().memory.loads[0].target, kEco);
    EXPECT_FALSE(home.outcome().memory.loads[0].wish);
}

TEST(Decide, StaysOffAfterAStopWishUntilTheRulesStartIt) {
    Home home;
    home.changed(Action::Stop, 1).wish(OverrideAction::Stop);
    home.memory.loads[0].wish->until = home.state.time;
    EXPECT_EQ(home.code(), "NOOP_R5_MIN_PAUSE_NOT_REACHED");
}

TEST(Decide, TurnsStopsIntoAdviceInSemi) {
    const LoadDecision advice = Home{}.running().autonomy(AutonomyLevel::Semi).soc(40).decision();
    EXPECT_EQ(name_of(advice.code), "NOOP_R2_SOC_HARD_MIN");
    EXPECT_EQ(advice.target, kFull);
    EXPECT_EQ(Home{}.running().autonomy(AutonomyLevel::Semi).temp(90).code(), "STOP_R3_OVERTEMP");
}

TEST(Decide, OffersProposalsInAssistAndCarriesOutOnlyWhatWasAccepted) {
    Home home;
    home.autonomy(AutonomyLevel::Assist);
    EXPECT_EQ(home.decision().proposal, Code::Start_R1_SURPLUS_OK);
    EXPECT_EQ(home.code(), "NOOP_ASSIST_PROPOSAL");
    home.memory.loads[0].accepted = Code::Start_R1_SURPLUS_OK;
    EXPECT_EQ(home.code(), "START_ASSIST_ACCEPTED");
    home.surplus(1);
    EXPECT_EQ(home.code(), "NOOP_ASSIST_PROPOSAL") << "the proposal is another one now";
    EXPECT_EQ(home.running().surplus(2).code(), "START_R1_SURPLUS_OK")
        << "no change, nothing to propose";
}

TEST(Decide, LeavesEverythingToThePersonInManual) {
    EXPECT_EQ(Home{}.autonomy(AutonomyLevel::Manual).soc(10).code(), "NOOP_MANUAL_MODE");
    EXPECT_EQ(Home{}.autonomy(AutonomyLevel::Manual).temp(90).code(), "STOP_R3_OVERTEMP");
}

TEST(Decide, GivesEachLoadWhatTheOnesBeforeItLeave) {
    Home home{3};
    home.surplus(3);
    EXPECT_EQ(home.code(0), "START_R1_SURPLUS_OK");
    EXPECT_EQ(home.code(1), "THROTTLE_R1_SURPLUS_THROTTLE");  // 3.0 - 1.674
    EXPECT_EQ(home.code(2), "NOOP_R1_INSUFFICIENT_SURPLUS");  // - 0.8
}

TEST(Decide, TouchesOnlyTheLoadsThatTheOccasionConcerns) {
    Home home{2};
    const Outcome out = decide(home.config, home.memory, home.state,
                               Occasion::between_blocks(Trigger::SafetyAsync, 1));
    ASSERT_EQ(out.decisions.size(), 1u);
    EXPECT_EQ(out.decisions[0].load, 1u);
    EXPECT_EQ(out.memory.loads[0], home.memory.loads[0]);
}

TEST(Decide, RecordsAllFiveVotesWhicheverDecides) {
    const LoadDecision d =
        Home{}.running().changed(Action::Start, 9).temp(90).soc(40).price(99).decision();
    EXPECT_EQ(name_of(d.code), "STOP_R3_OVERTEMP");
    EXPECT_EQ(name_of(d.votes[0].code), "STOP_R1_PRICE_TOO_HIGH");
    EXPECT_EQ(name_of(d.votes[1].code), "STOP_R2_SOC_HARD_MIN");
    EXPECT_FALSE(d.votes[4].facts.empty());
}

// Whatever the state: safety wins, nothing starts blind, and the same input gives the same output.
TEST(Decide, NeverRunsALoadThatSafetyStopsInAnyOfManyRandomHomes) {
    std::mt19937 random{42};
    const auto pick = [&](double lo, double hi) {
        return std::uniform_real_distribution{lo, hi}(random);
    };
    for (int i = 0; i < 50'000; ++i) {
        Home home;
        if (pick(0, 1) < 0.5) home.running(pick(0, 1) < 0.5 ? kEco : kFull);
        home.pv(pick(-200, 9000))
            .house(pick(0, 4000))
            .grid_import(pick(-10, 3000))
            .soc(pick(-1, 101));
        home.temp(pick(40, 100))
            .heartbeat_age(pick(0, 120))
            .price(pick(-20, 60))
            .forecast(pick(-1, 6));
        home.changed(Action::Start, static_cast<std::int64_t>(pick(0, 6)));
        home.autonomy(static_cast<AutonomyLevel>(pick(0, 3.99)));
        if (pick(0, 1) < 0.3)
            home.wish(static_cast<OverrideAction>(pick(0, 2.99)), pick(0, 1) < 0.5);
        const Outcome out = home.outcome();
        const LoadDecision& d = out.decisions[0];
        if (judge_safety(home.config, home.memory, home.state, 0).is_binding) {
            ASSERT_EQ(d.target, kOff);
        }
        if (is_degraded(home.config, home.state)) {
            ASSERT_FALSE(d.target.is_on());
        }
        ASSERT_EQ(out.memory.loads[0].target, d.target);
        ASSERT_EQ(home.outcome().memory, out.memory);
    }
}

}  // namespace
