// What may be asked for, and what is refused without effect.
#include <gtest/gtest.h>

#include <random>

#include "api/testing_schema.hpp"
#include "api/testing_served_house.hpp"

using namespace bitgrid;
using namespace bitgrid::api;
using Json = nlohmann::json;

namespace {

const std::string kOverride = "/api/v1/override";

ApiConfig with_many_writes() {
    ApiConfig config;
    config.writes_per_minute = 10'000;
    return config;
}

class Writes : public ::testing::Test {
protected:
    Writes() { house.live_until_started(); }
    std::size_t overrides() const { return house.journal.all<core::OverrideSet>().size(); }
    Answer wish(const std::string& body) { return house.ask("POST", kOverride, body); }
    ServedHouse house{with_many_writes()};
};

TEST_F(Writes, CarryOutAWishAndAnswerWithItsId) {
    const Answer answer = wish(
        R"({"action":"LIMIT","load_id":"miner","watts":900,"duration_min":30,"command_id":"c1"})");
    ASSERT_EQ(answer.status, 200) << answer.body;
    const Json json = answer.json();
    EXPECT_EQ(json["accepted"], true);
    EXPECT_EQ(json["command_id"], "c1");
    EXPECT_EQ(json["decision_code"], "THROTTLE_OVERRIDE");
    EXPECT_EQ(json["explain"]["en"]["short"], "THROTTLE_OVERRIDE");
    EXPECT_FALSE(json["override_id"].get<std::string>().empty());
    EXPECT_EQ(house.miner.last().limit, core::Watts{900});
    EXPECT_EQ(house.journal.all<core::OverrideSet>().at(0).actor, "local");
    const Answer ended =
        house.ask("DELETE", kOverride + "/" + json["override_id"].get<std::string>());
    EXPECT_EQ(ended.status, 200) << ended.body;
    EXPECT_FALSE(house.engine->look().loads[0].wish);
}

TEST_F(Writes, EndAWishByItsLoadOrByTheWordNone) {
    wish(R"({"action":"STOP","load_id":"miner"})");
    EXPECT_EQ(house.ask("DELETE", kOverride + "/miner?command_id=d1").json()["command_id"], "d1");
    wish(R"({"action":"STOP"})");
    EXPECT_TRUE(house.engine->look().loads[1].wish);
    EXPECT_EQ(wish(R"({"action":"NONE"})").status, 200);
    EXPECT_FALSE(house.engine->look().loads[1].wish);
    const Answer none = house.ask("DELETE", kOverride + "/miner");
    EXPECT_EQ(none.status, 404);
    EXPECT_EQ(none.code(), "NO_OVERRIDE");
}

TEST_F(Writes, RefuseBadFieldsAndSayWhatIsAllowed) {
    struct Case {
        const char* body;
        int status;
        const char* code;
        const char* named;
    };
    const Case bad[] = {
        {R"({})", 400, "BAD_FIELD", "START, STOP, LIMIT or NONE"},
        {R"({"action":1})", 400, "BAD_FIELD", "action"},
        {R"({"action":["STOP"]})", 400, "BAD_FIELD", "action"},
        {R"({"action":{"a":null}})", 400, "BAD_FIELD", "action"},
        {R"({"action":"start"})", 400, "BAD_FIELD", "START, STOP, LIMIT or NONE"},
        {R"({"action":"START","loads":"miner"})", 400, "UNKNOWN_FIELD", "load_id"},
        {R"({"action":"NONE","extra":1})", 400, "UNKNOWN_FIELD", "extra"},
        {R"({"action":"START","load_id":7})", 400, "BAD_FIELD", "load_id"},
        {R"({"action":"START","load_id":"other"})", 404, "UNKNOWN_LOAD", "other"},
        {R"({"action":"START","duration_min":0})", 400, "BAD_FIELD", "1 to 1440"},
        {R"({"action":"START","duration_min":1441})", 400, "BAD_FIELD", "1 to 1440"},
        {R"({"action":"START","duration_min":1.5})", 400, "BAD_FIELD", "1 to 1440"},
        {R"({"action":"START","duration_min":"60"})", 400, "BAD_FIELD", "1 to 1440"},
        {R"({"action":"START","duration_min":99999999999999999999})", 400, "BAD_FIELD", "1440"},
        {R"({"action":"START","use_reserve":1})", 400, "BAD_FIELD", "true or false"},
        {R"({"action":"START","watts":500})", 422, "BAD_FIELD", "LIMIT"},
        {R"({"action":"LIMIT"})", 422, "BAD_FIELD", "100000"},
        {R"({"action":"LIMIT","watts":0})", 422, "BAD_FIELD", "100000"},
        {R"({"action":"LIMIT","watts":100001})", 422, "BAD_FIELD", "100000"},
        {R"({"action":"LIMIT","watts":"800"})", 400, "BAD_FIELD", "watts"},
        {R"({"action":"LIMIT","watts":NaN})", 400, "BAD_JSON", "not JSON at byte"},
        {R"({"action":"LIMIT","watts":Infinity})", 400, "BAD_JSON", "not JSON"},
        {R"({"action":"LIMIT","watts":1e999})", 400, "BAD_JSON", "not JSON"},
        {R"({"action":"START","command_id":""})", 400, "BAD_FIELD", "1 to 64"},
        {R"({"action":"START","command_id":5})", 400, "BAD_FIELD", "1 to 64"},
        {R"({"action":"START","command_id":"a b"})", 400, "BAD_FIELD", "1 to 64"},
        {R"({"action":"START","action":"STOP"})", 400, "BAD_JSON", "stands twice"},
        {R"({"action":"START")", 400, "BAD_JSON", "not JSON"},
        {R"([])", 400, "BAD_JSON", "object"},
        {R"("START")", 400, "BAD_JSON", "object"},
        {"{\"action\":\"\xff\xfe\"}", 400, "BAD_JSON", "not JSON"},
        {"\xef\xbb\xbf\xff", 400, "BAD_JSON", "not JSON"},
    };
    std::int64_t rejected = house.rejected();
    const std::size_t before = house.journal.events.size();
    for (const Case& one : bad) {
        const Answer answer = wish(one.body);
        EXPECT_EQ(answer.status, one.status) << one.body;
        EXPECT_EQ(answer.code(), one.code) << one.body;
        EXPECT_NE(answer.body.find(one.named), std::string::npos) << one.body << answer.body;
        EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
        EXPECT_EQ(fault_of(answer.json(), "problem"), "") << answer.body;
        if (one.status != 404) ++rejected;
        EXPECT_EQ(house.rejected(), rejected) << one.body << " is counted";
    }
    EXPECT_EQ(house.journal.events.size(), before) << "nothing was acted on";
    EXPECT_EQ(wish(R"({"action":"STOP"})").status, 200) << "and it goes on";
}

TEST_F(Writes, RefuseDeepBodiesLongBodiesAndOtherTypes) {
    std::string deep = R"({"action":)";
    deep += std::string(200, '[') + std::string(200, ']') + "}";
    const Answer nested = wish(deep);
    EXPECT_EQ(nested.status, 400);
    EXPECT_NE(nested.body.find("nested deeper than 32"), std::string::npos) << nested.body;
    EXPECT_EQ(wish(R"({"action":)" + std::string(60'000, '[')).status, 400);

    const Answer large = wish(R"({"action":")" + std::string(70'000, 'x') + "\"}");
    EXPECT_EQ(large.status, 413);
    EXPECT_EQ(large.code(), "BODY_TOO_LARGE");
    EXPECT_EQ(fault_of(large.json(), "problem"), "");

    for (const char* type : {"text/plain", "application/x-www-form-urlencoded",
                             "multipart/form-data", "application/jsonp", ""}) {
        const Answer other =
            house.ask("POST", kOverride, R"({"action":"STOP"})", {{"Content-Type", type}});
        EXPECT_EQ(other.status, 415) << type;
        EXPECT_EQ(other.code(), "NOT_JSON") << type;
    }
    EXPECT_EQ(house
                  .ask("POST", kOverride, R"({"action":"STOP"})",
                       {{"Content-Type", "Application/JSON ; charset=utf-8"}})
                  .status,
              200);
    EXPECT_EQ(overrides(), 2u) << "one for each load";
}

TEST_F(Writes, NothingHostileActs) {
    std::mt19937 random{11};
    const std::string alphabet = "{}[]\",:0123456789eE+-.vtnul \xff\x80\\u/ACT\r\n%?&=";
    const auto noise = [&](std::size_t most) {
        std::string text(std::uniform_int_distribution<std::size_t>{1, most}(random), ' ');
        for (char& c : text)
            c = alphabet[std::uniform_int_distribution<std::size_t>{0,
                                                                    alphabet.size() - 1}(random)];
        return text;
    };
    const std::size_t before = house.journal.events.size();
    for (int i = 0; i < 700; ++i) {
        const int body = wish(noise(60)).status;
        EXPECT_TRUE(body == 400 || body == 422) << body;
        const int target =
            house
                .say("PUT /api/v1/" + noise(30) + " HTTP/1.1\r\nHost: " + house.host() +
                     "\r\nContent-Length: 0\r\n\r\n")
                .status;
        EXPECT_TRUE(target >= 400 && target < 500) << target;
        house.peer().say(noise(200));
    }
    EXPECT_EQ(house.journal.events.size(), before);
    EXPECT_EQ(house.get("/api/v1/state").status, 200) << "the loop goes on";
}

TEST_F(Writes, RefuseWhatIsNoRequest) {
    EXPECT_EQ(house.say("\x16\x03\x01 hello\r\n\r\n").code(), "NOT_HTTP");
    EXPECT_EQ(house.say("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'y')).code(),
              "HEADERS_TOO_LARGE");
    EXPECT_EQ(house.rejected(), 2);
    EXPECT_EQ(house.get("/api/v1/state").status, 200);
}

TEST_F(Writes, AnswerAConflictWithTheCodeOfTheRule) {
    house.temp_c = 120;
    house.live(10'000);
    const Answer answer = wish(R"({"action":"START","load_id":"miner","command_id":"c2"})");
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(answer.code(), "REJECTED_R3_OVERTEMP");
    EXPECT_EQ(answer.json()["command_id"], "c2");
    EXPECT_EQ(answer.json()["explain"]["en"]["short"], "REJECTED_R3_OVERTEMP");
    EXPECT_EQ(overrides(), 0u);
    EXPECT_FALSE(house.engine->look().loads[0].wish);
}

TEST_F(Writes, HaveOneEffectForTheSameCommandId) {
    const std::string body = R"({"action":"START","load_id":"miner","command_id":"once"})";
    const Answer first = wish(body);
    const Answer second = wish(body);
    EXPECT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(second.body, first.body);
    EXPECT_EQ(overrides(), 1u);

    const std::string manual = R"({"level":"MANUAL","command_id":"twice"})";
    EXPECT_EQ(house.ask("PUT", "/api/v1/autonomy", manual).status, 200);
    EXPECT_EQ(house.ask("PUT", "/api/v1/autonomy", manual).status, 200);
    EXPECT_EQ(house.journal.all<core::AutonomyChanged>().size(), 1u);

    const Answer other =
        house.ask("PUT", "/api/v1/autonomy", R"({"level":"FULL","command_id":"twice"})");
    EXPECT_EQ(other.status, 422);
    EXPECT_EQ(other.code(), "COMMAND_ID_REUSED");
    EXPECT_EQ(house.engine->look().autonomy, core::AutonomyLevel::Manual);
}

TEST_F(Writes, AnswerBothWhoAskWithOneIdBeforeTheJournalHasIt) {
    house.journal.mood = engine::fake::Journal::Mood::KeepsSilent;
    const std::string body = R"({"level":"SEMI","command_id":"slow"})";
    const std::string request =
        "PUT /api/v1/autonomy HTTP/1.1\r\nHost: " + house.host() +
        "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n\r\n" + body;
    Peer first = house.peer(), second = house.peer();
    first.say(request);
    second.say(request);
    EXPECT_EQ(house.get("/api/v1/state").status, 200) << "the loop goes on";
    EXPECT_TRUE(first.received.empty());
    ASSERT_EQ(house.journal.waiting.size(), 1u);
    house.journal.waiting.at(0)(ports::Receipt{1, "hash"});
    EXPECT_EQ(first.answer()->json()["command_id"], "slow");
    EXPECT_EQ(second.answer()->json()["command_id"], "slow");
    EXPECT_EQ(house.journal.all<core::AutonomyChanged>().size(), 1u);
}

TEST_F(Writes, GiveEveryWriteAnId) {
    const Answer answer = house.post("/api/v1/emergency-stop", Json::object());
    EXPECT_EQ(answer.json()["command_id"].get<std::string>().size(), 32u);
    EXPECT_EQ(house.ask("POST", "/api/v1/safety/ack").status, 200) << "a body is not needed";
    EXPECT_EQ(house.ask("POST", "/api/v1/safety/ack", R"({"force":true})").code(), "UNKNOWN_FIELD");
}

TEST_F(Writes, LatchAnEmergencyUntilItIsAcknowledged) {
    house.post("/api/v1/emergency-stop", {{"command_id", "e1"}});
    house.live(5'000);
    EXPECT_EQ(house.miner.last(), core::kOff);
    EXPECT_EQ(house.get("/api/v1/state").json()["safety"]["mode"], "estop");
    EXPECT_EQ(wish(R"({"action":"START","load_id":"miner"})").status, 409);
    EXPECT_EQ(house.post("/api/v1/safety/ack", {{"command_id", "a1"}}).status, 200);
    EXPECT_FALSE(house.engine->look().is_emergency);
}

TEST_F(Writes, AcceptAProposalOnce) {
    house.ask("PUT", "/api/v1/autonomy", R"({"level":"ASSIST"})");
    wish(R"({"action":"STOP","load_id":"miner","duration_min":1})");
    house.live(30 * 60'000);
    const Json decision = house.get("/api/v1/loads/miner").json()["decision"];
    ASSERT_EQ(decision["decision_code"], "NOOP_ASSIST_PROPOSAL") << decision.dump();
    const std::string path =
        "/api/v1/proposals/" + decision["decision_id"].get<std::string>() + "/accept";
    const Answer answer = house.ask("POST", path);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.json()["decision_code"], "START_ASSIST_ACCEPTED");
    EXPECT_EQ(house.ask("POST", path).code(), "PROPOSAL_GONE");
    EXPECT_EQ(house.ask("POST", "/api/v1/proposals/nothing/accept").status, 404);
}

Json a_drill() {
    return {{"load_id", "miner"},
            {"passed", true},
            {"steps", {{{"check", "stop_confirmed"}, {"result", "passed"}, {"took_s", 2.5}}}}};
}

TEST_F(Writes, KeepTheResultOfASelfTestAndShowIt) {
    EXPECT_EQ(fault_of(a_drill(), "views/drill"), "");
    EXPECT_EQ(house.get("/api/v1/state").json()["drill"], nullptr);
    const Answer answer = house.post("/api/v1/drill", a_drill());
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(fault_of(answer.json(), "answer"), "");
    const Json state = house.get("/api/v1/state").json();
    EXPECT_EQ(fault_of(state, "live"), "");
    EXPECT_EQ(state["drill"]["passed"], true);
    EXPECT_EQ(state["drill"]["actor"], "local");
    house.live(1'000);
    ASSERT_EQ(house.journal.all<core::DrillReported>().size(), 1u);
}

TEST_F(Writes, RefuseASelfTestOfNobodyOrWithoutSteps) {
    Json other = a_drill();
    other["load_id"] = "sauna";
    EXPECT_EQ(house.post("/api/v1/drill", other).code(), "UNKNOWN_LOAD");
    other = a_drill();
    other["steps"] = Json::array();
    EXPECT_EQ(house.post("/api/v1/drill", other).code(), "BAD_FIELD");
    other = a_drill();
    other["mood"] = "good";
    EXPECT_EQ(house.post("/api/v1/drill", other).code(), "UNKNOWN_FIELD");
    house.live(1'000);
    EXPECT_TRUE(house.journal.all<core::DrillReported>().empty());
}

TEST_F(Writes, TakeTheNamesOfTheOriginalContract) {
    EXPECT_EQ(house.ask("POST", "/override", R"({"action":"STOP","load_id":"miner"})").status, 200);
    EXPECT_EQ(overrides(), 1u);
}

TEST(WritesOfANewHouse, AreRefusedBeforeItIsReady) {
    ServedHouse house;
    const Answer answer = house.post(kOverride, {{"action", "START"}, {"load_id", "miner"}});
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.code(), "NOT_READY");
    EXPECT_EQ(house.post(kOverride, {{"action", "STOP"}}).status, 200) << "a stop is always taken";
}

}  // namespace
