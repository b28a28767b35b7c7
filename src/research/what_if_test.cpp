#include "research/what_if.hpp"

#include <gmock/gmock.h>

#include "core/sample_home.hpp"
#include "research/rule_keys.hpp"
#include "wire/case_json.hpp"
#include "wire/decision_json.hpp"

using namespace bitgrid;
using core::Occasion;
using core::sample::Home;
using nlohmann::json;
using research::what_if;
using testing::HasSubstr;

namespace {

/// Says the code: what the words are is the matter of another room.
struct Herald final : ports::Narrator {
    core::Explanation decision(const core::Config&, const core::DecisionEvent& e) const override {
        core::Explanation text;
        text.de.brief = "de " + std::string{core::name_of(e.decision.code)};
        text.en.brief = "en " + std::string{core::name_of(e.decision.code)};
        return text;
    }
    core::Explanation refusal(const core::Config&, std::string_view,
                              const core::DecisionEvent&) const override {
        return {};
    }
};

research::WhatIfBasis now_of(const Home& home) {
    return {{home.config, home.memory, home.state, Occasion::tick()}, "", {}};
}

core::Result<json> ask(const research::WhatIfBasis& basis, const json& body) {
    const auto request = research::what_if_request(body.dump());
    if (!request) return request.error();
    return what_if(basis, *request, Herald{});
}

json answer(const Home& home, const json& body) {
    auto told = ask(now_of(home), body);
    EXPECT_TRUE(told) << told.error().what;
    return told ? std::move(*told) : json{};
}

std::string fault(const Home& home, const json& body) {
    const auto told = ask(now_of(home), body);
    if (told) return "taken";
    EXPECT_EQ(told.error().code, core::ErrorCode::BadInput);
    return told.error().what;
}

TEST(WhatIf, ShowsBothDecisionsAndWhatChanged) {
    Home home;
    home.soc(45);
    const json told = answer(home, {{"signals", {{"battery_soc_pct", 80}}}});
    EXPECT_EQ(told["preview"], true);
    EXPECT_EQ(told["basis"], "now");
    EXPECT_EQ(told["changes"],
              json::parse(R"([{"kind":"signal","name":"battery_soc_pct","unit":"%","from":45.0,
                               "to":80.0,"follows":false}])"));
    const json& load = told["loads"][0];
    EXPECT_EQ(load["before"]["decision_code"], "STOP_R2_SOC_HARD_MIN");
    EXPECT_EQ(load["after"]["decision_code"], "START_R1_SURPLUS_OK");
    EXPECT_EQ(load["after"]["explain"]["de"]["short"], "de START_R1_SURPLUS_OK");
    EXPECT_EQ(load["after"]["votes"].size(), 5u);
    EXPECT_EQ(load["same"], false);
    EXPECT_EQ(load["repeats"], true);
}

TEST(WhatIf, TriesThresholdsAndTellsWhereTheyMakeNoDifference) {
    Home home;
    home.surplus(1.2);
    json told = answer(home, {{"rules", {{"surplus_min_kw", 1.1}}}});
    EXPECT_EQ(told["loads"][0]["before"]["target_level"], "eco");
    EXPECT_EQ(told["loads"][0]["after"]["target_level"], "full");
    told = answer(home, {{"rules", {{"surplus_min_kw", 1.3}}}});
    EXPECT_EQ(told["loads"][0]["same"], true);
    told = answer(home.price(40), {{"rules", {{"price_max_ct_kwh", nullptr}}},
                                   {"signals", {{"price_peak_ct_kwh", 20}}}});
    EXPECT_EQ(told["loads"][0]["after"]["action"], "THROTTLE");
    told = answer(home, {{"rules", {{"strategy", "soc_band"}, {"battery_first", true}}}});
    EXPECT_EQ(told["loads"][0]["after"]["params"]["mode"], "Standard");
}

TEST(WhatIf, WithoutChangesSaysWhatIsSaidAnyway) {
    for (const double surplus_kw : {0.2, 1.0, 3.0})
        for (const double soc : {40.0, 55.0, 90.0}) {
            Home home{3};
            home.surplus(surplus_kw).soc(soc).forecast(1);
            const json told = answer(home, json::object());
            ASSERT_EQ(told["loads"].size(), 3u);
            EXPECT_EQ(told["changes"].size(), 0u);
            for (const json& load : told["loads"]) EXPECT_EQ(load["before"], load["after"]);
        }
}

TEST(WhatIf, LeavesTheMomentThatItIsAskedAboutAlone) {
    Home home;
    const research::WhatIfBasis basis = now_of(home);
    ASSERT_TRUE(ask(basis, {{"signals", {{"pv_power_w", 0}}}, {"rules", {{"eta", 0.5}}}}));
    EXPECT_EQ(basis.moment.state, home.state);
    EXPECT_EQ(basis.moment.memory, home.memory);
    EXPECT_EQ(basis.moment.config, home.config);
}

TEST(WhatIf, TellsOfOneLoadWhereItIsAsked) {
    Home home{2};
    const json told = answer(home, {{"load", "miner2"}, {"signals", {{"miner2.temp_c", 99}}}});
    ASSERT_EQ(told["loads"].size(), 1u);
    EXPECT_EQ(told["loads"][0]["load_id"], "miner2");
    EXPECT_EQ(told["loads"][0]["after"]["decision_code"], "STOP_R3_OVERTEMP");
    EXPECT_THAT(fault(home, {{"load", "oven"}}), HasSubstr("allowed: miner1, miner2"));
}

TEST(WhatIf, OffersTheValuesThatTheRulesLookedAtTheDecidingOnesFirst) {
    Home home;
    home.soc(45).price(18);
    const json fields = answer(home, json::object())["loads"][0]["fields"];
    EXPECT_EQ(fields[0]["name"], "battery_soc_pct");
    EXPECT_EQ(fields[0]["value"], 45);
    EXPECT_EQ(fields[0]["max"], 100);
    EXPECT_EQ(fields[1], json::parse(R"({"kind":"rule","name":"soc_hard_min_pct","unit":"%",
                                         "value":50.0,"min":0.0,"max":100.0,"step":1.0})"));
    std::set<std::string> names;
    for (const json& field : fields) {
        EXPECT_TRUE(names.insert(field["name"]).second) << field;
        const char* where = field["kind"] == "rule" ? "rules" : "signals";
        const json same{{where, {{field["name"].get<std::string>(), field["value"]}}}};
        EXPECT_EQ(answer(home, same)["loads"][0]["same"], true) << same;
    }
    for (const char* name : {"pv_power_w", "surplus_min_kw", "energy_price_ct_kwh",
                             "price_max_ct_kwh", "miner1.temp_c", "max_chip_temp_c"})
        EXPECT_TRUE(names.contains(name)) << name;
}

TEST(WhatIf, OffersWhatIsMissing) {
    Home home;
    home.state.site.battery_soc = {};
    const json load = answer(home, {{"signals", {{"battery_soc_pct", 70}}}})["loads"][0];
    EXPECT_EQ(load["before"]["decision_code"], "STOP_R3_MISSING_TELEMETRY");
    EXPECT_EQ(load["after"]["decision_code"], "START_R1_SURPLUS_OK");
    bool is_offered = false;
    for (const json& field : load["fields"])
        is_offered = is_offered || (field["name"] == "battery_soc_pct" && field["value"].is_null());
    EXPECT_TRUE(is_offered);
}

TEST(WhatIf, AsksTheRecordedMomentAndKeepsTheRecord) {
    Home home{2};
    home.soc(48);
    const core::Case made_of{home.config, home.memory, home.state, Occasion::tick()};
    core::DecisionEvent event = core::judge(made_of).at(1);
    event.decision_id = "018f9aa2-0349-7000-addf-e606ad949306";
    event.text.en.brief = "as it was told";
    const json recorded = wire::decision_json(event, home.config, true);
    const auto found = wire::case_from_json(recorded, home.config);
    ASSERT_TRUE(found) << found.error().what;
    EXPECT_EQ(found->load, 1u);
    const research::WhatIfBasis basis{found->made_of, event.decision_id, {recorded}};
    auto told = ask(basis, {{"load", "miner2"}, {"rules", {{"soc_hard_min_pct", 40}}}});
    ASSERT_TRUE(told) << told.error().what;
    EXPECT_EQ((*told)["basis"], "decision");
    EXPECT_EQ((*told)["decision_id"], event.decision_id);
    const json& load = (*told)["loads"][0];
    EXPECT_EQ(load["before"]["explain"]["en"]["short"], "as it was told");
    EXPECT_FALSE(load["before"].contains("state"));
    EXPECT_EQ(load["after"]["decision_code"], "NOOP_R2_SOC_SOFT_MIN");
    EXPECT_EQ(load["repeats"], true);

    json other = recorded;
    other["decision_code"] = "START_R1_SURPLUS_OK";
    told = ask({found->made_of, event.decision_id, {other}}, {{"load", "miner2"}});
    EXPECT_EQ((*told)["loads"][0]["repeats"], false) << "said where it cannot be repeated";
}

TEST(WhatIf, RefusesWhatIsWrongAndNamesKeyValueAndWhatIsAllowed) {
    const Home home;
    const std::pair<const char*, std::vector<const char*>> bad[] = {
        {R"({"signals":{"battery_soc_pct":100.5}})",
         {"signals.battery_soc_pct", "0 to 100 %", "100.5"}},
        {R"({"signals":{"battery_soc_pct":"full"}})", {"signals.battery_soc_pct", "\"full\""}},
        {R"({"signals":{"battery_soc_pct":true}})", {"true"}},
        {R"({"signals":{"soc":50}})", {"signals.soc", "battery_soc_pct, ", "miner1.temp_c"}},
        {R"({"signals":{"temp_c":50}})", {"not known"}},
        {R"({"signals":{"miner9.temp_c":50}})", {"miner9.temp_c"}},
        {R"({"signals":{"surplus_kw":5}})", {"not known"}},
        {R"({"signals":{"miner1.temp_c":1e9}})", {"-40 to 150"}},
        {R"({"signals":{"pv_power_w":1e6}})", {"-100 to 100000 W"}},
        {R"({"rules":{"surplus_min_kw":-1}})", {"rules.surplus_min_kw", "0 to 1000 kW", "-1"}},
        {R"({"rules":{"surplus_min_kw":null}})", {"a number", "null"}},
        {R"({"rules":{"min_pause_blocks":1.5}})", {"a whole number", "1.5"}},
        {R"({"rules":{"max_chip_temp_c":120}})", {"0 to 95"}},
        {R"({"rules":{"battery_first":1}})", {"true or false"}},
        {R"({"rules":{"strategy":"plan"}})", {"surplus or soc_band", "plan"}},
        {R"({"rules":{"price_max_ct_kwh":"cheap"}})", {"null or a number from -100 to 1000"}},
        {R"({"rules":{"surplus_mni_kw":1}})", {"surplus_mni_kw", "surplus_min_kw"}},
        {R"({"signal":{}})", {"\"signal\"", "decision_id, load, signals, rules"}},
        {R"({"signals":[1]})", {"\"signals\" must be an object", "[1]"}},
        {R"({"rules":"x"})", {"\"rules\" must be an object"}},
        {R"({"load":7})", {"\"load\" must be a text"}},
        {R"([])", {"JSON object"}},
    };
    for (const auto& [body, parts] : bad) {
        const std::string told = fault(home, json::parse(body));
        for (const char* part : parts) EXPECT_THAT(told, HasSubstr(part)) << body;
    }
    for (const char* text :
         {"{", "{\"signals\":{\"pv_power_w\":1e999}}", "{\"rules\":{\"eta\":NaN}}"})
        EXPECT_FALSE(research::what_if_request(text)) << text;
    EXPECT_FALSE(research::what_if_request(std::string(20'000, ' ') + "{}"));
    EXPECT_TRUE(research::what_if_request(""));
}

TEST(RuleKeys, TakeEveryValueThatIsAllowedAndKnowTheirUnits) {
    core::RuleConfig rules;
    for (const research::RuleKey& key : research::rule_keys(rules)) {
        EXPECT_TRUE(research::is_allowed(key, key.value)) << key.key;
        key.set(key.value);
        EXPECT_EQ(rules, core::RuleConfig{}) << key.key;
        EXPECT_EQ(research::unit_of_key(key.key).empty(), !key.range || key.key == "eta")
            << key.key;
        for (const json& odd : {json("1"), json::array(), json::object()})
            EXPECT_FALSE(research::is_allowed(key, odd)) << key.key << odd;
    }
    EXPECT_EQ(research::unit_of_key("price_spike_threshold_ct"), "ct/kWh");
    EXPECT_EQ(research::unit_of_key("battery_capacity_kwh"), "kWh");
    EXPECT_EQ(research::unit_of_key("forecast_lookahead_min"), "min");
}

}  // namespace
