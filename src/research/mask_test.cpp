#include "research/mask.hpp"

#include <gmock/gmock.h>

#include "core/describe.hpp"
#include "core/sample_home.hpp"
#include "research/quick_replay.hpp"
#include "wire/decision_json.hpp"
#include "wire/past_from_event.hpp"

using namespace bitgrid;
using core::sample::Home;
using research::Mask;
using testing::HasSubstr;
using testing::Not;

namespace {

constexpr std::int64_t kDay = 86'400'000;

Home home_of_anna(int block_minutes = 10) {
    Home home{2};
    home.surplus(1.7).running().changed(core::Action::Start, 1);
    home.config.site.id = "annas";
    home.config.site.name = "Annas Haus";
    home.config.site.block_minutes = block_minutes;
    home.config.loads[0].id = "anna_miner";
    home.config.loads[0].name = "Anna";
    home.config.loads[1].id = "opas_stab";
    home.config.loads[1].name = "Annas Opa";
    home.config.loads[1].kind = core::LoadKind::Heater;
    home.memory.loads[0].lockout =
        core::Lockout{core::LockoutReason::Overtemp, home.state.time + 1'234'567, true, false};
    home.memory.loads[1].wish =
        core::Override{core::OverrideAction::Start, {}, false, home.state.time + 3'600'000, {}};
    return home;
}

std::vector<wire::DecisionRow> decisions_of(const Home& home) {
    std::vector<wire::DecisionRow> rows;
    const auto tick = core::Occasion::tick();
    for (const auto& made : core::decide(home.config, home.memory, home.state, tick).decisions) {
        core::DecisionEvent event =
            core::describe(home.config, made, home.memory, home.state, tick);
        event.decision_id = "0190-uuid";
        event.config_version = "old";
        event.rule_version = "1";
        rows.push_back(
            wire::rows_of_decision(wire::decision_json(event, home.config, true), 100)->decision);
        rows.back().inputs = wire::pack({home.state, home.memory});
    }
    return rows;
}

Mask mask_for(const Home& home, bool is_relative) {
    Mask::Wanted wanted{true, std::nullopt, "salt", 99};
    if (is_relative) wanted.day_zero = home.state.time;
    Mask mask{wanted};
    EXPECT_TRUE(mask.learn(home.config));
    mask.rename_version("old", "new");
    return mask;
}

TEST(Mask, DecidesTheSameInAnotherTimeUnderOtherNames) {
    for (const int minutes : {10, 15, 1, 7, 11, 60})
        for (const bool is_relative : {false, true}) {
            const Home home = home_of_anna(minutes);
            const Mask mask = mask_for(home, is_relative);
            const core::Config masked = mask.masked(home.config);
            for (wire::DecisionRow row : decisions_of(home)) {
                ASSERT_TRUE(research::quick_replay(row, home.config)->is_same);
                mask.apply(row);
                const auto again = research::quick_replay(row, masked);
                ASSERT_TRUE(again) << again.error().what;
                EXPECT_TRUE(again->is_same) << minutes << row.votes;
                const auto moment = wire::unpack(row.inputs.bytes);
                EXPECT_EQ(moment->state.time, row.time);
                EXPECT_EQ(row.block_id, core::block_of(row.time, masked.site.block_ms()));
            }
        }
}

TEST(Mask, LeavesNoNameAndNoId) {
    const Home home = home_of_anna();
    const Mask mask = mask_for(home, false);
    const core::Config masked = mask.masked(home.config);
    EXPECT_EQ(masked.site.id, "home");
    EXPECT_EQ(masked.site.time_zone, home.config.site.time_zone);
    EXPECT_EQ(masked.loads[0].id, "miner_1");
    EXPECT_EQ(masked.loads[0].name, "miner_1");
    EXPECT_EQ(masked.loads[1].id, "heater_1");
    wire::DecisionRow row = decisions_of(home)[0];
    row.command_id = "c-1";
    mask.apply(row);
    EXPECT_EQ(row.load_id, "miner_1");
    EXPECT_EQ(row.config_version, "new");
    EXPECT_EQ(row.seq, 1);
    EXPECT_THAT(row.decision_id + row.command_id, Not(HasSubstr("-")));
    EXPECT_NE(row.decision_id, row.command_id);
    wire::WordsRow words{};
    words.load_id = "opas_stab";
    words.decision_id = "0190-uuid";
    words.brief = "Annas Opa heizt in Annas Haus, weil Anna steht.";
    mask.apply(words);
    EXPECT_EQ(words.brief, "heater_1 heizt in home, weil miner_1 steht.");
    EXPECT_EQ(words.load_id, "heater_1");
    EXPECT_EQ(words.decision_id, row.decision_id);
}

TEST(Mask, CallsTheFirstDayAYearThatSaysNothing) {
    const Home home = home_of_anna();
    const Mask mask = mask_for(home, true);
    wire::WordsRow words{};
    words.time = home.state.time;
    words.details = "until 2026-06-18 09:10, not 12026-06-1";
    mask.apply(words);
    EXPECT_EQ(words.time.ms, 946'684'800'000 + home.state.time.ms % kDay);
    EXPECT_EQ(words.details, "until 2000-01-04 09:10, not 12026-06-1");
    wire::ValueRow value{};
    value.time = home.state.time;
    value.block_id = core::block_of(home.state.time, 600'000);
    mask.apply(value);
    EXPECT_EQ(value.block_id, core::block_of(value.time, 600'000));
}

TEST(Mask, ChangesNothingWhereNothingIsToBeHidden) {
    const Home home = home_of_anna();
    Mask mask{{false, std::nullopt, "salt", 99}};
    ASSERT_TRUE(mask.learn(home.config));
    EXPECT_EQ(mask.masked(home.config), home.config);
    const wire::DecisionRow row = decisions_of(home)[0];
    wire::DecisionRow same = row;
    mask.rename_version("old", "old");
    mask.apply(same);
    EXPECT_EQ(same, row);
}

TEST(Mask, HidesWhatItDoesNotKnow) {
    const Home home = home_of_anna();
    const Mask mask = mask_for(home, true);
    wire::DecisionRow row = decisions_of(home)[0];
    row.load_id = "gone_load";
    row.config_version = "unknown";
    row.block_id = 5;
    row.inputs = {"no packed state"};
    mask.apply(row);
    EXPECT_THAT(row.load_id, testing::MatchesRegex("load_[0-9a-f]+"));
    EXPECT_NE(row.config_version, "unknown");
    EXPECT_EQ(row.block_id, 0);
    EXPECT_TRUE(row.inputs.bytes.empty());
}

}  // namespace
