#include "engine/testing_house.hpp"

using namespace bitgrid;
using namespace bitgrid::engine::testing;

namespace {

TEST_F(House, ObeysAWishAtOnceAndGivesItBackWhenItEnds) {
    pv_w = 0;
    live(kBlock + kMinute);
    ports::Reply reply;
    engine->control().set_override(
        {"miner", core::OverrideAction::Start, {}, 30, false, "cmd-1", "phone"},
        [&](const ports::Reply& r) { reply = r; });
    EXPECT_TRUE(reply.is_accepted);
    EXPECT_EQ(reply.code, "START_OVERRIDE");
    EXPECT_EQ(miner.last(), core::kFull);
    live(31 * kMinute);
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_EQ(journal.all<core::OverrideEnded>().back().why, core::OverrideEnd::Expired);
}

TEST_F(House, CarriesOutWhatAWishOfTheSameKindOvertookWhileItWasWritten) {
    live(kBlock - 5'000);
    journal.mood = engine::fake::Journal::Mood::KeepsSilent;
    const auto wish = [&](core::OverrideAction action) {
        engine->control().set_override({"miner", action, {}, 30, false, "", "phone"},
                                       [](const ports::Reply&) {});
    };
    const auto write_all = [&] {
        // One after the other, as a disk does.
        for (auto& done : std::exchange(journal.waiting, {})) done(ports::Receipt{1, "hash"});
    };
    live(6'000);  // the block decides to start it, too
    ASSERT_EQ(last_code(0), Code::Start_R1_SURPLUS_OK);
    wish(core::OverrideAction::Start);
    ASSERT_EQ(miner.last(), core::kOff);
    write_all();
    EXPECT_EQ(miner.last(), core::kFull);

    wish(core::OverrideAction::Stop);
    wish(core::OverrideAction::Stop);
    write_all();
    EXPECT_EQ(miner.last(), core::kOff);

    wish(core::OverrideAction::Start);
    wish(core::OverrideAction::Stop);
    const auto before = miner.commands.size();
    write_all();
    for (std::size_t i = before; i < miner.commands.size(); ++i)
        EXPECT_EQ(miner.commands[i].target, core::kOff) << "overtaken by a stop";
}

TEST_F(House, RefusesAWishThatSafetyWouldBeatAndChangesNothing) {
    live_until_started();
    load("miner", Signal::LoadTemp, 90);
    const auto commands = miner.commands.size();
    ports::Reply reply;
    engine->control().set_override(
        {"miner", core::OverrideAction::Start, {}, 30, true, "", "phone"},
        [&](const ports::Reply& r) { reply = r; });
    EXPECT_FALSE(reply.is_accepted);
    EXPECT_EQ(reply.code, "REJECTED_R3_OVERTEMP");
    EXPECT_EQ(miner.commands.size(), commands);
    EXPECT_FALSE(engine->look().loads[0].wish);
}

TEST_F(House, RefusesAStartBelowTheHardReserveUnlessItMayBeUsed) {
    soc = 40;
    live(kBlock + kMinute);
    ports::Reply reply;
    const auto keep = [&](const ports::Reply& r) { reply = r; };
    engine->control().set_override({"miner", core::OverrideAction::Start, {}, 30, false, "", "x"},
                                   keep);
    EXPECT_EQ(reply.code, "REJECTED_R2_SOC_HARD_MIN");
    engine->control().set_override({"miner", core::OverrideAction::Start, {}, 30, true, "", "x"},
                                   keep);
    EXPECT_TRUE(reply.is_accepted);
}

TEST_F(House, GivesOneEffectToACommandThatArrivesTwice) {
    live(kBlock + kMinute);
    std::vector<ports::Reply> replies;
    for (int i = 0; i < 2; ++i)
        engine->control().set_override(
            {"rod", core::OverrideAction::Stop, {}, 30, false, "same", "x"},
            [&](const ports::Reply& r) { replies.push_back(r); });
    EXPECT_EQ(journal.all<core::OverrideSet>().size(), 1u);
    EXPECT_EQ(replies.at(0).override_id, replies.at(1).override_id);
}

TEST_F(House, OffersAProposalInAssistAndCarriesItOutWhenAccepted) {
    engine->control().set_autonomy(core::AutonomyLevel::Assist, "phone",
                                   [](const ports::Reply&) {});
    live(kBlock + kMinute);
    EXPECT_EQ(last_code(0), Code::Noop_Autonomy_ASSIST_PROPOSAL);
    EXPECT_EQ(miner.last(), core::kOff);
    ports::Reply reply;
    engine->control().accept_proposal(engine->look().loads[0].last_decision->decision_id, "phone",
                                      [&](const ports::Reply& r) { reply = r; });
    EXPECT_TRUE(reply.is_accepted);
    EXPECT_EQ(last_code(0), Code::Start_Autonomy_ASSIST_ACCEPTED);
    EXPECT_EQ(miner.last(), core::kFull);
}

TEST_F(House, RemembersWishesLockoutsAndAutonomyOverARestart) {
    live_until_started();
    load("miner", Signal::LoadTemp, 90);
    engine->control().set_override({"rod", core::OverrideAction::Stop, {}, 600, false, "", "phone"},
                                   [](const ports::Reply&) {});
    engine->control().set_autonomy(core::AutonomyLevel::Semi, "phone", [](const ports::Reply&) {});
    const ports::Checkpoint saved = journal.checkpoint;
    begin(saved);
    const ports::LiveView view = engine->look();
    EXPECT_EQ(view.autonomy, core::AutonomyLevel::Semi);
    EXPECT_EQ(view.loads[0].memory.lockout->reason, core::LockoutReason::Overtemp);
    EXPECT_EQ(view.loads[1].wish->actor, "phone");
}

TEST_F(House, UsesNewLimitsAtOnceAndLeavesWhatTheyAllowRunning) {
    live_until_started();
    const std::size_t commands = miner.commands.size();
    core::Config next = config;
    next.rules.max_chip_temp = core::Celsius{65};
    next.loads[0].name = "Avalon";
    ASSERT_TRUE(engine->use(next, {"1", "new", "test", 2, "seal"}));
    EXPECT_EQ(miner.commands.size(), commands) << "60 degrees are still allowed";
    EXPECT_EQ(engine->look().config_version, "new");
    EXPECT_EQ(engine->look().loads[0].config.name, "Avalon");
    next.rules.max_chip_temp = core::Celsius{55};
    ASSERT_TRUE(engine->use(next, {"1", "newer", "test", 3, "seal"}));
    EXPECT_EQ(miner.last(), core::kOff) << "before anything else";
    EXPECT_EQ(last_code(0), Code::Stop_R3_OVERTEMP);
    EXPECT_EQ(engine->look().loads[0].last_decision->config_version, "newer");
    live(5'000);
    EXPECT_EQ(journal.checkpoint.config_number, 3);
}

TEST_F(House, KeepsWishesAndCountersWhileItsLimitsChange) {
    live_until_started();
    engine->control().set_override({"rod", core::OverrideAction::Stop, {}, 60, false, "", "me"},
                                   [](const ports::Reply&) {});
    core::Config next = config;
    next.rules.surplus_min = core::Kilowatts{1.2};
    const auto before = engine->look();
    ASSERT_TRUE(engine->use(next, {"1", "new", "test", 2, "seal"}));
    const auto after = engine->look();
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(after.loads[i].memory, before.loads[i].memory);
        EXPECT_EQ(after.loads[i].switches_today, before.loads[i].switches_today);
    }
    EXPECT_TRUE(after.is_ready);
    EXPECT_EQ(after.loads[1].wish->actor, "me");
}

TEST_F(House, RefusesOtherLoadsWhileItRunsAndKeepsWhatHolds) {
    core::Config next = config;
    next.loads[1].id = "boiler";
    EXPECT_FALSE(engine->use(next, {"1", "new", "test", 2, "seal"}));
    next = config;
    next.loads.pop_back();
    EXPECT_FALSE(engine->use(next, {"1", "new", "test", 2, "seal"}));
    next = config;
    next.site.block_minutes = 5;
    EXPECT_FALSE(engine->use(next, {"1", "new", "test", 2, "seal"}));
    EXPECT_EQ(engine->config(), config);
    EXPECT_EQ(engine->look().config_version, "cfg");
}

}  // namespace
