// Who may ask what, over real sockets.
#include "api/access.hpp"

#include <gtest/gtest.h>

#include "api/testing_served_house.hpp"
#include "crypto/digest.hpp"

using namespace bitgrid;
using namespace bitgrid::api;
using Json = nlohmann::json;

namespace {

const std::string kState = "/api/v1/state";
const std::string kAutonomy = "/api/v1/autonomy";
const std::string kManual = R"({"level":"MANUAL"})";

ApiConfig with_tokens() {
    ApiConfig config;
    config.tokens = {token_line("phone", "operator", "secret-o"),
                     token_line("display", "observer", "secret-d")};
    return config;
}
Headers bearer(const std::string& token) { return {{"Authorization", "Bearer " + token}}; }

core::AutonomyLevel autonomy(const ServedHouse& house) { return house.engine->look().autonomy; }

TEST(Tokens, LetNobodyInWithoutOne) {
    ServedHouse house{with_tokens()};
    for (const Headers& headers :
         {Headers{}, bearer(""), bearer("secret"), bearer("SECRET-O"),
          Headers{{"Authorization", "Basic secret-o"}}, bearer(with_tokens().tokens[0]),
          bearer(crypto::sha256_hex("secret-o"))}) {
        const Answer answer = house.get(kState, headers);
        EXPECT_EQ(answer.status, 401);
        EXPECT_EQ(answer.code(), "UNAUTHORIZED");
        EXPECT_EQ(answer.headers.at("www-authenticate"), "Bearer");
        EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
        EXPECT_EQ(answer.body.find("pv_power_w"), std::string::npos);
    }
    EXPECT_EQ(house.ask("PUT", kAutonomy, kManual).status, 401);
    EXPECT_EQ(house.get("/api/v1/nowhere").status, 401) << "not even what there is";
    EXPECT_EQ(house.get("/metrics").status, 401);
    EXPECT_EQ(autonomy(house), core::AutonomyLevel::Full);
}

TEST(Tokens, LeaveOnlyTheSignOfLifeOpen) {
    ServedHouse house{with_tokens()};
    EXPECT_EQ(house.get("/api/v1/health/live").status, 200);
    EXPECT_EQ(house.get("/api/v1/health/live", {{"Host", "evil.example"}}).status, 421);
    EXPECT_EQ(house.get("/api/v1/health").status, 401);
}

TEST(Tokens, LetObserversLookAndStopButNothingElse) {
    ServedHouse house{with_tokens()};
    house.live_until_started();
    const Headers observer = bearer("secret-d");
    EXPECT_EQ(house.get(kState, observer).status, 200);
    const std::pair<const char*, const char*> writes[] = {{"PUT", "/api/v1/autonomy"},
                                                          {"POST", "/api/v1/override"},
                                                          {"POST", "/api/v1/safety/ack"},
                                                          {"DELETE", "/api/v1/override/miner"},
                                                          {"POST", "/api/v1/proposals/x/accept"}};
    for (const auto& [method, path] : writes) {
        const std::string body = std::string{method} == "PUT" ? kManual : R"({"action":"START"})";
        const Answer answer = house.ask(method, path, body, observer);
        EXPECT_EQ(answer.status, 403) << path;
        EXPECT_EQ(answer.code(), "OPERATOR_NEEDED") << path;
    }
    EXPECT_EQ(house.post("/api/v1/override", {{"action", "NONE"}}, observer).status, 403);
    EXPECT_EQ(autonomy(house), core::AutonomyLevel::Full);
    EXPECT_EQ(house.post("/api/v1/override", {{"action", "STOP"}}, observer).status, 200);
    EXPECT_EQ(house.post("/api/v1/emergency-stop", Json::object(), observer).status, 200);
    EXPECT_TRUE(house.engine->look().is_emergency);
}

TEST(Tokens, LetOperatorsActAndRecordWhoItWas) {
    ServedHouse house{with_tokens()};
    EXPECT_EQ(house.ask("PUT", kAutonomy, kManual, bearer("secret-o")).status, 200);
    EXPECT_EQ(autonomy(house), core::AutonomyLevel::Manual);
    EXPECT_EQ(house.journal.all<core::AutonomyChanged>().at(0).actor, "token:phone");
}

TEST(Tokens, ComeWithAWebSocketAsASubprotocolOfTheirOwn) {
    ServedHouse house{with_tokens()};
    const auto open = [&](const std::string& protocols) {
        return house.websocket("", {{"Sec-WebSocket-Protocol", protocols}}).answer();
    };
    const auto answer = open("bitgrid, token.secret-d");
    EXPECT_EQ(answer->status, 101);
    EXPECT_EQ(answer->headers.at("sec-websocket-protocol"), "bitgrid") << "never the token";
    EXPECT_EQ(open("token.secret-d,bitgrid")->status, 101);
    EXPECT_EQ(open("bitgrid")->status, 401);
    EXPECT_EQ(open("bitgrid, token.wrong")->status, 401);
    EXPECT_EQ(open("bitgrid, mytoken.secret-d")->status, 401);
    EXPECT_EQ(house.event_stream().answer()->status, 401);
    EXPECT_EQ(house.event_stream("", bearer("secret-d")).answer()->status, 200);
}

TEST(Tokens, AreJournalledWhenWrongButAFloodOfThemIsNot) {
    ServedHouse house{with_tokens()};
    for (int i = 0; i < 100; ++i) house.get(kState, bearer("guess" + std::to_string(i)));
    house.live(2'000);
    const auto failed = house.journal.all<core::AuthFailed>();
    EXPECT_EQ(failed.size(), 20u);
    EXPECT_EQ(failed.at(0).peer, "127.0.0.1");
    EXPECT_EQ(failed.at(0).why, "UNAUTHORIZED");
    EXPECT_EQ(failed.at(10).why, "TOO_MANY_TRIES");
    EXPECT_EQ(house.rejected(), 100) << "but each is counted";
    EXPECT_EQ(house.health(), core::HealthLevel::Warn);
    house.live(70'000);
    EXPECT_EQ(house.health(), core::HealthLevel::Ok) << "a minute after the last";
    for (const core::Event& event : house.journal.events)
        if (const auto* change = std::get_if<core::HealthChanged>(&event.what)) {
            EXPECT_EQ(change->reason.find("guess"), std::string::npos) << change->reason;
        }
}

TEST(Tokens, CannotBeGuessedFasterThanTenInAMinute) {
    ServedHouse house{with_tokens()};
    const Headers known = bearer("secret-o"), unknown = bearer("secret-d");
    EXPECT_EQ(house.get(kState, known).status, 200);
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(house.get(kState, bearer("guess" + std::to_string(i))).status, 401);
    const Answer slowed = house.get(kState, bearer("guess"));
    EXPECT_EQ(slowed.status, 429);
    EXPECT_EQ(slowed.code(), "TOO_MANY_TRIES");
    EXPECT_EQ(house.get(kState, unknown).status, 429) << "a right guess does not show";
    EXPECT_EQ(house.websocket("", unknown).answer()->status, 429);
    EXPECT_EQ(house.get(kState, known).status, 200) << "who has come in before still does";
    EXPECT_EQ(house.post("/api/v1/emergency-stop", Json::object(), known).status, 200);
    EXPECT_EQ(house.get(kState).status, 401) << "no token is no guess";
    EXPECT_EQ(house.get("/api/v1/health/live", bearer("guess")).status, 200);
    const int wait_s = std::stoi(slowed.headers.at("retry-after"));
    EXPECT_GE(wait_s, 1);
    EXPECT_LE(wait_s, 7);
    house.clock.advance(wait_s * 1'000);
    EXPECT_EQ(house.get(kState, unknown).status, 200);
}

TEST(Tokens, MustBeReadableAndMustBeThereForTheNetwork) {
    const auto fault = [](ApiConfig config) {
        const auto access = Access::from(config, 8080);
        return access ? "" : access.error().what;
    };
    ApiConfig config;
    EXPECT_EQ(config.address, "127.0.0.1") << "this machine only, unless the owner says otherwise";
    EXPECT_EQ(fault(config), "");
    config.address = "0.0.0.0";
    EXPECT_EQ(fault(config), "") << "nobody comes in then, before there is an account";
    config.tokens = {token_line("a", "observer", "x")};
    EXPECT_EQ(fault(config), "");
    for (const std::string& bad : std::vector<std::string>{
             "a", "a:observer", "a:owner:" + crypto::sha256_hex("x"),
             "a:observer:" + std::string(63, 'a'), ":observer:" + crypto::sha256_hex("x"),
             "a:observer:" + std::string(64, 'G'), std::string{}}) {
        config.tokens = {bad};
        EXPECT_NE(fault(config), "") << bad;
    }
    config.tokens = {"name:operator:tooshort"};
    EXPECT_EQ(fault(config).find("tooshort"), std::string::npos) << "never what may be a secret";
}

TEST(Host, MustBeOneOfOurs) {
    ApiConfig config;
    config.allowed_hosts = {"bitgrid.home", "proxy.home:444"};
    ServedHouse house{config};
    const std::string port = ":" + std::to_string(house.server->port());
    for (const std::string& good : std::vector<std::string>{
             "127.0.0.1" + port, "localhost" + port, "LOCALHOST" + port,
             std::string{"[::1]"} + port, std::string{"localhost"}, std::string{"bitgrid.home"},
             "bitgrid.home" + port, std::string{"proxy.home:444"}})
        EXPECT_EQ(house.get(kState, {{"Host", good}}).status, 200) << good;
    for (const std::string& bad : std::vector<std::string>{
             std::string{"evil.example"}, "evil.example" + port, std::string{"127.0.0.1:1"},
             std::string{"localhost.evil.example"}, std::string{"proxy.home"},
             std::string{"10.0.0.1"}, std::string{""}}) {
        const Answer answer = house.get(kState, {{"Host", bad}});
        EXPECT_EQ(answer.status, 421) << bad;
        EXPECT_EQ(answer.code(), "WRONG_HOST") << bad;
    }
    EXPECT_EQ(house.get("/", {{"Host", "evil.example"}}).status, 421) << "nor the page";
    EXPECT_EQ(house.get(kState, {{"Host", house.host()}, {"Host", "evil.example"}}).status, 421);
    EXPECT_EQ(house.say("GET /api/v1/state HTTP/1.0\r\n\r\n").status, 421) << "none at all";
}

TEST(Host, MayBeAnyAddressInNumbersWhereTheOwnerListensEverywhere) {
    ApiConfig config = with_tokens();
    config.address = "0.0.0.0";
    ServedHouse house{config};
    const auto status = [&](const std::string& host) {
        return house.get(kState, {{"Host", host}, bearer("secret-o")[0]}).status;
    };
    EXPECT_EQ(status("192.168.1.20:" + std::to_string(house.server->port())), 200);
    EXPECT_EQ(status("rebound.example"), 421);
}

TEST(Origin, OfAnotherSiteMayChangeNothing) {
    ServedHouse house;
    const auto write = [&](Headers headers) {
        return house.ask("PUT", kAutonomy, kManual, std::move(headers)).status;
    };
    for (const Headers& foreign :
         {Headers{{"Origin", "http://evil.example"}}, Headers{{"Origin", "null"}},
          Headers{{"Origin", "http://localhost:1"}}, Headers{{"Origin", house.host()}},
          Headers{{"Sec-Fetch-Site", "cross-site"}}, Headers{{"Sec-Fetch-Site", "same-site"}}}) {
        EXPECT_EQ(write(foreign), 403) << foreign[0].second;
        EXPECT_EQ(house.ask("POST", "/api/v1/emergency-stop", "", foreign).code(),
                  "FOREIGN_ORIGIN");
    }
    EXPECT_EQ(autonomy(house), core::AutonomyLevel::Full);
    EXPECT_FALSE(house.engine->look().is_emergency);
    EXPECT_EQ(write({{"Origin", "http://" + house.host()}, {"Sec-Fetch-Site", "same-origin"}}),
              200);
    EXPECT_EQ(write({}), 200) << "a program";
    EXPECT_EQ(house.get(kState, {{"Origin", "http://evil.example"}})
                  .headers.count("access-control-allow-origin"),
              0u);
}

TEST(Origin, OfAnotherSiteMayOpenNoWebSocket) {
    ServedHouse house;
    const auto open = [&](const std::string& origin) {
        return house.websocket("", {{"Origin", origin}}).answer()->status;
    };
    EXPECT_EQ(open("http://evil.example"), 403);
    EXPECT_EQ(open("http://" + house.host()), 101);
}

TEST(Origin, MayBeOneThatTheOwnerNamed) {
    ApiConfig config;
    config.allowed_origins = {"https://panel.home"};
    ServedHouse house{config};
    const Headers named{{"Origin", "https://panel.home"}};
    const Answer answer = house.ask("PUT", kAutonomy, kManual, named);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.headers.at("access-control-allow-origin"), "https://panel.home");
    const Answer asked = house.ask("OPTIONS", kAutonomy, "", named);
    EXPECT_EQ(asked.status, 204);
    EXPECT_EQ(asked.headers.at("access-control-allow-headers"), "Authorization, Content-Type");
    EXPECT_EQ(house.event_stream("", named).answer()->headers.count("access-control-allow-origin"),
              1u);
    EXPECT_EQ(house.ask("OPTIONS", kAutonomy, "", {{"Origin", "https://other.home"}}).status, 405);
    EXPECT_EQ(house.ask("PUT", kAutonomy, kManual, {{"Origin", "https://other.home"}}).status, 403);
}

TEST(RateLimit, RefusesTooManyWritesAndSaysWhenToComeBack) {
    ApiConfig config;
    config.writes_per_minute = 3;
    ServedHouse house{config};
    for (int i = 0; i < 3; ++i) EXPECT_EQ(house.ask("PUT", kAutonomy, kManual).status, 200);
    const Answer answer = house.ask("PUT", kAutonomy, R"({"level":"FULL"})");
    EXPECT_EQ(answer.status, 429);
    EXPECT_EQ(answer.code(), "RATE_LIMITED");
    const int wait_s = std::stoi(answer.headers.at("retry-after"));
    EXPECT_GE(wait_s, 1);
    EXPECT_LE(wait_s, 21);
    EXPECT_EQ(autonomy(house), core::AutonomyLevel::Manual) << "nothing has changed";
    EXPECT_EQ(house.get(kState).status, 200) << "looking is free";
    EXPECT_EQ(house.post("/api/v1/emergency-stop", Json::object()).status, 200)
        << "a stop is never kept waiting";
    house.clock.advance(wait_s * 1'000);
    EXPECT_EQ(house.ask("PUT", kAutonomy, R"({"level":"FULL"})").status, 200);
    EXPECT_EQ(house.journal.all<core::RateLimited>().size(), 1u);
}

TEST(RateLimit, EndsAFloodOfStopsToo) {
    ApiConfig config;
    config.writes_per_minute = 2;
    ServedHouse house{config};
    int refused = 0;
    for (int i = 0; i < 30; ++i)
        refused += house.post("/api/v1/emergency-stop", Json::object()).status == 429 ? 1 : 0;
    EXPECT_EQ(refused, 10);
    EXPECT_TRUE(house.engine->look().is_emergency);
}

}  // namespace
