// The past as files: only while it may be given away, only what is finished or recorded.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "api/testing_schema.hpp"
#include "api/testing_served_house.hpp"

using namespace bitgrid;
using namespace bitgrid::api;
using Json = nlohmann::json;

namespace {

const std::string kResearch = "/api/v1/research";
const std::string kExports = "/api/v1/exports";
const std::string kFiles = "/api/v1/history/files";

/// Files in a folder; what is begun is only written down.
class FolderOfExports final : public ports::Exports {
public:
    FolderOfExports() {
        std::string name = (std::filesystem::temp_directory_path() / "bitgrid-XXXXXX").string();
        folder = ::mkdtemp(name.data());
    }
    virtual ~FolderOfExports() { std::filesystem::remove_all(folder); }

    core::Result<void> begin(const ports::ExportRequest& request) override {
        if (is_making) return core::Error{core::ErrorCode::Refused, "one at a time"};
        begun.push_back(request);
        is_making = true;
        return {};
    }
    ports::ExportsView list() const override {
        ports::ExportsView view;
        view.is_making = is_making;
        for (const auto& entry : std::filesystem::directory_iterator{folder})
            view.items.push_back({entry.path().filename().string(),
                                  static_cast<std::int64_t>(entry.file_size()),
                                  ServedHouse::kTenOClock});
        return view;
    }
    core::Result<std::string> find(const std::string& id) const override {
        for (const auto& one : list().items)
            if (one.id == id) return folder + "/" + id;
        return core::Error{core::ErrorCode::NotFound, "there is no such export"};
    }
    core::Result<std::vector<ports::SealedFileView>> sealed() override {
        return std::vector<ports::SealedFileView>{{"events/date=1/a.zip", 3, "ab", 5}};
    }
    core::Result<std::string> find_sealed(const std::string& path) override {
        if (path != "events/date=1/a.zip")
            return core::Error{core::ErrorCode::NotFound, "no such sealed file is recorded"};
        return folder + "/a.zip";
    }
    void stop() override { is_making = false; }

    std::string folder;
    std::vector<ports::ExportRequest> begun;
    bool is_making{false};
};

ApiConfig for_research() {
    ApiConfig config;
    config.tokens = {token_line("look", "observer", "looking"),
                     token_line("act", "operator", "acting")};
    config.writes_per_minute = 10'000;
    return config;
}

class Research : public ::testing::Test {
protected:
    Research() : house{for_research(), &exports} { house.live_until_started(); }
    Answer ask(const std::string& method, const std::string& path, const Json& body = {},
               const std::string& token = "acting") {
        return house.ask(method, path, body.is_null() ? "" : body.dump(),
                         {{"Authorization", "Bearer " + token}});
    }
    void turn(bool is_on) {
        const Answer answer = ask("PUT", kResearch, {{"enabled", is_on}});
        ASSERT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(fault_of(answer.json(), "answer"), "");
    }
    void put(const std::string& name, const std::string& text) const {
        std::ofstream{exports.folder + "/" + name, std::ios::binary} << text;
    }
    FolderOfExports exports;
    ServedHouse house;
};

TEST_F(Research, AnswersUnderTheNamesOfTheContractToo) {
    put("a.zip", "12345");
    const Answer on = ask("POST", kResearch + "/toggle", {{"enabled", true}});
    ASSERT_EQ(on.status, 200) << on.body;
    EXPECT_EQ(fault_of(on.json(), "answer"), "");
    EXPECT_EQ(ask("GET", "/api/v1/state").json()["research"], true);
    EXPECT_EQ(ask("GET", "/api/v1/archive/events/a.zip").body, "12345");
    EXPECT_EQ(ask("GET", "/api/v1/archive/events/date=1/a.zip").body, "12345");
    for (const char* none : {"events/b.zip", "states/a.zip", "a.zip", "events/", "events/zip",
                             "events/..%2Fevents/date=1/a.zip", "/a.zip"})
        EXPECT_EQ(ask("GET", std::string{"/api/v1/archive/"} + none).status, 404) << none;
    EXPECT_EQ(ask("POST", kResearch + "/export", Json::object()).status, 202);
    exports.stop();
    EXPECT_EQ(ask("POST", "/research/export", Json::object()).status, 202);
    EXPECT_EQ(exports.begun.size(), 2U);
    ASSERT_EQ(ask("POST", kResearch + "/toggle", {{"enabled", false}}).status, 200);
    EXPECT_FALSE(exports.is_making) << "off ends it";
    EXPECT_EQ(ask("POST", kResearch + "/export", Json::object()).code(), "RESEARCH_OFF");
    EXPECT_EQ(ask("GET", "/api/v1/archive/events/a.zip").code(), "RESEARCH_OFF");
}

TEST_F(Research, StopsAnExportWhoeverTurnedItOff) {
    turn(true);
    ASSERT_EQ(ask("POST", kExports, Json::object()).status, 202);
    house.engine->control().set_research(false, "mqtt", [](const ports::Reply&) {});
    house.live(5'000);
    EXPECT_FALSE(exports.is_making);
}

TEST_F(Research, GivesNothingAwayBeforeSomebodyWhoMayTurnsItOn) {
    put("a.zip", "12345");
    const std::pair<const char*, std::string> all[] = {{"GET", kExports},
                                                       {"POST", kExports},
                                                       {"GET", kExports + "/a.zip"},
                                                       {"GET", kFiles},
                                                       {"GET", kFiles + "/events/date=1/a.zip"}};
    const auto are_refused = [&](int status, const char* code, const std::string& token) {
        for (const auto& [method, path] : all) {
            const Answer answer = ask(method, path, {}, token);
            EXPECT_EQ(answer.status, status) << path;
            EXPECT_EQ(answer.code(), code) << path;
        }
    };
    are_refused(403, "RESEARCH_OFF", "acting");
    const Json refused = ask("GET", kExports).json();
    EXPECT_EQ(fault_of(refused, "problem"), "");
    EXPECT_THAT(refused["explain"]["de"]["short"], testing::HasSubstr("Die Forschung ist aus"));
    EXPECT_EQ(ask("PUT", kResearch, {{"enabled", true}}, "looking").code(), "OPERATOR_NEEDED");
    EXPECT_EQ(ask("GET", "/api/v1/state").json()["research"], false);
    turn(true);
    EXPECT_EQ(ask("GET", "/api/v1/state").json()["research"], true);
    are_refused(403, "OPERATOR_NEEDED", "looking");
    EXPECT_EQ(ask("GET", kExports + "/a.zip").body, "12345");
    turn(false);
    are_refused(403, "RESEARCH_OFF", "acting");
    EXPECT_TRUE(std::filesystem::exists(exports.folder + "/a.zip"));
}

TEST_F(Research, JournalsWhoTurnedItOnAndRemembersIt) {
    turn(true);
    turn(true);
    house.live(1'000);
    const auto toggled = house.journal.all<core::ResearchToggled>();
    ASSERT_EQ(toggled.size(), 1U) << "once, not for each wish";
    EXPECT_TRUE(toggled[0].is_on);
    EXPECT_EQ(toggled[0].actor, "token:act");
    EXPECT_TRUE(house.engine->look().is_research_on);
    turn(false);
    EXPECT_FALSE(house.engine->look().is_research_on);
    for (const Json& bad :
         {Json{{"enabled", 1}}, Json::object(), Json{{"enabled", true}, {"x", 1}}})
        EXPECT_EQ(ask("PUT", kResearch, bad).status, 400) << bad;
}

TEST_F(Research, HasExportsMadeOneAtATime) {
    turn(true);
    const Json body{{"since", "7d"},
                    {"scope", {"timeline", "config"}},
                    {"anonymise", false},
                    {"relative_time", true},
                    {"recipient", "age1x"}};
    EXPECT_EQ(fault_of(body, "views/export"), "");
    const Answer begun = ask("POST", kExports, body);
    ASSERT_EQ(begun.status, 202) << begun.body;
    EXPECT_EQ(fault_of(begun.json(), "views/export_begun"), "");
    ASSERT_EQ(exports.begun.size(), 1U);
    EXPECT_EQ(exports.begun[0].since, "7d");
    EXPECT_EQ(exports.begun[0].scope, (std::vector<std::string>{"timeline", "config"}));
    EXPECT_FALSE(exports.begun[0].is_anonymous);
    EXPECT_TRUE(exports.begun[0].is_relative);
    EXPECT_EQ(exports.begun[0].recipient, "age1x");
    EXPECT_EQ(ask("POST", kExports).code(), "EXPORT_BUSY");
    EXPECT_EQ(ask("GET", kExports).json()["making"], true);
    turn(false);
    EXPECT_FALSE(exports.is_making) << "off ends what is being made";
    turn(true);
    EXPECT_EQ(ask("POST", kExports, Json::object()).status, 202);
    EXPECT_TRUE(exports.begun[1].is_anonymous) << "unless told otherwise";
    for (const Json& bad : {Json{{"scope", "all"}}, Json{{"scope", Json::array()}},
                            Json{{"since", 7}}, Json{{"anonymise", "no"}}, Json{{"to", "/etc"}}})
        EXPECT_EQ(ask("POST", kExports, bad).status, 400) << bad;
}

TEST_F(Research, ListsAndServesWhatIsFinishedAndNothingElse) {
    turn(true);
    put("a.zip", "12345");
    const Json list = ask("GET", kExports).json();
    EXPECT_EQ(fault_of(list, "views/exports"), "");
    EXPECT_EQ(list["items"][0]["bytes"], 5);
    const Answer file = ask("GET", kExports + "/a.zip");
    EXPECT_EQ(file.headers.at("content-type"), "application/zip");
    EXPECT_EQ(file.headers.at("content-length"), "5");
    EXPECT_THAT(file.headers.at("content-disposition"), testing::HasSubstr("a.zip"));
    EXPECT_EQ(fault_of(ask("GET", kFiles).json(), "views/history_files"), "");
    EXPECT_EQ(ask("GET", kFiles + "/events/date=1/a.zip").body, "12345");
    for (const char* path : {"/..%2f..%2fetc%2fpasswd", "/../../etc/passwd", "/b.zip", "/%2e%2e",
                             "/.lock", "/a.zip%00"}) {
        EXPECT_GE(ask("GET", kExports + path).status, 400) << path;
        EXPECT_GE(ask("GET", kFiles + path).status, 400) << path;
    }
    std::filesystem::remove(exports.folder + "/a.zip");
    std::filesystem::create_symlink("/etc/passwd", exports.folder + "/a.zip");
    EXPECT_EQ(ask("GET", kExports + "/a.zip").code(), "NO_SUCH_FILE") << "no link is followed";
}

TEST_F(Research, SendsALargeFileInPiecesAndGoesOnWithTheConnection) {
    turn(true);
    std::string large(3'000'000, 'x');
    for (std::size_t i = 0; i < large.size(); i += 1'000)
        large[i] = static_cast<char>('a' + i % 26);
    put("large.zip", large);
    Peer peer = house.peer();
    const std::string rest =
        " HTTP/1.1\r\nHost: " + house.host() + "\r\nAuthorization: Bearer acting\r\n\r\n";
    peer.say("GET " + kExports + "/large.zip" + rest + "GET /api/v1/version" + rest);
    const auto first = peer.answer();
    ASSERT_TRUE(first);
    EXPECT_TRUE(first->body == large) << first->body.size();
    const auto second = peer.answer();
    ASSERT_TRUE(second);
    EXPECT_EQ(second->status, 200);
    const Answer head = ask("HEAD", kExports + "/large.zip");
    EXPECT_EQ(head.headers.at("content-length"), "3000000");
}

TEST_F(Research, CutsADownloadWhenItIsTurnedOff) {
    turn(true);
    put("large.zip", std::string(40'000'000, 'x'));
    Peer peer = house.peer();
    peer.say("GET " + kExports + "/large.zip HTTP/1.1\r\nHost: " + house.host() +
             "\r\nAuthorization: Bearer acting\r\n\r\n");
    ASSERT_TRUE(peer.wait_for(
        [&] { return peer.is_admitted_or_refused() && peer.received.size() > 100'000; }));
    turn(false);
    ASSERT_TRUE(peer.wait_for_the_end());
    EXPECT_LT(peer.received.size(), 40'000'000U);
}

}  // namespace
