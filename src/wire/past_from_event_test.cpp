#include "wire/past_from_event.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "core/describe.hpp"
#include "core/sample_home.hpp"
#include "wire/event_json.hpp"

using namespace bitgrid;
using core::sample::Home;
using Json = nlohmann::json;

namespace {

constexpr const char* kWords = "words";

// As the journal would have it: through its canonical text.
Json recorded(const Home& home) {
    auto event = std::make_shared<core::DecisionEvent>(core::describe(
        home.config, home.decision(), home.memory, home.state, core::Occasion::tick()));
    event->decision_id = "018f9a0e-9cc0-7001-a974-50076ed129d2";
    event->config_version = "c";
    event->rule_version = "1";
    for (core::ExplanationText* text : {&event->text.de, &event->text.en})
        *text = {kWords, kWords, ""};
    const core::Event happened{home.state.time,
                               std::shared_ptr<const core::DecisionEvent>{std::move(event)}};
    return Json::parse(wire::event_json(happened, home.config).dump());
}

TEST(PastFromEvent, MakesTheRowsOfADecision) {
    Home home = Home{2}.surplus(0.42).running().price(7.5).forecast(3.25);
    home.state.loads[0].hashrate =
        core::admit<core::TerahashPerSecond>(core::Signal::LoadHashrate, 89.5);
    const auto rows = wire::rows_of_decision(recorded(home), 17);
    ASSERT_TRUE(rows) << rows.error().what;
    const wire::DecisionRow& d = rows->decision;
    EXPECT_EQ(d.seq, 17);
    EXPECT_EQ(d.time, core::sample::kTenOClock);
    EXPECT_EQ(d.block_id, core::sample::kTenOClock.ms / 600'000);
    EXPECT_EQ(d.load_id, "miner1");
    EXPECT_EQ(d.trigger, "BLOCK_TICK");
    EXPECT_EQ(d.decision_code, "STOP_R1_INSUFFICIENT_SURPLUS");
    EXPECT_EQ(d.rule, "R1");
    EXPECT_EQ(d.reason, "INSUFFICIENT_SURPLUS");
    EXPECT_EQ(d.action, "STOP");
    EXPECT_EQ(d.level_before, "full");
    EXPECT_EQ(d.target_level, "off");
    EXPECT_EQ(d.target_w, 0);
    EXPECT_EQ(d.valid_until, core::sample::kTenOClock + 1'200'000);
    EXPECT_DOUBLE_EQ(*d.surplus_kw, 0.42);
    EXPECT_EQ(d.missing, "");
    EXPECT_EQ(d.config_version, "c");
    EXPECT_EQ(d.command_id, "");
    EXPECT_TRUE(d.is_explained);
    const wire::StateRow& s = rows->state;
    EXPECT_EQ(s.seq, 17);
    EXPECT_EQ(s.load_id, "miner1");
    EXPECT_EQ(s.pv_power_w, 920);
    EXPECT_EQ(s.house_load_w, 500);
    EXPECT_EQ(s.grid_import_w, 0);
    EXPECT_EQ(s.grid_export_w, std::nullopt);
    EXPECT_EQ(s.battery_soc_pct, 80);
    EXPECT_EQ(s.energy_price_ct_kwh, 7.5);
    EXPECT_EQ(s.pv_forecast_kw, 3.25);
    EXPECT_TRUE(s.is_expected_on);
    EXPECT_EQ(s.load_power_w, 1674);
    EXPECT_EQ(s.load_temp_c, 60);
    EXPECT_EQ(s.load_hashrate_ths, 89.5);
    EXPECT_EQ(rows->de.language, "de");
    EXPECT_EQ(rows->en.brief, kWords);
    EXPECT_EQ(rows->en.decision_id, d.decision_id);
}

TEST(PastFromEvent, KeepsNoValueThatWasNotGood) {
    Home home = Home{}.running();
    home.state.site.battery_soc = core::admit<core::Percent>(core::Signal::BatterySoc, 60, 90'000);
    home.state.site.grid_import = core::admit<core::Watts>(core::Signal::GridImport, -20);
    home.state.site.pv_power = {};
    const auto rows = wire::rows_of_decision(recorded(home), 1);
    ASSERT_TRUE(rows) << rows.error().what;
    EXPECT_EQ(rows->state.battery_soc_pct, std::nullopt);
    EXPECT_EQ(rows->state.grid_import_w, std::nullopt);
    EXPECT_EQ(rows->state.pv_power_w, std::nullopt);
    EXPECT_EQ(rows->decision.surplus_kw, std::nullopt);
    EXPECT_EQ(rows->decision.missing, "pv_power_w,grid_import_w,battery_soc_pct");
    EXPECT_TRUE(rows->decision.is_explained) << "that nothing is measured is counted and said";
}

TEST(PastFromEvent, CallsWattsALimitedLevel) {
    const Home home = Home{}.wish(core::OverrideAction::Limit);
    const auto rows = wire::rows_of_decision(recorded(home), 1);
    ASSERT_TRUE(rows) << rows.error().what;
    EXPECT_EQ(rows->decision.target_level, "limited");
    EXPECT_EQ(rows->decision.target_w, 900);
    EXPECT_TRUE(rows->decision.is_explained) << "the wish of a person has no threshold";
}

TEST(PastFromEvent, CountsAsExplainedOnlyWhatHasWordsValueAndThreshold) {
    const auto is_explained = [](const std::function<void(Json&)>& spoil) {
        Json json = recorded(Home{}.surplus(0.42).running());
        spoil(json);
        const auto rows = wire::rows_of_decision(json, 1);
        EXPECT_TRUE(rows) << rows.error().what;
        return rows && rows->decision.is_explained;
    };
    EXPECT_TRUE(is_explained([](Json&) {}));
    EXPECT_FALSE(is_explained([](Json& j) { j["explain"]["de"]["short"] = ""; }));
    EXPECT_FALSE(is_explained([](Json& j) { j["explain"]["en"]["details"] = ""; }));
    EXPECT_FALSE(is_explained([](Json& j) { j["reason"] = ""; }));
    EXPECT_FALSE(is_explained([](Json& j) { j["votes"][0]["facts"] = Json::array(); }));
    EXPECT_FALSE(is_explained([](Json& j) { j["votes"] = nullptr; }));
    EXPECT_FALSE(is_explained([](Json& j) {
        for (Json& fact : j["votes"][0]["facts"]) fact["value"] = nullptr;
    }));
}

TEST(PastFromEvent, NamesWhatADamagedDecisionLacks) {
    const Json good = recorded(Home{}.running());
    ASSERT_TRUE(wire::rows_of_decision(good, 1));
    const auto fault = [&](const char* pointer, const Json& value) {
        Json json = good;
        json[Json::json_pointer{pointer}] = value;
        const auto rows = wire::rows_of_decision(json, 1);
        return rows ? std::string{"none"} : rows.error().what;
    };
    const std::string begin = "event 018f9a0e-9cc0-7001-a974-50076ed129d2: no valid ";
    for (const char* key : {"time", "block_id", "load_id", "trigger", "decision_code", "rule",
                            "reason", "action", "level_before", "target_level", "target_w",
                            "valid_until", "params", "state", "explain", "config_version"})
        EXPECT_EQ(fault((std::string{"/"} + key).c_str(), nullptr), begin + '"' + key + '"');
    EXPECT_EQ(fault("/block_id", -1), begin + "\"block_id\"");
    EXPECT_EQ(fault("/block_id", 18'446'744'073'709'551'615u), begin + "\"block_id\"");
    EXPECT_EQ(fault("/trigger", "WHIM"), begin + "\"trigger\"");
    EXPECT_EQ(fault("/load_id", std::string(201, 'x')), begin + "\"load_id\"");
    EXPECT_EQ(fault("/state/pv_power_w", {1, 2}), begin + "\"state/pv_power_w\"");
    EXPECT_EQ(fault("/state/loads", Json::object()), begin + "\"state/loads/miner1\"");
    EXPECT_EQ(fault("/state/loads/miner1/temp_c", 3), begin + "\"state/loads/miner1/temp_c\"");
    EXPECT_EQ(fault("/params/missing", {7}), begin + "\"params/missing\"");
    EXPECT_EQ(fault("/explain/de/short", std::string(9'000, 'x')), begin + "\"explain/de/short\"");
    EXPECT_EQ(wire::rows_of_decision(Json::array(), 1).error().code, core::ErrorCode::BadInput);
    EXPECT_EQ(wire::rows_of_decision({{"schema", "event/1"}}, 1).error().code,
              core::ErrorCode::BadInput);
}

TEST(PastFromEvent, MakesTheRowOfAPathUnknownValuesIncluded) {
    core::EnergyPathDecision path;
    path.value_ct_kwh = {8, 27.075, std::numeric_limits<double>::quiet_NaN(), 10.5};
    path.sats_per_kwh = 170;
    const Json json = Json::parse(
        wire::event_json({core::sample::kTenOClock, core::EnergyPathDecided{7, path}}, {}).dump());
    const auto row = wire::value_row(json, 3);
    ASSERT_TRUE(row) << row.error().what;
    EXPECT_EQ(row->seq, 3);
    EXPECT_EQ(row->block_id, 7);
    EXPECT_EQ(row->preferred, "hodl");
    EXPECT_EQ(row->export_ct_kwh, 8);
    EXPECT_EQ(row->store_ct_kwh, 27.075);
    EXPECT_EQ(row->heat_ct_kwh, std::nullopt);
    EXPECT_EQ(row->hodl_ct_kwh, 10.5);
    EXPECT_EQ(row->sats_per_kwh, 170);
    Json spoiled = json;
    spoiled["value_ct_kwh"]["hodl"] = "much";
    EXPECT_EQ(wire::value_row(spoiled, 3).error().what, "event: no valid \"value_ct_kwh/hodl\"");
    spoiled = json;
    spoiled["preferred"] = "moon";
    EXPECT_EQ(wire::value_row(spoiled, 3).error().what, "event: no valid \"preferred\"");
    EXPECT_EQ(wire::value_row({{"type", "Started"}}, 3).error().code, core::ErrorCode::BadInput);
}

}  // namespace
