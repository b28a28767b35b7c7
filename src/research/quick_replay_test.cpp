#include "research/quick_replay.hpp"

#include <gmock/gmock.h>

#include "core/describe.hpp"
#include "core/sample_home.hpp"
#include "wire/decision_json.hpp"
#include "wire/past_from_event.hpp"

using namespace bitgrid;
using core::Occasion;
using core::sample::Home;
using research::quick_replay;
using testing::HasSubstr;

namespace {

// As a sealing makes it of what the journal keeps.
std::vector<wire::DecisionRow> rows_of(const Home& home, Occasion occasion = Occasion::tick()) {
    std::vector<wire::DecisionRow> rows;
    for (const core::LoadDecision& made :
         core::decide(home.config, home.memory, home.state, occasion).decisions) {
        core::DecisionEvent event =
            core::describe(home.config, made, home.memory, home.state, occasion);
        event.decision_id = "d";
        event.config_version = "c";
        event.rule_version = "1";
        const auto json =
            nlohmann::json::parse(wire::decision_json(event, home.config, true).dump());
        const auto made_rows = wire::rows_of_decision(json, 1);
        EXPECT_TRUE(made_rows) << made_rows.error().what;
        rows.push_back(made_rows->decision);
        rows.back().inputs = wire::pack({home.state, home.memory});
    }
    return rows;
}

std::vector<Home> quick_homes() {
    std::vector<Home> all;
    for (const double surplus_kw : {-1.0, 0.79, 0.8, 1.5, 1.0 / 3})
        for (const double soc : {20.0, 55.5, 80.0}) {
            Home home{2};
            home.surplus(surplus_kw).soc(soc);
            all.push_back(home);
            all.push_back(home.running().changed(core::Action::Start, 1));
            all.push_back(home.price(31.7).forecast(0.4));
            all.push_back(home.wish(core::OverrideAction::Limit, true));
            all.push_back(home.autonomy(core::AutonomyLevel::Assist));
        }
    Home blind;
    blind.state.site.battery_soc = {};
    all.push_back(blind);
    return all;
}

TEST(QuickReplay, DecidesTheSameAgain) {
    for (const Home& home : quick_homes())
        for (const Occasion occasion :
             {Occasion::tick(), Occasion::between_blocks(core::Trigger::SafetyAsync, 0)})
            for (const wire::DecisionRow& row : rows_of(home, occasion)) {
                const auto again = quick_replay(row, home.config);
                ASSERT_TRUE(again) << again.error().what;
                EXPECT_TRUE(again->is_same) << row.decision_code << row.votes;
            }
}

TEST(QuickReplay, SeesWhateverIsAnother) {
    Home home;
    home.surplus(1.5);
    const wire::DecisionRow row = rows_of(home)[0];
    std::vector<wire::DecisionRow> others(8, row);
    others[0].decision_code = "NOOP_R1_PRICE_TOO_HIGH";
    others[1].target_level = "eco";
    others[2].level_before = "eco";
    others[3].target_w += 1;
    others[4].surplus_kw = 1.5000000000000002;
    others[5].votes[others[5].votes.find("1.5")] = '2';
    others[6].missing = "pv_power_w";
    others[7].mode = "Eco";
    for (const wire::DecisionRow& other : others) {
        const auto again = quick_replay(other, home.config);
        ASSERT_TRUE(again);
        EXPECT_FALSE(again->is_same) << (&other - others.data());
    }
}

TEST(QuickReplay, SaysWhatOtherRulesWouldHaveSaid) {
    Home home{2};
    home.surplus(1.5);
    const wire::DecisionRow row = rows_of(home)[0];
    core::Config other = home.config;
    other.rules.surplus_min = core::Kilowatts{1.6};
    std::swap(other.loads[0], other.loads[1]);
    const auto stricter = quick_replay(row, home.config, other);
    ASSERT_TRUE(stricter) << stricter.error().what;
    EXPECT_FALSE(stricter->is_same);
    other.loads[0].id = "heater";
    const auto unknown = quick_replay(row, home.config, other);
    ASSERT_FALSE(unknown);
    EXPECT_THAT(unknown.error().what, HasSubstr("no load \"heater\""));
}

TEST(QuickReplay, RefusesInputsThatAreNone) {
    Home home;
    wire::DecisionRow row = rows_of(home)[0];
    row.inputs.bytes.pop_back();
    EXPECT_EQ(quick_replay(row, home.config).error().code, core::ErrorCode::Damaged);
    row.inputs.bytes.clear();
    EXPECT_EQ(quick_replay(row, home.config).error().code, core::ErrorCode::NotFound);
    EXPECT_EQ(quick_replay(rows_of(Home{2})[0], home.config).error().code,
              core::ErrorCode::Damaged);
}

}  // namespace
