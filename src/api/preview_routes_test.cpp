// Previews over HTTP: who may ask, how often, and that asking leaves no trace.
#include <gtest/gtest.h>

#include "api/testing_served_house.hpp"

using namespace bitgrid;
using namespace bitgrid::api;
using Json = nlohmann::json;

namespace {

const Json kMoreSun{{"signals", {{"pv_power_w", 6000}}}};

TEST(Previews, HandOverTheQuestionAndTheAnswerAsTheyAre) {
    ServedHouse house;
    const Answer answer = house.post("/api/v1/preview", kMoreSun);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.json(), Json({{"preview", true}}));
    EXPECT_EQ(answer.headers.at("content-type"), "application/json");
    EXPECT_EQ(answer.headers.at("cache-control"), "no-store");
    ASSERT_EQ(house.what_if.asked.size(), 1u);
    EXPECT_EQ(Json::parse(house.what_if.asked[0]), kMoreSun);
    EXPECT_EQ(house.post("/preview", kMoreSun).status, 200) << "the name of the original contract";
    EXPECT_EQ(house.ask("POST", "/api/v1/preview").status, 200) << "without a body";
}

TEST(Previews, AreForEverybodyWhoMayLook) {
    ApiConfig settings;
    settings.tokens = {token_line("tablet", "observer", "see")};
    ServedHouse house{settings};
    EXPECT_EQ(house.post("/api/v1/preview", kMoreSun).status, 401);
    EXPECT_EQ(house.post("/api/v1/preview", kMoreSun, {{"Authorization", "Bearer see"}}).status,
              200);
    EXPECT_EQ(house.what_if.asked.size(), 1u);
    EXPECT_EQ(house
                  .post("/api/v1/preview", kMoreSun,
                        {{"Authorization", "Bearer see"}, {"Origin", "http://evil.example"}})
                  .code(),
              "FOREIGN_ORIGIN");
}

TEST(Previews, LeaveNoTrace) {
    ServedHouse house;
    house.live_until_started();
    const std::size_t events = house.journal.events.size();
    const std::size_t commands = house.miner.commands.size() + house.rod.commands.size();
    const auto memory = house.journal.checkpoint.memory;
    for (int i = 0; i < 350; ++i) house.post("/api/v1/preview", kMoreSun);
    EXPECT_EQ(house.journal.events.size(), events);
    EXPECT_EQ(house.miner.commands.size() + house.rod.commands.size(), commands);
    EXPECT_EQ(house.journal.checkpoint.memory, memory);
}

TEST(Previews, AreLimitedApartFromWrites) {
    ServedHouse house;
    house.live_until_started();
    Answer answer;
    int taken = 0;
    while ((answer = house.post("/api/v1/preview", kMoreSun)).status == 200 && taken < 1'000)
        ++taken;
    EXPECT_EQ(answer.code(), "RATE_LIMITED");
    EXPECT_TRUE(answer.headers.contains("retry-after"));
    EXPECT_NE(answer.json().value("detail", "").find("previews; at most 300"), std::string::npos);
    EXPECT_EQ(taken, 300);
    EXPECT_EQ(house.post("/api/v1/override", {{"action", "STOP"}}).status, 200);
    EXPECT_EQ(house.ask("PUT", "/api/v1/autonomy", R"({"level":"SEMI"})").status, 200);
    house.clock.advance(60'000);
    EXPECT_EQ(house.post("/api/v1/preview", kMoreSun).status, 200);
}

TEST(Previews, SayWhyThereIsNone) {
    ServedHouse house;
    const Json of_the_past{{"decision_id", "x"}};
    const auto refused = [&](core::ErrorCode code, const Json& body) {
        house.what_if.answer = core::Error{code, "because"};
        const Answer answer = house.post("/api/v1/preview", body);
        return std::to_string(answer.status) + " " + answer.code();
    };
    EXPECT_EQ(refused(core::ErrorCode::BadInput, kMoreSun), "400 BAD_FIELD");
    EXPECT_EQ(refused(core::ErrorCode::NotFound, of_the_past), "404 NOT_FOUND");
    EXPECT_EQ(refused(core::ErrorCode::Damaged, of_the_past), "422 NOT_REPEATABLE");
    EXPECT_EQ(refused(core::ErrorCode::Unavailable, of_the_past), "503 JOURNAL_UNAVAILABLE");
    EXPECT_EQ(refused(core::ErrorCode::Unavailable, kMoreSun), "503 NOT_READY");
    EXPECT_EQ(house.post("/api/v1/preview", kMoreSun).headers.at("retry-after"), "10");
    EXPECT_EQ(house.ask("POST", "/api/v1/preview", "[1]").code(), "BAD_JSON");
    EXPECT_EQ(house.ask("PUT", "/api/v1/preview", "{}").headers.at("allow"), "GET, HEAD, POST");
}

}  // namespace
