// Every way to ask: method × kind of route × host × origin × Sec-Fetch-Site × credential, over real
// sockets. What must be answered is computed from the table of rules below, as docs/access.md tells
// it, and from nothing in the program.
#include <gtest/gtest.h>

#include <iostream>

#include "api/testing_served_house.hpp"

using namespace bitgrid;
using namespace bitgrid::api;
using Json = nlohmann::json;

namespace {

const std::string kPassword = "correct horse";

enum class Need { Nothing, Look, Stop, Act, SetUp, People, SignIn };
enum class Who {
    Nobody,
    Wrong,
    Forged,
    Observer,
    Operator,
    Admin,
    TokenObserver,
    TokenOperator,
    TokenAdmin
};

struct Route {
    const char* method;
    const char* path;
    const char* body;
    Need need;
};
// One of each kind; none changes what the next cell meets.
const Route kRoutes[] = {
    {"GET", "/api/v1/health/live", "", Need::Nothing},
    {"GET", "/api/v1/state", "", Need::Look},
    {"HEAD", "/api/v1/state", "", Need::Look},
    {"GET", "/api/v1/nowhere", "", Need::Look},
    {"GET", "/api/v1/users", "", Need::SetUp},
    {"POST", "/api/v1/emergency-stop", "{}", Need::Stop},
    {"POST", "/api/v1/override", R"({"action":"STOP","load_id":"rod"})", Need::Stop},
    {"PUT", "/api/v1/autonomy", R"({"level":"FULL"})", Need::Act},
    {"DELETE", "/api/v1/override/rod", "", Need::Act},
    {"POST", "/api/v1/config/check", "{}", Need::SetUp},
    {"POST", "/api/v1/tokens", R"({"name":"NO NAME","role":"observer"})", Need::People},
    {"DELETE", "/api/v1/users/nobody", "", Need::People},
    {"POST", "/api/v1/login", R"({"name":3})", Need::SignIn},
};

struct Cell {
    Route route;
    bool is_our_host;
    std::string origin;  ///< own, named, foreign, null, empty: none
    std::string site;    ///< of Sec-Fetch-Site
    Who who;
    bool has_csrf;
};

bool is_unsafe(const Route& route) {
    return std::string_view{route.method} != "GET" && std::string_view{route.method} != "HEAD";
}
bool is_session(Who who) {
    return who == Who::Observer || who == Who::Operator || who == Who::Admin;
}
int rank(Who who) {
    switch (who) {
        case Who::Observer:
        case Who::TokenObserver:
            return 1;
        case Who::Operator:
        case Who::TokenOperator:
            return 2;
        case Who::Admin:
        case Who::TokenAdmin:
            return 3;
        default:
            return 0;
    }
}
int rank(Need need) {
    return need == Need::SetUp || need == Need::People ? 3 : need == Need::Act ? 2 : 1;
}

// The rules, in the order in which they are asked. 0: let in.
int refusal(const Cell& cell) {
    const bool is_at_home = cell.site.empty() || cell.site == "same-origin" || cell.site == "none";
    const bool is_own = cell.origin == "own" && is_at_home;
    const bool is_missing = cell.origin.empty() && is_at_home;
    const bool is_named = cell.origin == "named";
    if (!cell.is_our_host) return 421;
    if (cell.route.need == Need::Nothing) return 0;
    if (cell.route.need == Need::SignIn) return is_own ? 0 : 403;
    const bool changes = is_unsafe(cell.route);
    if (changes && !is_own && !is_missing && !is_named) return 403;
    // A cookie counts only on the way from our own page, or from the address bar.
    if (rank(cell.who) == 0 || (is_session(cell.who) && !is_at_home)) return 401;
    if (changes && is_session(cell.who) && (!is_own || !cell.has_csrf)) return 403;
    if (rank(cell.who) < rank(cell.route.need)) return 403;
    if (cell.route.need == Need::People && !is_session(cell.who)) return 403;
    return 0;
}

class Matrix : public ::testing::Test {
protected:
    Matrix() {
        std::string pattern = ::testing::TempDir() + "matrixXXXXXX";
        folder = ::mkdtemp(pattern.data());
        const auto hash =
            accounts::hash_password(accounts::Secret{kPassword}, accounts::PasswordCost{1, 8'192});
        const auto added = accounts::change_book(folder, [&](accounts::Book& book) {
            for (const auto role :
                 {accounts::Role::Admin, accounts::Role::Operator, accounts::Role::Observer}) {
                const std::string name{accounts::word_of(role)};
                (void)book.add(accounts::Account{name, role, *hash, name, {}});
                (void)book.add(accounts::Token{name,
                                               role,
                                               crypto::sha256_hex("bg_" + name),
                                               {},
                                               ServedHouse::kTenOClock + 400 * accounts::kDayMs,
                                               "cli"});
            }
            return core::Result<void>{};
        });
        EXPECT_TRUE(added);
        ApiConfig config;
        config.allowed_origins = {"https://panel.home"};
        config.writes_per_minute = 10'000;
        house.emplace(config, nullptr, folder);
        for (const char* name : {"observer", "operator", "admin"}) sign_in(name);
    }
    ~Matrix() override {
        house.reset();
        std::filesystem::remove_all(folder);
    }
    void sign_in(const std::string& name) {
        const Answer answer =
            house->post("/api/v1/login", {{"name", name}, {"password", kPassword}},
                        {{"Origin", "http://" + house->host()}});
        ASSERT_EQ(answer.status, 200) << answer.body;
        const std::string cookie = answer.headers.at("set-cookie");
        cookies[name] = cookie.substr(0, cookie.find(';'));
        csrf[name] = answer.json().value("csrf", "");
    }
    Headers headers_of(const Cell& cell) {
        Headers headers{{"Host", cell.is_our_host ? house->host() : "evil.example"}};
        const std::map<std::string, std::string> origins{{"own", "http://" + house->host()},
                                                         {"named", "https://panel.home"},
                                                         {"foreign", "http://evil.example"},
                                                         {"null", "null"}};
        if (!cell.origin.empty()) headers.emplace_back("Origin", origins.at(cell.origin));
        if (!cell.site.empty()) headers.emplace_back("Sec-Fetch-Site", cell.site);
        const char* const names[] = {"", "observer", "operator", "admin"};
        const std::string name = names[rank(cell.who)];
        if (is_session(cell.who)) headers.emplace_back("Cookie", cookies.at(name));
        else if (rank(cell.who) > 0) headers.emplace_back("Authorization", "Bearer bg_" + name);
        if (cell.who == Who::Forged)
            headers.emplace_back("Cookie", "bitgrid=" + std::string(43, 'A'));
        if (cell.who == Who::Wrong) headers.emplace_back("Authorization", "Bearer bg_wrong");
        if (cell.has_csrf)
            headers.emplace_back("X-CSRF-Token",
                                 is_session(cell.who) ? csrf.at(name) : std::string(64, 'a'));
        return headers;
    }
    void try_cell(const Cell& cell) {
        if (cell.who == Who::Wrong) house->clock.advance(6'001);  // another one is allowed again
        Headers headers = headers_of(cell);
        const Answer answer =
            house->ask(cell.route.method, cell.route.path, cell.route.body, std::move(headers));
        const int expected = refusal(cell);
        const bool is_as_expected =
            expected != 0 ? answer.status == expected
                          : answer.status != 401 && answer.status != 403 && answer.status != 421 &&
                                answer.status != 429 && answer.status >= 200;
        ++cells;
        refused += expected != 0 ? 1 : 0;
        EXPECT_TRUE(is_as_expected)
            << cell.route.method << ' ' << cell.route.path << " host " << cell.is_our_host
            << " origin " << cell.origin << " site " << cell.site << " who "
            << static_cast<int>(cell.who) << " csrf " << cell.has_csrf << ": " << answer.status
            << " instead of " << expected << ' ' << answer.body;
    }

    std::filesystem::path folder;
    std::optional<ServedHouse> house;
    std::map<std::string, std::string> cookies, csrf;
    int cells{0}, refused{0};
};

TEST_F(Matrix, IsAnsweredAsTheTableOfRulesSays) {
    const Who all[] = {Who::Nobody,        Who::Wrong,         Who::Forged,
                       Who::Observer,      Who::Operator,      Who::Admin,
                       Who::TokenObserver, Who::TokenOperator, Who::TokenAdmin};
    core::UnixTime signed_in = house->clock.wall();
    for (const Route& route : kRoutes)
        for (const bool is_our_host : {true, false})
            for (const char* origin : {"", "own", "named", "foreign", "null"})
                for (const char* site : {"", "same-origin", "none", "same-site", "cross-site"})
                    for (const Who who : all)
                        for (const bool has_csrf : {false, true}) {
                            // A header that only sessions need is tried with sessions.
                            if (has_csrf && !is_session(who)) continue;
                            if (house->clock.wall() - signed_in > 200'000) {
                                for (const char* name : {"observer", "operator", "admin"})
                                    sign_in(name);
                                signed_in = house->clock.wall();
                            }
                            try_cell({route, is_our_host, origin, site, who, has_csrf});
                            if (HasFailure() && cells > 5'000) return;
                        }
    std::cout << "access matrix: " << cells << " cells, " << refused << " of them refused\n";
    EXPECT_EQ(cells, 13 * 2 * 5 * 5 * 12);
    RecordProperty("cells", cells);
}

TEST_F(Matrix, HoldsForWebSocketsToo) {
    int tried = 0;
    for (const bool is_our_host : {true, false})
        for (const char* origin : {"", "own", "named", "foreign", "null"})
            for (const char* site : {"", "same-origin", "none", "same-site", "cross-site"})
                for (const Who who :
                     {Who::Nobody, Who::Forged, Who::Observer, Who::TokenObserver}) {
                    const Cell cell{
                        {"GET", "", "", Need::Look}, is_our_host, origin, site, who, false};
                    const bool is_at_home = std::string_view{site}.empty() ||
                                            std::string_view{site} == "same-origin" ||
                                            std::string_view{site} == "none";
                    const bool is_own = cell.origin == "own" && is_at_home;
                    const bool is_open =
                        is_own || cell.origin == "named" || (cell.origin.empty() && is_at_home);
                    int expected = 101;
                    if (!is_our_host) expected = 421;
                    else if (!is_open) expected = 403;
                    else if (rank(who) == 0 || (is_session(who) && !is_at_home)) expected = 401;
                    else if (is_session(who) && !is_own) expected = 403;
                    Headers headers = headers_of(cell);
                    const std::string host = headers[0].second;
                    headers.erase(headers.begin());
                    Peer reader = house->websocket_at(host, std::move(headers));
                    const auto answer = reader.answer();
                    ASSERT_TRUE(answer);
                    EXPECT_EQ(answer->status, expected)
                        << host << ' ' << origin << ' ' << site << ' ' << static_cast<int>(who);
                    ++tried;
                }
    std::cout << "access matrix: " << tried << " cells of WebSockets\n";
    EXPECT_EQ(tried, 2 * 5 * 5 * 4);
}

}  // namespace
