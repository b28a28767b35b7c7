// What is sent is what schemas/ say: documents of a house that lives, against the files.
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "api/embedded_schemas.hpp"
#include "api/testing_schema.hpp"
#include "api/testing_served_house.hpp"
#include "wire/event_json.hpp"

using namespace bitgrid;
using namespace bitgrid::api;
using Json = nlohmann::json;

namespace {

const Json kStart{{"action", "START"}, {"load_id", "miner"}, {"command_id", "c1"}};

std::string newest_decision(ServedHouse& house) {
    return house.get("/api/v1/timeline?limit=1").json()["items"][0]["decision_id"];
}

TEST(Schemas, DescribeTheHouseAtEveryMoment) {
    ServedHouse house;
    EXPECT_EQ(fault_of(house.get("/api/v1/state").json(), "live"), "") << "before the first value";
    house.live_until_started();
    EXPECT_EQ(fault_of(house.get("/api/v1/state").json(), "live"), "");
    house.post("/api/v1/override", {{"action", "LIMIT"}, {"load_id", "miner"}, {"watts", 900}});
    const Json wished = house.get("/api/v1/state").json();
    EXPECT_EQ(fault_of(wished, "live"), "");
    EXPECT_EQ(wished["loads"][0]["override"]["limit_w"], 900);
    house.temp_c = 120;
    house.live(10'000);
    const Json tripped = house.get("/api/v1/state").json();
    EXPECT_EQ(fault_of(tripped, "live"), "");
    EXPECT_EQ(tripped["loads"][0]["lockout"]["reason"], "OVERTEMP");
}

TEST(Schemas, DescribeEveryDecisionAndEventOfAnEventfulHour) {
    ServedHouse house;
    house.live_until_started();
    house.post("/api/v1/override", {{"action", "STOP"}, {"load_id", "miner"}});
    house.ask("DELETE", "/api/v1/override/miner");
    house.ask("PUT", "/api/v1/autonomy", R"({"level":"ASSIST"})");
    house.live(11 * 60'000);
    house.ask("PUT", "/api/v1/autonomy", R"({"level":"FULL"})");
    house.post("/api/v1/emergency-stop", Json::object());
    house.live(5'000);
    house.post("/api/v1/override", kStart);
    house.post("/api/v1/safety/ack", Json::object());
    house.temp_c = 120;
    house.live(60'000);
    house.clock.jump_wall(3'600'000);
    house.live(60'000);
    house.get("/api/v1/state", {{"Host", "evil.example"}});
    house.live(5'000);
    std::set<std::string> seen;
    for (const core::Event& event : house.journal.events) {
        const Json json = wire::event_json(event, house.config);
        seen.insert(json["type"]);
        const bool is_decision = json["type"] == "DecisionEvent";
        EXPECT_EQ(fault_of(json, is_decision ? "decision" : "event"), "") << json.dump(2);
    }
    for (const char* type :
         {"DecisionEvent", "Started", "OverrideSet", "OverrideEnded", "OverrideRejected",
          "AutonomyChanged", "EmergencyChanged", "SafetyTripped", "CommandSent", "CommandConfirmed",
          "HealthChanged", "TimeDriftDetected", "EnergyPathDecided", "MinutesMeasured",
          "AuthFailed"})
        EXPECT_TRUE(seen.contains(type)) << type;
}

TEST(Schemas, DescribeEventsThatAreRare) {
    const core::Config config;
    const core::Happening rare[] = {
        core::DeadbandActivated{"miner", core::Code::Noop_R5_DEADBAND_ACTIVE,
                                core::Code::Stop_R1_INSUFFICIENT_SURPLUS},
        core::SafetyCleared{"miner", core::LockoutReason::Overtemp},
        core::ResearchToggled{true, "token:phone"},
        core::CommandReported{core::CommandState::Failed, "c1", "miner", core::kOff, 3, "silent"},
        core::RateLimited{"127.0.0.1"},
        core::ConfigLoaded{"v", "{}", 1},
        core::ConfigLoaded{"v", "{}", 2, true, "files"},
        core::ConfigRejected{"signal", {{"rules.yaml", 3, "eta", "found 2", "0.1 to 1"}, {}}},
        core::Stopped{"signal"},
        core::DrillReported{"miner", true, "local", {{core::DrillCheck::RelayOpen, {}, 1.5}}},
        core::HealthChanged{"mqtt", core::HealthLevel::Warn, "gone", "BROKER_AWAY"},
    };
    for (const core::Happening& what : rare) {
        const Json json = wire::event_json({{1}, what}, config);
        EXPECT_EQ(fault_of(json, "event"), "") << json.dump();
    }
}

TEST(Schemas, DescribeEveryAnswer) {
    ServedHouse house;
    EXPECT_EQ(fault_of(house.get("/api/v1/preview").json(), "problem"), "");
    house.live_until_started();
    const std::string id = newest_decision(house);
    const std::pair<std::string, const char*> answers[] = {
        {"/loads", "views/loads"},
        {"/loads/miner", "live/load"},
        {"/timeline", "views/timeline"},
        {"/decisions/" + id, "decision"},
        {"/explain/" + id + "?lang=de", "views/explanation"},
        {"/preview", "views/preview"},
        {"/kpi?range=1d", "views/kpi"},
        {"/energy-paths", "live/energy_path"},
        {"/devices", "views/devices"},
        {"/health", "live/health"},
        {"/health/ready", "views/ready"},
        {"/health/live", "views/alive"},
        {"/config", "views/config"},
        {"/version", "views/version"},
        {"/nowhere", "problem"},
    };
    for (const auto& [path, schema] : answers)
        EXPECT_EQ(fault_of(house.get("/api/v1" + path).json(), schema), "") << path;
    EXPECT_EQ(fault_of(kStart, "override"), "");
    EXPECT_EQ(fault_of(house.post("/api/v1/override", kStart).json(), "answer"), "");
    EXPECT_EQ(fault_of(house.post("/api/v1/emergency-stop", Json::object()).json(), "answer"), "");
    EXPECT_EQ(fault_of(house.post("/api/v1/override", {{"action", "START"}}).json(), "problem"), "")
        << "refused, with words";
}

// Made by the real thing, see src/app/previews_test.cpp.
TEST(Schemas, DescribeAWhatIf) {
    std::ifstream file{"schemas/examples/what_if.json"};
    const Json example = Json::parse(file, nullptr, false);
    ASSERT_TRUE(example.is_object());
    for (const char* name : {"now", "changed", "decision"})
        EXPECT_EQ(fault_of(example[name], "views/what_if"), "") << name;
    EXPECT_EQ(fault_of(example["request"], "views/what_if_request"), "");
    EXPECT_NE(fault_of({{"signals", {{"pv_power_w", "much"}}}}, "views/what_if_request"), "");
}

TEST(Schemas, DescribeEveryMessageOfTheFeed) {
    ServedHouse house;
    house.live_until_started();
    Peer reader = house.websocket();
    ASSERT_EQ(reader.answer()->status, 101);
    house.post("/api/v1/override", {{"action", "STOP"}});
    house.live(10'000);
    std::set<std::string> seen;
    while (!seen.contains("ping") || !seen.contains("state")) {
        const auto message = reader.frame();
        ASSERT_TRUE(message);
        seen.insert((*message)["type"]);
        EXPECT_EQ(fault_of(*message, "message"), "") << message->dump();
    }
    EXPECT_EQ(seen, (std::set<std::string>{"decision", "event", "ping", "snapshot", "state"}));
}

TEST(OpenApi, RefersOnlyToWhatItHolds) {
    ServedHouse house;
    const Json document = house.get("/api/v1/openapi.json").json();
    EXPECT_EQ(document["openapi"], "3.1.0");
    int references = 0;
    const std::function<void(const Json&)> follow = [&](const Json& part) {
        if (part.is_object() && part.contains("$ref")) {
            const std::string reference = part["$ref"];
            ASSERT_TRUE(reference.starts_with("#/components/schemas/")) << reference;
            EXPECT_TRUE(document.contains(Json::json_pointer{reference.substr(1)})) << reference;
            ++references;
        }
        if (part.is_structured())
            for (const Json& inner : part) follow(inner);
    };
    follow(document);
    EXPECT_GT(references, 100);
}

TEST(OpenApi, NamesWhatIsServedAndNothingElse) {
    ServedHouse house;
    house.live_until_started();
    const Json paths = house.get("/api/v1/openapi.json").json()["paths"];
    for (const auto& [path, operations] : paths.items()) {
        const bool is_feed = path == "/ws" || path == "/events";
        if (is_feed || !operations.contains("get") || path.find('{') != std::string::npos) continue;
        const bool is_research = path == "/exports" || path == "/history/files";  // off
        EXPECT_EQ(house.get("/api/v1" + path).status, is_research ? 403 : 200) << path;
    }
    for (const char* later : {"/economics", "/plan", "/replay", "/archive", "/policy"}) {
        EXPECT_FALSE(paths.contains(later)) << later;
        EXPECT_EQ(house.get(std::string{"/api/v1"} + later).status, 404) << later;
    }
    for (const EmbeddedSchema& schema : embedded_schemas())
        EXPECT_FALSE(schema.text.empty()) << schema.name;
}

}  // namespace
