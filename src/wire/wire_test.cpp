#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>

#include "core/sample_home.hpp"
#include "wire/bounded_json.hpp"
#include "wire/checkpoint_json.hpp"
#include "wire/drill_json.hpp"
#include "wire/event_json.hpp"
#include "wire/live_json.hpp"
#include "wire/memory_json.hpp"
#include "wire/state_json.hpp"
#include "wire/time_text.hpp"

using namespace bitgrid;
using core::sample::Home;
using Json = nlohmann::json;

namespace {

TEST(TimeText, GoesBothWaysAndRefusesWhatIsNoTime) {
    EXPECT_EQ(wire::time_text({1'781'517'600'123}), "2026-06-15T10:00:00.123Z");
    for (const char* text : {"2026-06-15T10:00:00.000Z", "2026-06-15T10:00:00Z",
                             "2026-06-15T10:00Z", "2026-06-15 10:00"})
        EXPECT_EQ(wire::parse_time(text)->ms, 1'781'517'600'000) << text;
    EXPECT_EQ(wire::parse_time("2024-02-29T00:00Z")->ms, 1'709'164'800'000);
    for (const char* text :
         {"", "2026-02-30T10:00Z", "2026-06-15", "2026-06-15T25:00Z", "2026-06-15T10:00Zx",
          "20260615T1000", "1969-06-15T10:00Z", "2026-6-15T10:00Z"})
        EXPECT_FALSE(wire::parse_time(text)) << text;
}

TEST(BoundedJson, TakesWhatIsWithinItsBoundsAndNamesWhatIsNot) {
    EXPECT_TRUE(wire::parse_json(R"({"a":[1,{"b":null}]})"));
    EXPECT_EQ((*wire::parse_json(R"({"a":[1,{"b":2}],"c":"d"})"))["a"][1]["b"], 2);
    EXPECT_FALSE(wire::parse_json("{\"a\":1"));
    EXPECT_FALSE(wire::parse_json("{\"a\":\"\xff\"}"));
    EXPECT_FALSE(wire::parse_json(""));
    EXPECT_FALSE(wire::parse_json("1 2"));
    EXPECT_EQ(wire::parse_json(R"({"a":1,"a":2})").error().what, "the key \"a\" stands twice");
    EXPECT_EQ(wire::parse_json(std::string(100'000, '[')).error().code, core::ErrorCode::TooLarge);
    EXPECT_EQ(wire::parse_json(std::string(50'000, '[')).error().what, "nested deeper than 32");
}

TEST(StateJson, ReadsBackTheSameStateMissingAndAbsurdValuesIncluded) {
    Home home{2};
    home.running().price(12.345678901234567).forecast(0.1 + 0.2);
    home.state.site.battery_soc = core::admit<core::Percent>(core::Signal::BatterySoc, 60, 90'000);
    home.state.site.grid_import = core::admit<core::Watts>(core::Signal::GridImport, -20);
    home.state.site.pv_power = {};
    const Json json = Json::parse(wire::state_json(home.state, home.config).dump());
    EXPECT_EQ(*wire::state_from_json(json, home.config), home.state);
}

TEST(StateJson, ReadsBackTheSameMemory) {
    Home home{2};
    home.running(core::kEco)
        .changed(core::Action::Throttle, 3)
        .wish(core::OverrideAction::Limit, true);
    home.memory.loads[1].lockout =
        core::Lockout{core::LockoutReason::Overtemp, {1'781'517'600'000}, true, false};
    home.memory.loads[1].mode = core::Mode::Standard;
    home.memory.loads[1].accepted = core::Code::Start_R1_SURPLUS_OK;
    home.memory.autonomy = core::AutonomyLevel::Assist;
    EXPECT_EQ(*wire::memory_from_json(wire::memory_json(home.memory, home.config), home.config),
              home.memory);

    const ports::Checkpoint saved{home.memory, {"miner1", "miner2"}, {"o", ""}, {"phone", ""}, 42,
                                  true};
    const auto back = wire::checkpoint_from_json(Json::parse(wire::checkpoint_json(saved).dump()));
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_EQ(back->memory, saved.memory);
    EXPECT_EQ(back->load_ids, saved.load_ids);
    EXPECT_EQ(back->actors, saved.actors);
    EXPECT_EQ(back->last_block, 42);
}

TEST(StateJson, RefusesDamagedStatesWithThePlace) {
    Home home;
    const Json good = wire::state_json(home.state, home.config);
    for (const char* bad :
         {R"([1,2])", R"(["x",1,"good"])", R"([1,2,"fine"])", R"("text")", R"({})"}) {
        Json json = good;
        json["pv_power_w"] = Json::parse(bad);
        EXPECT_EQ(wire::state_from_json(json, home.config).error().what,
                  "state: bad value at \"pv_power_w\"");
    }
    Json without = good;
    without["loads"].erase("miner1");
    EXPECT_FALSE(wire::state_from_json(without, home.config));
    EXPECT_FALSE(wire::state_from_json(Json::array(), home.config));
}

TEST(StateJson, RefusesBlocksThatNobodyCanCountWith) {
    Home home;
    home.changed(core::Action::Start, 1);
    const Json good = wire::memory_json(home.memory, home.config);
    ASSERT_TRUE(wire::memory_from_json(good, home.config));
    for (const char* block :
         {"-1", "-9223372036854775808", "9223372036854775807", "1e300", "\"7\""}) {
        Json json = good;
        json["loads"]["miner1"]["unchanged_since"] = Json::parse(block);
        EXPECT_FALSE(wire::memory_from_json(json, home.config)) << block;
    }
}

core::DecisionEvent decided(const Home& home) {
    core::DecisionEvent event;
    event.decision_id = "id";
    event.load_id = home.config.loads[0].id;
    event.decision = home.decision();
    event.state = home.state;
    event.memory = home.memory;
    event.time = home.state.time;
    return event;
}

TEST(EventJson, ShowsEveryVoteWithItsNumbersAndCanBeDecidedAgain) {
    const Home home = Home{}.surplus(0.42).running();
    const auto event = std::make_shared<core::DecisionEvent>(decided(home));
    const Json json = Json::parse(
        wire::event_json({home.state.time, std::shared_ptr<const core::DecisionEvent>{event}},
                         home.config)
            .dump());
    EXPECT_EQ(json["type"], "DecisionEvent");
    EXPECT_EQ(json["decision_code"], "STOP_R1_INSUFFICIENT_SURPLUS");
    EXPECT_EQ(json["votes"].size(), 5u);
    EXPECT_EQ(json["votes"][0]["facts"][0]["name"], "surplus_kw");
    EXPECT_EQ(json["votes"][0]["facts"][0]["bound"], 0.8);
    EXPECT_EQ(json["votes"][0]["facts"][0]["holds"], false);
    EXPECT_EQ(json["votes"][1]["code"], nullptr);
    const auto state = wire::state_from_json(json["state"], home.config);
    const auto memory = wire::memory_from_json(json["memory"], home.config);
    const core::Outcome again = core::decide(home.config, *memory, *state);
    EXPECT_EQ(again.decisions[0].votes, event->decision.votes);
}

TEST(EventJson, GivesEveryEventItsTypeItsTimeAndItsFields) {
    const core::Config config;
    const core::UnixTime now{1'781'517'600'000};
    const auto json = [&](core::Happening what) {
        return wire::event_json({now, std::move(what)}, config);
    };
    EXPECT_EQ(
        json(core::AuthFailed{"10.0.0.9", "bad token"}).dump(),
        R"({"peer":"10.0.0.9","reason":"bad token","schema":"event/1","time":"2026-06-15T10:00:00.000Z","type":"AuthFailed"})");
    EXPECT_EQ(json(core::RateLimited{"x"})["peer"], "x");
    EXPECT_EQ(json(core::TimeDriftDetected{-7})["jump_ms"], -7);
    EXPECT_EQ(json(core::Stopped{"asked"})["reason"], "asked");
    EXPECT_EQ(json(core::SafetyCleared{"miner", core::LockoutReason::Emergency})["reason"],
              "EMERGENCY");
    EXPECT_EQ(json(core::CommandReported{core::CommandState::Failed, "c", "miner", core::kOff, 3,
                                         "no"})["type"],
              "CommandFailed");
    EXPECT_EQ(json(core::OverrideEnded{"o", "miner", core::OverrideEnd::Beaten, ""})["why"],
              "beaten");
    EXPECT_EQ(json(core::HealthChanged{"mqtt", core::HealthLevel::Warn, "gone"})["status"], "warn");
    EXPECT_EQ(json(core::EnergyPathDecided{7, {}})["preferred"], "hodl");
}

Json a_drill() {
    return Json::parse(R"({"load_id":"miner","passed":true,"steps":[
        {"check":"stop_confirmed","result":"passed","took_s":2.5},
        {"check":"guard_armed","result":"skipped","took_s":0}]})");
}

TEST(DrillJson, ReadsBackWhatItWrites) {
    const auto drill = wire::drill_from_json(a_drill());
    ASSERT_TRUE(drill) << drill.error().what;
    EXPECT_TRUE(drill->is_passed);
    EXPECT_EQ(drill->steps.at(0).check, core::DrillCheck::StopConfirmed);
    EXPECT_EQ(drill->steps.at(0).took_s, 2.5);
    Json again = wire::drill_json(*drill);
    EXPECT_EQ(again["actor"], "");
    again.erase("actor");
    EXPECT_EQ(again, a_drill());
}

TEST(DrillJson, RefusesWhatIsNoReportAndOneThatContradictsItself) {
    const auto refused = [](const std::function<void(Json&)>& spoil) {
        Json json = a_drill();
        spoil(json);
        const auto drill = wire::drill_from_json(json);
        return !drill && !drill.error().what.empty();
    };
    EXPECT_TRUE(refused([](Json& j) { j = "drill"; }));
    EXPECT_TRUE(refused([](Json& j) { j["load_id"] = std::string(101, 'x'); }));
    EXPECT_TRUE(refused([](Json& j) { j["passed"] = 1; }));
    EXPECT_TRUE(refused([](Json& j) { j["passed"] = false; }));
    EXPECT_TRUE(refused([](Json& j) { j["steps"] = Json::array(); }));
    EXPECT_TRUE(refused([](Json& j) { j["steps"] = Json(21, j["steps"][0]); }));
    EXPECT_TRUE(refused([](Json& j) { j["steps"][0]["check"] = "luck"; }));
    EXPECT_TRUE(refused([](Json& j) { j["steps"][0]["took_s"] = -1; }));
    EXPECT_TRUE(refused([](Json& j) { j["steps"][0]["took_s"] = nullptr; }));
    EXPECT_TRUE(refused([](Json& j) { j["steps"][0]["more"] = 1; }));
    EXPECT_TRUE(refused([](Json& j) { j["steps"][0]["result"] = "failed"; }));
    EXPECT_TRUE(refused([](Json& j) { j["steps"][0]["result"] = "skipped"; }))
        << "nothing was tested";
}

TEST(DrillJson, SurvivesARestartInTheCheckpoint) {
    ports::Checkpoint saved;
    saved.drill_time = core::UnixTime{1'781'517'600'000};
    saved.drill = *wire::drill_from_json(a_drill());
    saved.drill.actor = "local";
    const auto restored = wire::checkpoint_from_json(wire::checkpoint_json(saved));
    ASSERT_TRUE(restored);
    EXPECT_EQ(restored->drill_time, saved.drill_time);
    EXPECT_EQ(wire::drill_json(restored->drill), wire::drill_json(saved.drill));
    EXPECT_EQ(wire::checkpoint_from_json(wire::checkpoint_json({}))->drill_time.ms, 0);
    Json damaged = wire::checkpoint_json(saved);
    damaged["drill"]["report"]["steps"] = 7;
    EXPECT_EQ(wire::checkpoint_from_json(damaged)->drill_time.ms, 0) << "all else is kept";
}

TEST(StateJson, RemembersResearchAndReadsWhatKnewNothingOfIt) {
    ports::Checkpoint saved;
    EXPECT_FALSE(wire::checkpoint_json(saved).contains("research")) << "as it was written before";
    EXPECT_FALSE(wire::checkpoint_from_json(wire::checkpoint_json(saved))->is_research_on);
    saved.is_research_on = true;
    EXPECT_TRUE(wire::checkpoint_from_json(wire::checkpoint_json(saved))->is_research_on);
}

TEST(LiveJson, SaysSafeOnlyWhereNothingMayRun) {
    Home home;
    ports::LiveView view;
    view.state = home.state;
    view.is_ready = true;
    view.is_degraded = true;
    const auto mode = [&](std::vector<std::string> missing) {
        view.missing_signals = std::move(missing);
        return wire::live_json(view, home.config)["safety"]["mode"];
    };
    EXPECT_EQ(mode({"pv_power_w"}), "safe");
    EXPECT_EQ(mode({"miner.temp_c"}), "degraded") << "the others run";
    EXPECT_EQ(mode({"miner.temp_c", "grid_import_w"}), "safe");
    view.is_ready = false;
    EXPECT_EQ(mode({"pv_power_w"}), "degraded") << "it only begins";
}

TEST(LiveJson, ShowsMissingValuesAsNullAndNamesTheChangedKeysOnly) {
    Home home;
    ports::LiveView view;
    view.state = home.state;
    view.state.site.battery_soc = {};
    view.time = home.state.time;
    view.loads.emplace_back();
    view.loads[0].config = home.config.loads[0];
    const Json before = wire::live_json(view, home.config);
    EXPECT_EQ(before["signals"]["battery_soc_pct"]["value"], nullptr);
    EXPECT_EQ(before["signals"]["battery_soc_pct"]["quality"], "missing");
    EXPECT_EQ(before["loads"][0]["level"], "off");
    EXPECT_EQ(before["loads"][0]["decision"], nullptr);
    view.autonomy = core::AutonomyLevel::Manual;
    EXPECT_EQ(wire::changed_keys(before, wire::live_json(view, home.config)),
              (Json{{"autonomy", "MANUAL"}}));
}

}  // namespace
