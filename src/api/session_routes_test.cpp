// Signing in, over real sockets, with accounts in real files.
#include <gtest/gtest.h>

#include <fstream>

#include "accounts/private_file.hpp"
#include "api/testing_schema.hpp"
#include "api/testing_served_house.hpp"

using namespace bitgrid;
using namespace bitgrid::api;
using Json = nlohmann::json;

namespace {

const std::string kPassword = "correct horse";
const std::string kState = "/api/v1/state";

/// A house with anna (admin), otto (operator) and olga (observer).
class SignedIn : public ::testing::Test {
protected:
    SignedIn() {
        std::string pattern = ::testing::TempDir() + "signed_inXXXXXX";
        folder = ::mkdtemp(pattern.data());
    }
    ~SignedIn() override {
        house.reset();
        std::filesystem::remove_all(folder);
    }
    void begin(ApiConfig config = {}) {
        house.reset();
        house.emplace(std::move(config), nullptr, folder);
    }
    void add(const std::string& name, accounts::Role role,
             const std::string& password = kPassword) {
        const auto hash = accounts::hash_password(accounts::Secret{password}, kLight);
        ASSERT_TRUE(accounts::change_book(folder, [&](accounts::Book& book) {
            return book.add(accounts::Account{name, role, *hash, name + password, {}});
        }));
    }
    void begin_with_people() {
        add("anna", accounts::Role::Admin);
        add("otto", accounts::Role::Operator);
        add("olga", accounts::Role::Observer);
        begin();
    }
    Headers own() const { return {{"Origin", "http://" + house->host()}}; }
    /// The headers of the page of somebody who has just signed in.
    Headers page_of(const std::string& name, const std::string& password = kPassword) {
        const Answer answer = login(name, password);
        EXPECT_EQ(answer.status, 200) << answer.body;
        const std::string cookie = answer.headers.at("set-cookie");
        return {{"Cookie", cookie.substr(0, cookie.find(';'))},
                {"X-CSRF-Token", answer.json().value("csrf", "")},
                {"Origin", "http://" + house->host()}};
    }
    Answer login(const std::string& name, const std::string& password) {
        return house->post("/api/v1/login", {{"name", name}, {"password", password}}, own());
    }
    std::string audit() {
        house->server.reset();  // what waits is written first
        std::ifstream file{folder / "audit.jsonl"};
        return {std::istreambuf_iterator<char>{file}, {}};
    }

    static constexpr accounts::PasswordCost kLight{1, 8'192};
    std::filesystem::path folder;
    std::optional<ServedHouse> house;
};

TEST_F(SignedIn, IsNotAskedForOnThisMachineWithoutAccounts) {
    begin();
    const Json session = house->get("/api/v1/session").json();
    EXPECT_EQ(fault_of(session, "views/session"), "");
    EXPECT_EQ(session["kind"], "local");
    EXPECT_EQ(house->get(kState).status, 200);
    EXPECT_EQ(
        house->post("/api/v1/users", {{"name", "eve"}, {"role", "admin"}, {"password", kPassword}})
            .code(),
        "PERSON_NEEDED");
}

TEST_F(SignedIn, IsAskedForAsSoonAsThereIsSomebody) {
    begin();
    Peer reader = house->websocket();
    ASSERT_EQ(reader.answer()->status, 101);
    add("anna", accounts::Role::Admin);
    EXPECT_TRUE(reader.wait_for_the_end()) << "who was let in as anybody goes";
    EXPECT_EQ(house->get(kState).status, 401);
    EXPECT_EQ(house->get("/api/v1/health/live").status, 200);
    EXPECT_EQ(house->get("/").status, 200) << "the page itself knows nothing";
}

TEST_F(SignedIn, GivesACookieThatNoScriptSeesAndNoOtherSiteSends) {
    begin_with_people();
    EXPECT_EQ(house->get(kState).status, 401);
    const Answer answer = login("otto", kPassword);
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(fault_of(answer.json(), "views/session"), "");
    const std::string cookie = answer.headers.at("set-cookie");
    for (const char* part : {"bitgrid=", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="})
        EXPECT_NE(cookie.find(part), std::string::npos) << cookie;
    const std::string secret = cookie.substr(0, cookie.find(';'));
    EXPECT_EQ(house->get(kState, {{"Cookie", secret}}).status, 200);
    EXPECT_EQ(house->get(kState, {{"Cookie", "a=b; " + secret + "; c=d"}}).status, 200);
    EXPECT_EQ(house->get(kState, {{"Cookie", secret}, {"Sec-Fetch-Site", "cross-site"}}).status,
              401);
    EXPECT_EQ(house->get(kState, {{"Cookie", "__Host-" + secret}}).status, 401)
        << "that is the name for encrypted lines";
    EXPECT_EQ(house->get(kState, {{"Cookie", secret + "; " + secret}}).status, 401);
    EXPECT_EQ(house->get(kState, {{"Cookie", secret + "x"}}).status, 401);
    house->post("/api/v1/logout", Json::object(), page_of("olga"));
    EXPECT_EQ(house->get(kState, {{"Cookie", secret}}).status, 200) << "others stay";
}

TEST_F(SignedIn, EndsWithSigningOutAndStartsWithANewSecret) {
    begin_with_people();
    const Headers first = page_of("otto");
    Headers fixed = own();
    fixed.emplace_back("Cookie", "bitgrid=" + std::string(43, 'a'));
    const Answer again =
        house->post("/api/v1/login", {{"name", "otto"}, {"password", kPassword}}, fixed);
    EXPECT_EQ(again.headers.at("set-cookie").find(std::string(43, 'a')), std::string::npos)
        << "never one that somebody brought along";
    EXPECT_EQ(house->post("/api/v1/logout", Json::object(), {first[0], first[2]}).code(),
              "CSRF_TOKEN_NEEDED");
    const Answer out = house->post("/api/v1/logout", Json::object(), first);
    EXPECT_EQ(out.status, 200);
    EXPECT_NE(out.headers.at("set-cookie").find("Max-Age=0"), std::string::npos);
    EXPECT_EQ(house->get(kState, first).status, 401);
}

TEST_F(SignedIn, SurvivesARestart) {
    begin_with_people();
    const Headers page = page_of("otto");
    begin();
    EXPECT_EQ(house->get(kState, {page[0]}).status, 200);
}

TEST_F(SignedIn, MayDoWhatTheRoleMay) {
    begin_with_people();
    house->live_until_started();
    const Headers olga = page_of("olga"), otto = page_of("otto"), anna = page_of("anna");
    const std::string manual = R"({"level":"MANUAL"})";
    EXPECT_EQ(house->ask("PUT", "/api/v1/autonomy", manual, olga).code(), "OPERATOR_NEEDED");
    EXPECT_EQ(house->ask("PUT", "/api/v1/autonomy", manual, otto).status, 200);
    EXPECT_EQ(house->journal.all<core::AutonomyChanged>().at(0).actor, "user:otto");
    EXPECT_EQ(house->post("/api/v1/config/check", Json::object(), otto).code(), "ADMIN_NEEDED");
    EXPECT_EQ(house->post("/api/v1/config/check", Json::object(), anna).code(), "CONFIG_FIXED");
    for (const char* path : {"/users", "/tokens", "/audit"}) {
        EXPECT_EQ(house->get(std::string{"/api/v1"} + path, otto).code(), "ADMIN_NEEDED") << path;
        EXPECT_EQ(house->get(std::string{"/api/v1"} + path, anna).status, 200) << path;
    }
    EXPECT_EQ(house->post("/api/v1/override", {{"action", "STOP"}}, olga).status, 200);
    EXPECT_EQ(house->post("/api/v1/emergency-stop", Json::object(), olga).status, 200)
        << "whoever has signed in may stop";
    EXPECT_TRUE(house->engine->look().is_emergency);
}

TEST_F(SignedIn, ShowsThePasswordAgainForWhatIsCritical) {
    begin_with_people();
    const Headers anna = page_of("anna");
    const Json token{{"name", "phone"}, {"role", "operator"}};
    house->clock.advance(accounts::Sessions::kConfirmedMs + 1'000);
    EXPECT_EQ(house->post("/api/v1/tokens", token, anna).code(), "CONFIRM_NEEDED");
    EXPECT_EQ(house->ask("DELETE", "/api/v1/users/otto", "", anna).code(), "CONFIRM_NEEDED");
    EXPECT_EQ(house->ask("PUT", "/api/v1/research", R"({"enabled":true})", anna).code(),
              "CONFIRM_NEEDED");
    EXPECT_EQ(house->post("/api/v1/session/confirm", {{"password", "wrong one"}}, anna).code(),
              "WRONG_PASSWORD");
    EXPECT_EQ(house->post("/api/v1/tokens", token, anna).code(), "CONFIRM_NEEDED");
    const Answer confirmed =
        house->post("/api/v1/session/confirm", {{"password", kPassword}}, anna);
    EXPECT_EQ(fault_of(confirmed.json(), "views/session"), "") << confirmed.body;
    const Answer made = house->post("/api/v1/tokens", token, anna);
    EXPECT_EQ(made.status, 201);
    EXPECT_EQ(fault_of(made.json(), "views/made_token"), "");
    const Headers bearer{{"Authorization", "Bearer " + made.json().value("token", "")}};
    EXPECT_TRUE(made.json().value("token", "").starts_with("bg_"));
    EXPECT_EQ(house->get("/api/v1/session", bearer).json()["name"], "phone");
    EXPECT_EQ(house->post("/api/v1/tokens", token, anna).status, 409) << "the name is taken";
    const Answer list = house->get("/api/v1/tokens", anna);
    EXPECT_EQ(fault_of(list.json(), "views/tokens"), "");
    EXPECT_EQ(list.body.find("bg_"), std::string::npos) << "shown once";

    Peer reader = house->websocket("", bearer);
    ASSERT_EQ(reader.answer()->status, 101);
    EXPECT_EQ(house->ask("DELETE", "/api/v1/tokens/phone", "", anna).status, 200);
    EXPECT_TRUE(reader.wait_for_the_end()) << "revoked is out";
    EXPECT_EQ(house->get(kState, bearer).status, 401);
}

TEST_F(SignedIn, LetsAdminsDecideWhoComesIn) {
    begin_with_people();
    const Headers anna = page_of("anna");
    const Json user{{"name", "nina"}, {"role", "observer"}, {"password", "long enough"}};
    EXPECT_EQ(house->post("/api/v1/users", user, page_of("otto")).code(), "ADMIN_NEEDED");
    Json bad = user;
    bad["password"] = "short";
    EXPECT_EQ(house->post("/api/v1/users", bad, anna).status, 422);
    bad["role"] = "root";
    EXPECT_EQ(house->post("/api/v1/users", bad, anna).status, 400);
    EXPECT_EQ(house->post("/api/v1/users", user, anna).status, 200);
    const Headers nina = page_of("nina", "long enough");
    Peer reader = house->websocket("", {nina[0], nina[2]});
    ASSERT_EQ(reader.answer()->status, 101);
    EXPECT_EQ(house->ask("PUT", "/api/v1/users/nina", R"({"role":"operator"})", anna).status, 200);
    EXPECT_TRUE(reader.wait_for_the_end()) << "another role opens another line";
    EXPECT_EQ(house->get("/api/v1/session", nina).json()["role"], "operator");
    EXPECT_EQ(house->ask("PUT", "/api/v1/users/nina", R"({"password":"another one"})", anna).status,
              200);
    EXPECT_EQ(house->get(kState, nina).status, 401) << "with the old password";
    EXPECT_EQ(house->ask("PUT", "/api/v1/users/anna", R"({"role":"observer"})", anna).status, 409)
        << "the last admin";
    EXPECT_EQ(house->ask("DELETE", "/api/v1/users/nina", "", anna).status, 200);
    EXPECT_EQ(house->ask("DELETE", "/api/v1/users/nina", "", anna).status, 404);
    const Answer users = house->get("/api/v1/users", anna);
    EXPECT_EQ(fault_of(users.json(), "views/users"), "");
    EXPECT_EQ(users.json()["items"].size(), 3U);
    EXPECT_EQ(users.body.find("argon2"), std::string::npos);
    const Answer log = house->get("/api/v1/audit", anna);
    EXPECT_EQ(fault_of(log.json(), "views/audit"), "");
    EXPECT_EQ(log.json()["items"][0]["what"], "ACCOUNT_REMOVED");
    EXPECT_EQ(log.json()["items"][0]["who"], "user:anna");
    EXPECT_EQ(log.json()["items"][0]["peer"], "127.0.0.1");
    const std::string kept = audit();
    for (const char* secret : {"long enough", "another one", "correct horse", "short"})
        EXPECT_EQ(kept.find(secret), std::string::npos) << secret;
}

TEST_F(SignedIn, OpensAWebSocketByCookieOrTicket) {
    begin_with_people();
    const Headers olga = page_of("olga");
    const auto open = [&](Headers headers) {
        return house->websocket("", std::move(headers)).answer()->status;
    };
    EXPECT_EQ(open({olga[0], olga[2]}), 101);
    EXPECT_EQ(open({olga[0]}), 403) << "a cookie without an origin";
    EXPECT_EQ(open({olga[0], {"Origin", "http://evil.example"}}), 403);
    EXPECT_EQ(open({olga[2]}), 401);
    const auto ticket = [&] {
        const Answer answer = house->post("/api/v1/ticket", Json::object(), olga);
        EXPECT_EQ(fault_of(answer.json(), "views/ticket"), "");
        return Headers{
            {"Sec-WebSocket-Protocol", "bitgrid, ticket." + answer.json().value("ticket", "")}};
    };
    const Headers first = ticket();
    EXPECT_EQ(open(first), 101);
    EXPECT_EQ(open(first), 401) << "once";
    EXPECT_EQ(house->ask("PUT", "/api/v1/autonomy", R"({"level":"MANUAL"})", ticket()).status, 401);
    const Headers late = ticket();
    house->clock.advance(Access::kTicketS * 1'000 + 1);
    EXPECT_EQ(open(late), 401) << "within thirty seconds";
    const Headers gone = ticket();
    house->post("/api/v1/logout", Json::object(), olga);
    EXPECT_EQ(open(gone), 401) << "as long as the session holds";
}

TEST_F(SignedIn, CannotBeGuessed) {
    begin_with_people();
    int refused = 0, slowed = 0;
    for (int i = 0; i < 1'000; ++i) {
        const Answer answer = login("anna", "wrong " + std::to_string(i));
        refused += answer.code() == "WRONG_PASSWORD" ? 1 : 0;
        slowed += answer.code() == "TOO_MANY_TRIES" ? 1 : 0;
        if (answer.status == 429) {
            EXPECT_GE(std::stoi(answer.headers.at("retry-after")), 1);
        }
    }
    EXPECT_EQ(refused, 10);
    EXPECT_EQ(slowed, 990);
    EXPECT_EQ(login("anna", kPassword).status, 429) << "a right guess does not show";
    EXPECT_LE(house->journal.all<core::AuthFailed>().size(), 11U);
    house->clock.advance(7'000);
    EXPECT_EQ(login("anna", kPassword).status, 200);
    const std::string log = audit();
    std::size_t lines = 0;
    for (std::size_t at = 0; (at = log.find("SIGN_IN_FAILED", at)) != std::string::npos; ++at)
        ++lines;
    EXPECT_EQ(lines, 10U);
    EXPECT_NE(log.find("TOO_MANY_TRIES"), std::string::npos);
    EXPECT_EQ(log.find("TOO_MANY_TRIES"), log.rfind("TOO_MANY_TRIES")) << "once";
}

TEST_F(SignedIn, IsForOurOwnPageAlone) {
    begin_with_people();
    const Json body{{"name", "anna"}, {"password", kPassword}};
    for (const Headers& foreign :
         {Headers{}, Headers{{"Origin", "http://evil.example"}}, Headers{{"Origin", "null"}},
          Headers{own()[0], {"Sec-Fetch-Site", "cross-site"}},
          Headers{own()[0], {"Origin", "http://evil.example"}}})
        EXPECT_EQ(house->post("/api/v1/login", body, foreign).code(), "FOREIGN_ORIGIN");
    Headers form = own();
    form.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    EXPECT_EQ(house->ask("POST", "/api/v1/login", "name=anna&password=x", form).status, 415);
    EXPECT_EQ(house->get("/api/v1/login?name=anna&password=x", own()).status, 401);
    EXPECT_EQ(house->post("/api/v1/login", {{"name", "anna"}}, own()).status, 400);
    EXPECT_EQ(house->post("/api/v1/login", {{"name", 3}, {"password", kPassword}}, own()).status,
              400);
    EXPECT_EQ(login("anna", std::string(5'000, 'x')).status, 400);
}

TEST_F(SignedIn, BeginsWithTheCodeOfTheFirstRun) {
    ApiConfig config;
    config.accounts = true;
    begin(config);
    const std::string code = house->server->first_run_code();
    ASSERT_FALSE(code.empty());
    EXPECT_EQ(house->get(kState).status, 401);
    const auto use = [&](const std::string& with) {
        return house->post("/api/v1/first-run",
                           {{"code", with}, {"name", "anna"}, {"password", kPassword}}, own());
    };
    EXPECT_EQ(use("aaaaa-aaaaa-aaaaa-aaaaa").status, 401);
    const Answer first = use(code);
    EXPECT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(first.json()["role"], "admin");
    EXPECT_EQ(use(code).status, 401) << "once";
    EXPECT_EQ(login("anna", kPassword).status, 200);
    EXPECT_EQ(audit().find(code), std::string::npos);
}

}  // namespace
