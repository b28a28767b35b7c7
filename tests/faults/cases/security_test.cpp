// Those who wish us ill: faults 59 to 64.
#include <atomic>
#include <fstream>
#include <thread>

#include "faults/harness/faults.hpp"

namespace bitgrid::faults {
namespace {

using fmt::format;

constexpr const char* kPasswords = "bitgrid:cellar\nguest:guest\n";

// Users with passwords; only `bitgrid` may write below bitgrid/.
std::string guarded_broker(const ops::ScratchFolder& folder) {
    const auto passwords = folder.write("passwords", kPasswords);
    const auto list =
        folder.write("acl", "user bitgrid\ntopic readwrite #\nuser guest\ntopic read #\n");
    Child hash{{{"mosquitto_passwd", "-U", passwords.string()}, folder.path(), "hash"}};
    if (hash.wait(10'000) != 0) throw std::runtime_error{"mosquitto_passwd: " + hash.complained()};
    return "allow_anonymous false\npassword_file " + passwords.string() + "\nacl_file " +
           list.string() + "\n";
}

TEST_F(Faults, No59ForgedMqttHasNoEffect) {
    const ops::ScratchFolder lists;
    const auto password = lists.write("ours", "cellar\n");
    Home home{
        {.has_broker = true,
         .broker_lines = guarded_broker(lists),
         .more = {{"mqtt.yaml", "username: bitgrid\npassword_file: " + password.string() + "\n"}}}};
    ASSERT_TRUE(home.until([&] { return home.state().value("ready", false); }, 240));
    EXPECT_EQ(home.health("mqtt").first, "ok");
    EXPECT_THROW(home.peer("anonymous"), std::runtime_error);
    MqttPeer guest{home.broker_port(), "guest", "guest", "guest"};
    for (int i = 0; i < 10'000; ++i)
        guest.say("bitgrid/home/load/rod/override/set", R"({"action":"START"})", i % 1'000 == 999);
    EXPECT_TRUE(home.always([&] { return !home.is_on("rod"); }, 60));
    EXPECT_EQ(home.journal("type = 'OverrideSet'"), 0);
    saw("without a user nobody is let in; a user without rights says START 10,000 times",
        "0 obeyed");
}

TEST_F(Faults, No60NoForeignPageMayActOrListen) {
    Home home;
    ASSERT_TRUE(home.until([&] { return home.state().value("ready", false); }, 240));
    const std::string own = "127.0.0.1:" + std::to_string(home.api_port());
    int refused = 0, asked = 0;
    for (const std::string host :
         {"evil.example", "evil.example:80", "127.0.0.1.evil.example", "10.0.0.1", ""})
        for (const std::string method : {"GET", "POST", "PUT", "DELETE"})
            for (const std::string target : {"/", "/api/v1/state", "/api/v1/emergency-stop",
                                             "/api/v1/autonomy", "/api/v1/ws", "/metrics"}) {
                const Heard heard =
                    ask(home.api_port(),
                        {.method = method, .target = target, .headers = {{"Host", host}}});
                ++asked;
                refused += heard.status >= 400 ? 1 : 0;
                EXPECT_GE(heard.status, 400) << method << ' ' << target << " by " << host;
            }
    for (const std::string& origin :
         std::vector<std::string>{"http://evil.example", "null", "https://" + own + ".evil.example",
                                  "http://localhost.evil.example"})
        for (const std::string target :
             {"/api/v1/emergency-stop", "/api/v1/safety/ack", "/api/v1/override"})
            for (const std::string type :
                 {"application/json", "text/plain", "application/x-www-form-urlencoded"}) {
                const Heard heard =
                    ask(home.api_port(), {.method = "POST",
                                          .target = target,
                                          .body = "{}",
                                          .headers = {{"Origin", origin}, {"Content-Type", type}}});
                ++asked;
                refused += heard.status >= 400 ? 1 : 0;
                EXPECT_GE(heard.status, 400) << target << " from " << origin << " as " << type;
            }
    const Heard socket =
        ask(home.api_port(), {.target = "/api/v1/ws",
                              .headers = {{"Origin", "http://evil.example"},
                                          {"Upgrade", "websocket"},
                                          {"Sec-WebSocket-Version", "13"},
                                          {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}}});
    ++asked;
    refused += socket.status >= 400 ? 1 : 0;
    EXPECT_GE(socket.status, 400);
    EXPECT_EQ(home.state()["emergency"], false);
    EXPECT_EQ(home.journal("type = 'OverrideSet'"), 0);
    saw("foreign hosts (rebinding), foreign origins (CSRF), a foreign WebSocket",
        format("{} of {} refused", refused, asked));
}

TEST_F(Faults, No61SlowAndIdleConnectionsKeepNobodyOut) {
    Home home;
    ASSERT_TRUE(home.runs());
    std::vector<RawLine> idle;
    for (int i = 0; i < 400; ++i) {
        idle.emplace_back(home.api_port());
        if (i % 2 == 0)
            idle.back().say(
                "POST /api/v1/override HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 60000\r\n" +
                std::string(i % 4 == 0 ? "\r\n{" : "X-Slow: "));
    }
    home.order("report miner.temp_c 96");
    const auto off = home.until([&] { return !home.is_on("miner"); }, 60);
    ASSERT_TRUE(off);
    const Stopwatch watch;
    while (get(home.api_port(), "/api/v1/health/live").status != 200 && watch.s() < 60) rest(100);
    EXPECT_LT(watch.s(), 20);
    saw("400 connections: silent, heads without an end, bodies without an end",
        format("off {:.0f} s after the heat (polled every 10 s); page back after {:.1f} s", *off,
               watch.s()));
}

TEST_F(Faults, No62ReadersThatStopReadingAreBounded) {
    Home home{{.speed = 60}};
    ASSERT_TRUE(home.runs());
    const long before_kib = home.daemon().memory_kib();
    std::vector<RawLine> readers;
    for (int i = 0; i < 100; ++i) {
        readers.emplace_back(home.api_port(), 4'096);
        ASSERT_TRUE(readers.back().say("GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:" +
                                       std::to_string(home.api_port()) + "\r\n\r\n"));
    }
    EXPECT_TRUE(home.always([&] { return home.is_on("miner"); }, 600));
    const double each_kib = static_cast<double>(home.daemon().memory_kib() - before_kib) / 100;
    EXPECT_LT(each_kib, 2'048);
    EXPECT_EQ(get(home.api_port(), "/api/v1/health/live").status, 200);
    saw("100 event streams that are never read, for ten minutes of the house",
        format("{:.0f} KiB for each", each_kib));
}

TEST_F(Faults, No63NothingOutsideThePageIsServed) {
    const ops::ScratchFolder pages;
    std::filesystem::create_directories(pages.path() / "ui" / "assets");
    pages.write("ui/index.html", "the page");
    pages.write("secret.txt", "the secret");
    std::filesystem::create_symlink(pages.path() / "secret.txt", pages.path() / "ui" / "link.txt");
    std::filesystem::create_directory_symlink(pages.path(), pages.path() / "ui" / "assets" / "up");
    Home home{{.more = {{"api.yaml", "ui_folder: " + (pages.path() / "ui").string() + "\n"}}}};
    ASSERT_EQ(get(home.api_port(), "/").body, "the page");
    std::vector<std::string> targets{"/link.txt",
                                     "/assets/up/secret.txt",
                                     "//" + (pages.path() / "secret.txt").string(),
                                     "/%00/../secret.txt",
                                     "/index.html%00.txt",
                                     "/assets//../../secret.txt"};
    for (const std::string dots :
         {"..", "%2e%2e", ".%2e", "%252e%252e", "..;", "....", "%c0%ae%c0%ae", "..%00"})
        for (const std::string slash : {"/", "%2f", "\\", "%5c", "//", "/./"})
            for (int depth = 1; depth <= 3; ++depth) {
                std::string target = "/";
                for (int i = 0; i < depth; ++i) target += dots + slash;
                targets.push_back(target + "secret.txt");
                targets.push_back("/assets" + target + "secret.txt");
                targets.push_back(target + "etc/passwd");
            }
    double slowest_ms = 0;
    for (const std::string& target : targets) {
        const Heard heard = get(home.api_port(), target);
        slowest_ms = std::max(slowest_ms, heard.real_ms);
        EXPECT_NE(heard.status, 0) << target;
        EXPECT_EQ(heard.body.find("the secret"), std::string::npos) << target;
        EXPECT_EQ(heard.body.find("root:"), std::string::npos) << target;
    }
    saw("dots, escapes, double escapes, symbolic links out of the folder",
        format("0 of {} came out; slowest answer {:.0f} ms", targets.size(), slowest_ms));
}

TEST_F(Faults, No64TokensAreNeitherGuessedNorLogged) {
    const std::string token = "bg_aVeryPrivateTokenOfTheOwner0123456789";
    const std::string hash = "c71ac3d7bb0e6a6f2b0fcbc0e2ab5d7a0a5a4b3c1f3c8a5f6f1d3d8d3b7a9c11";
    Home home{{.more = {{"api.yaml", "tokens: [\"owner:operator:" + hash + "\"]\n"}}}};
    int let_in = 0, slowed = 0;
    for (int i = 0; i < 300; ++i) {
        const Heard heard =
            ask(home.api_port(),
                {.target = "/api/v1/state",
                 .headers = {{"Authorization", "Bearer " + token + std::to_string(i)}}});
        let_in += heard.status == 200 ? 1 : 0;
        slowed += heard.status == 429 ? 1 : 0;
    }
    const Heard question = get(home.api_port(), "/api/v1/state?token=" + token);
    EXPECT_EQ(question.status, 401);
    EXPECT_EQ(let_in, 0);
    home.daemon().signal(SIGTERM);
    ASSERT_TRUE(home.daemon().wait(30'000));
    EXPECT_EQ((home.daemon().complained() + home.daemon().said()).find(token), std::string::npos);
    std::ifstream journal{home.data() / "bitgrid.sqlite", std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{journal}, {}};
    EXPECT_EQ(bytes.find(token), std::string::npos);
    const auto log_kib = home.daemon().complained().size() / 1024;
    EXPECT_LT(log_kib, 100u);
    EXPECT_GT(slowed, 200) << "ten in a minute";
    saw("300 wrong tokens: none let in; neither log nor journal has one",
        format("{} answered with 429; log {} KiB", slowed, log_kib));
}

}  // namespace
}  // namespace bitgrid::faults
