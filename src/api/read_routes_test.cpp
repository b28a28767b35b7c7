// What can be looked at, and how a wrong question is answered.
#include <gtest/gtest.h>

#include "api/metrics.hpp"
#include "api/testing_schema.hpp"
#include "api/testing_served_house.hpp"

using namespace bitgrid;
using namespace bitgrid::api;
using Json = nlohmann::json;

namespace {

class Reads : public ::testing::Test {
protected:
    Reads() { house.live_until_started(); }
    Answer get(const std::string& path) { return house.get("/api/v1" + path); }
    ServedHouse house;
};

TEST_F(Reads, ShowTheHouse) {
    const Json state = get("/state").json();
    EXPECT_EQ(state["signals"]["pv_power_w"]["value"], 4000);
    EXPECT_EQ(state["loads"][0]["id"], "miner");
    EXPECT_EQ(state["loads"][0]["level"], "full");
    EXPECT_EQ(get("/loads").json()["items"].size(), 2u);
    EXPECT_EQ(get("/loads/rod").json()["id"], "rod");
    EXPECT_EQ(get("/loads/r%6fd").json()["id"], "rod");
    EXPECT_EQ(get("/loads/other").status, 404);
    EXPECT_EQ(get("/loads/%zz").status, 404);
    EXPECT_EQ(get("/version").json()["config"], "cfg");
    EXPECT_EQ(get("/config").json()["files"]["site.yaml"]["id"], "home");
    EXPECT_EQ(get("/health/live").json()["live"], true);
    EXPECT_EQ(get("/state").headers.at("cache-control"), "no-store");
    EXPECT_EQ(get("/state").headers.at("x-content-type-options"), "nosniff");
}

TEST_F(Reads, AnswerToTheNamesOfTheOriginalContract) {
    for (const char* path : {"/state", "/timeline", "/preview", "/health"})
        EXPECT_EQ(house.get(path).headers.at("content-type"), "application/json") << path;
    EXPECT_EQ(house.get("/timeline?limit=1").json()["items"].size(), 1u);
}

TEST_F(Reads, TurnThePagesOfTheTimeline) {
    house.live(20 * 60'000);
    std::vector<std::string> seen;
    std::string cursor;
    for (Json next = 0; !next.is_null();) {
        const Json page = get("/timeline?limit=2" + cursor).json();
        for (const Json& item : page["items"]) seen.push_back(item["decision_id"]);
        next = page["next_cursor"];
        cursor = "&cursor=" + next.dump();
        ASSERT_LE(seen.size(), 100u);
    }
    EXPECT_EQ(seen.size(), house.journal.decisions().size());
    EXPECT_EQ(seen.front(), house.journal.decisions().back()->decision_id) << "newest first";
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), seen.size());
    const Json mine = get("/timeline?load=rod&code=START").json()["items"];
    ASSERT_EQ(mine.size(), 1u);
    EXPECT_EQ(mine[0]["load_id"], "rod");
    EXPECT_FALSE(mine[0].contains("state"));
    EXPECT_TRUE(mine[0].contains("hash"));
}

TEST_F(Reads, ShowOneDecisionWholeAndItsWords) {
    const std::string id = house.journal.decisions().at(0)->decision_id;
    const Json decision = get("/decisions/" + id).json();
    EXPECT_EQ(decision["state"]["pv_power_w"][0], 4000.5);
    EXPECT_EQ(decision["memory"]["autonomy"], "FULL");
    const Json words = get("/explain/" + id).json();
    EXPECT_EQ(words["lang"], "en");
    EXPECT_EQ(words["short"], decision["decision_code"]);
    EXPECT_EQ(get("/explain/" + id + "?lang=de").json()["lang"], "de");
    EXPECT_EQ(get("/explain/" + id + "?lang=fr").status, 400);
    EXPECT_EQ(get("/decisions/nothing").status, 404);
    EXPECT_EQ(get("/explain/nothing").code(), "NOT_FOUND");
}

TEST_F(Reads, RefuseWrongQuestionsAndSayWhatIsAllowed) {
    const std::pair<const char*, const char*> bad[] = {
        {"/timeline?limit=0", "1 to 1000"},
        {"/timeline?limit=1001", "1 to 1000"},
        {"/timeline?limit=x", "1 to 1000"},
        {"/timeline?limit=5.0", "1 to 1000"},
        {"/timeline?limit=", "1 to 1000"},
        {"/timeline?cursor=-1", "cursor"},
        {"/timeline?since=yesterday", "since"},
        {"/timeline?until=2026-13-01T00:00", "until"},
        {"/timeline?limit=1&limit=2", "twice"},
        {"/timeline?limit=%zz", "%zz"},
        {"/timeline?size=3", "since, until, load"},
        {"/state?x=1", "nothing"},
        {"/timeline?since=2026-06-15T10:00&until=2026-06-15T09:00", "before"},
        {"/timeline?cursor=99999999999999999999", "cursor"},
    };
    for (const auto& [path, named] : bad) {
        const Answer answer = get(path);
        EXPECT_EQ(answer.status, 400) << path;
        EXPECT_EQ(answer.code(), "BAD_QUERY") << path;
        EXPECT_NE(answer.json().value("detail", "").find(named), std::string::npos) << answer.body;
    }
    EXPECT_EQ(get("/timeline?since=2026-06-15T10:00:00Z&until=2026-06-15T11:00:00Z").status, 200);
}

TEST_F(Reads, SayWhatIsNotThereAndWhatMayNotBeDone) {
    EXPECT_EQ(get("/nothing").status, 404);
    EXPECT_EQ(get("").status, 404);
    EXPECT_EQ(get("/loads/").status, 404);
    EXPECT_EQ(get("/loads/miner/x").status, 404);
    EXPECT_EQ(house.get("/api/v1x").status, 404);
    const Answer answer = house.ask("DELETE", "/api/v1/state");
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.headers.at("allow"), "GET, HEAD");
    EXPECT_EQ(house.ask("GET", "/api/v1/override").headers.at("allow"), "POST");
    EXPECT_EQ(house.ask("POST", "/api/v1/ws").status, 405);
    EXPECT_EQ(house.ask("POST", "/").status, 405);
    EXPECT_EQ(get("/ws").code(), "NOT_A_WEBSOCKET");
    const Answer head = house.ask("HEAD", "/api/v1/state");
    EXPECT_EQ(head.status, 200);
    EXPECT_GT(std::stoi(head.headers.at("content-length")), 100);
    EXPECT_EQ(house.get("/../../etc/passwd").status, 404);
    EXPECT_EQ(house.get("/%2e%2e/%2e%2e/etc/passwd").status, 404);
}

TEST_F(Reads, ToldWhenTheJournalCannotBeRead) {
    house.history.is_broken = true;
    const Answer answer = get("/timeline");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.code(), "JOURNAL_UNAVAILABLE");
    EXPECT_EQ(get("/state").status, 200);
}

TEST(ReadsOfANewHouse, SayThatItIsNotReady) {
    ServedHouse house;
    for (const char* path : {"/health/ready", "/preview"}) {
        const Answer answer = house.get(std::string{"/api/v1"} + path);
        EXPECT_EQ(answer.status, 503) << path;
        EXPECT_EQ(answer.code(), "NOT_READY") << path;
        EXPECT_EQ(answer.headers.at("retry-after"), "10") << path;
    }
    EXPECT_EQ(house.get("/api/v1/health/live").status, 200);
    house.live_until_started();
    EXPECT_EQ(house.get("/api/v1/health/ready").status, 200);
    EXPECT_EQ(house.get("/api/v1/preview").json()["loads"].size(), 2u);
}

TEST_F(Reads, GivePrometheusItsNumbers) {
    const Answer answer = house.get("/metrics");
    EXPECT_EQ(answer.headers.at("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    for (const char* line :
         {"# TYPE bitgrid_signal gauge\n", "bitgrid_signal{signal=\"pv_power_w\"} 4000\n",
          "bitgrid_load_on{load=\"miner\"} 1\n", "# TYPE bitgrid_rejected_total counter\n",
          "bitgrid_ready 1\n", "bitgrid_load_decision{load=\"miner\",code=\"START_R1_",
          "bitgrid_health{part=\"journal\"} 0\n"})
        EXPECT_NE(answer.body.find(line), std::string::npos) << line << answer.body;
    EXPECT_EQ(answer.body.find("energy_price_ct_kwh"), std::string::npos) << "not known, no sample";
    EXPECT_EQ(get("/metrics").status, 200);
}

TEST_F(Reads, AnswerWithTheStateOfTheMomentHoweverFastItChanges) {
    for (const double temp_c : {61.0, 62.0, 63.0}) {
        house.engine->measured({core::Signal::LoadTemp, "miner", temp_c});
        const auto state = house.get("/api/v1/state").json();
        EXPECT_EQ(state["loads"][0]["signals"]["temp_c"]["value"], temp_c);
    }
}

TEST_F(Reads, CountEveryValueThatASensorBrought) {
    const std::int64_t before = house.engine->look().measurements;
    house.live(10'000);  // twice six values of the site and three of the loads
    EXPECT_EQ(house.engine->look().measurements - before, 18);
    house.engine->measured({core::Signal::LoadTemp, "stranger", 60});
    EXPECT_EQ(house.engine->look().measurements - before, 18) << "a refused one is not taken";
    EXPECT_NE(house.get("/metrics").body.find("# TYPE bitgrid_measurements_total counter\n"),
              std::string::npos);
}

TEST(Metrics, EscapeWhatStandsInALabel) {
    ports::LiveView view;
    view.health.push_back({"device/a\"b\\c\nd", core::HealthLevel::Warn, "", {}, 3});
    const std::string text = metrics_text(view, core::Config{}, {});
    EXPECT_NE(text.find("bitgrid_health{part=\"device/a\\\"b\\\\c\\nd\"} 1\n"), std::string::npos)
        << text;
    EXPECT_NE(text.find("bitgrid_rejected_total{part=\"device/a\\\"b\\\\c\\nd\"} 3\n"),
              std::string::npos);
}

}  // namespace
