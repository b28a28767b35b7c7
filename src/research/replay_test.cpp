#include "research/replay.hpp"

#include <gmock/gmock.h>

#include "core/describe.hpp"
#include "core/sample_home.hpp"
#include "wire/decision_json.hpp"

using namespace bitgrid;
using core::Occasion;
using core::Trigger;
using core::sample::Home;
using nlohmann::json;
using research::replay;
using testing::Contains;
using testing::HasSubstr;

namespace {

// As the journal keeps it.
std::vector<json> recorded(const Home& home, Occasion occasion = Occasion::tick()) {
    std::vector<json> rows;
    const auto outcome = core::decide(home.config, home.memory, home.state, occasion);
    for (const core::LoadDecision& made : outcome.decisions) {
        core::DecisionEvent event =
            core::describe(home.config, made, home.memory, home.state, occasion);
        core::look_ahead(home.config, event);
        event.decision_id = "018f9aa2-0349-7000-addf-e606ad949306";
        if (made.changes_level()) event.command_id = "018f9aa2-0349-7000-addf-e606ad949307";
        event.rule_version = "1";
        event.config_version = "cfg";
        event.text.en.brief = "Miner waits.";
        rows.push_back(wire::decision_json(event, home.config, true));
    }
    return rows;
}

std::vector<Home> homes() {
    std::vector<Home> all;
    for (const double surplus_kw : {-1.0, 0.79, 0.8, 1.2, 1.5, 3.0, 1.0 / 3})
        for (const double soc : {20.0, 50.0, 55.5, 80.0})
            for (const double temp : {60.0, 85.1}) {
                Home home{2};
                home.surplus(surplus_kw).soc(soc).temp(temp);
                all.push_back(home);
                all.push_back(home.running().changed(core::Action::Start, 1));
                all.push_back(home.price(31.7).forecast(0.4));
                all.push_back(home.wish(core::OverrideAction::Limit, true));
                all.push_back(home.autonomy(core::AutonomyLevel::Assist));
            }
    Home locked;
    locked.memory.loads[0].lockout =
        core::Lockout{core::LockoutReason::Overtemp, locked.state.time + 60'000, false, false};
    all.push_back(locked);
    Home blind;
    blind.state.site.battery_soc = {};
    all.push_back(blind);
    return all;
}

TEST(Replay, MakesEveryDecisionAgainToTheByte) {
    int rows = 0;
    for (const Home& home : homes())
        for (const Occasion occasion :
             {Occasion::tick(), Occasion::between_blocks(Trigger::SafetyAsync, 0),
              Occasion::between_blocks(Trigger::Override, home.config.loads.size() - 1)})
            for (const json& row : recorded(home, occasion)) {
                const auto again = replay(row.dump(), home.config);
                ASSERT_TRUE(again) << again.error().what;
                EXPECT_TRUE(again->is_same)
                    << testing::PrintToString(research::differences(*again));
                ++rows;
            }
    EXPECT_GT(rows, 1000);
}

TEST(Replay, NamesEveryValueThatIsNotAsItWas) {
    Home home;
    home.surplus(2);
    const json row = recorded(home)[0];
    for (const char* path : {"/decision_code", "/votes/0/facts/0/value", "/target_w",
                             "/params/surplus_kw", "/stop_margin/gap", "/valid_until"}) {
        json changed = row;
        changed[json::json_pointer{path}] = "1";
        const auto again = replay(changed.dump(), home.config);
        ASSERT_TRUE(again) << again.error().what;
        EXPECT_FALSE(again->is_same) << path;
        EXPECT_THAT(research::differences(*again), Contains(std::string{path}));
    }
}

TEST(Replay, SaysWhereACommandIsMissingOrNobodyMeantIt) {
    Home home;
    home.surplus(2);
    json row = recorded(home)[0];
    row["command_id"] = nullptr;
    EXPECT_THAT(research::differences(*replay(row.dump(), home.config)), Contains("/command_id"));
    home.surplus(0.1);
    row = recorded(home)[0];
    row["command_id"] = "018f9aa2-0349-7000-addf-e606ad949307";
    EXPECT_THAT(research::differences(*replay(row.dump(), home.config)), Contains("/command_id"));
}

TEST(Replay, ShowsWhatOtherRulesWouldHaveSaid) {
    Home home;
    home.surplus(2);
    const json row = recorded(home)[0];
    EXPECT_EQ(row["decision_code"], "START_R1_SURPLUS_OK");
    home.config.rules.surplus_min = core::Kilowatts{3};
    home.config.rules.surplus_throttle_min = core::Kilowatts{2.5};
    const auto other = replay(row.dump(), home.config);
    ASSERT_TRUE(other);
    EXPECT_FALSE(other->is_same);
    EXPECT_EQ(other->now["decision_code"], "NOOP_R1_INSUFFICIENT_SURPLUS");
    EXPECT_EQ(other->recorded["decision_code"], "START_R1_SURPLUS_OK");
    EXPECT_THAT(research::differences(*other), Contains("/votes/0/facts/0/bound"));
}

TEST(Replay, RefusesWhatIsNoRecordedDecisionAndSaysWhatItLacks) {
    const Home home;
    const json row = recorded(home)[0];
    const auto fault = [&](const std::string& text) {
        const auto again = replay(text, home.config);
        return again ? std::string{"taken"} : again.error().what;
    };
    for (const char* text : {"", "{", "[]", "null", "7", "{}", R"({"schema":"decision/2"})"})
        EXPECT_NE(fault(text), "taken") << text;
    const std::pair<const char*, const char*> lacking[] = {{"schema", "schema"},
                                                           {"trigger", "trigger"},
                                                           {"load_id", "no load \"\""},
                                                           {"state", "state"},
                                                           {"memory", "bad or missing"}};
    for (const auto& [key, named] : lacking) {
        json without = row;
        without.erase(key);
        EXPECT_THAT(fault(without.dump()), HasSubstr(named)) << key;
    }
    json absurd = row;
    absurd["state"]["pv_power_w"] = {1e308, "old", "good"};
    EXPECT_THAT(fault(absurd.dump()), HasSubstr("pv_power_w"));
    absurd = row;
    absurd["load_id"] = "sauna";
    EXPECT_THAT(fault(absurd.dump()), HasSubstr("sauna"));
    absurd = row;
    absurd["state"]["loads"] = json::object();
    EXPECT_THAT(fault(absurd.dump()), HasSubstr("miner1"));
}

}  // namespace
