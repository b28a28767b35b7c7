// The configuration while the house runs: values that hold at once, parts that are made anew, and
// what is refused without a trace. Real files, a real broker, real ports.
#include "app/caretaker.hpp"

#include <gmock/gmock.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>

#include "app/private_broker.hpp"
#include "net/asio_clock.hpp"
#include "ops/scratch_folder.hpp"

namespace bitgrid::app {
namespace {

using Outcome = ports::SettingsReply::Outcome;
using testing::HasSubstr;

class CaretakerTest : public testing::Test {
protected:
    CaretakerTest() {
        auto started = PrivateBroker::start(data.path().string());
        if (!started) throw std::runtime_error{started.error().what};
        broker = std::move(started).value();
        files.write("loads.yaml", kLoads);
        files.write("rules.yaml", "---\nsurplus_min_kw: 1.5\n...\n");
        files.write("api.yaml", "port: 0\n");
        write_mqtt(10);
    }
    ~CaretakerTest() override {
        if (!caretaker) return;
        bool is_down = false;
        caretaker->shut_down(100, [&] { is_down = true; });
        EXPECT_TRUE(wait_for([&] { return is_down; }));
    }

    void write_mqtt(int keepalive_s) const {
        files.write("mqtt.yaml", "---\nport: " + std::to_string(broker->port()) +
                                     "\nkeepalive_s: " + std::to_string(keepalive_s) + "\n...\n");
    }
    void begin(std::int64_t settle_ms = 60'000) {
        const ConfigPlace place{files.path(), data.path() / "accepted", {}};
        Caretaker::Setup setup{place, read_config(place), 1};
        ASSERT_TRUE(setup.first.installation) << ops::format(setup.first.installation.problems());
        setup.complete = [folder = data.path().string()](Installation& all) {
            all.store.folder = folder;
            all.log.level = ops::LogLevel::Error;
        };
        setup.attach = [this](Controller&) { ++controllers; };
        setup.settle_ms = settle_ms;
        setup.patience_ms = 30'000;
        auto opened = Caretaker::open(io, clock, std::move(setup));
        ASSERT_TRUE(opened) << opened.error().what;
        caretaker = std::move(opened).value();
    }
    ports::SettingsReply reload() {
        std::optional<ports::SettingsReply> reply;
        caretaker->reload("me", [&](const ports::SettingsReply& r) { reply = r; });
        EXPECT_TRUE(wait_for([&] { return reply.has_value(); }));
        return *reply;
    }
    bool wait_for(const std::function<bool()>& holds) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (!holds()) {
            if (std::chrono::steady_clock::now() > end) return false;
            io.run_one_for(std::chrono::milliseconds{5});
        }
        return true;
    }
    ports::LiveView look() { return caretaker->controller().engine().look(); }
    ports::PartHealth health() {
        for (const ports::PartHealth& part : look().health)
            if (part.part == "config") return part;
        return {};
    }
    double surplus_min() { return caretaker->controller().config().rules.surplus_min.value; }
    bool waits_for_controller(int number) {
        return wait_for([&] { return controllers == number && health().part == "config"; });
    }

    static constexpr const char* kLoads{
        "- id: rod\n  kind: plug\n  has_power: false\n  has_temperature: false\n"
        "  can_throttle: false\n"};
    boost::asio::io_context io;
    net::AsioClock clock{io, 10, core::UnixTime{1'781'517'600'000}};
    ops::ScratchFolder files, data;
    std::unique_ptr<PrivateBroker> broker;
    std::unique_ptr<Caretaker> caretaker;
    int controllers{0};
};

TEST_F(CaretakerTest, LetsValuesHoldAtOnceAndNumbersThem) {
    begin();
    EXPECT_EQ(look().config_number, 1);
    const std::string version = look().config_version;
    EXPECT_EQ(reload().outcome, Outcome::Same);
    files.write("rules.yaml", "---\nsurplus_min_kw: 1.8\n...\n");
    const auto reply = reload();
    EXPECT_EQ(reply.outcome, Outcome::Applied);
    EXPECT_EQ(reply.number, 2);
    EXPECT_NE(reply.version, version);
    EXPECT_EQ(surplus_min(), 1.8);
    EXPECT_EQ(caretaker->controller().engine().config().rules.surplus_min.value, 1.8);
    EXPECT_EQ(controllers, 1);
}

TEST_F(CaretakerTest, KeepsAllOfTheOldOneWhereAnythingIsWrong) {
    begin();
    files.write("rules.yaml", "---\nsurplus_min_kw: 1.8\n...\n");
    files.write("site.yaml", "nmae: Home\nblock_minutes: 0\n");
    const auto reply = reload();
    ASSERT_EQ(reply.outcome, Outcome::Rejected);
    ASSERT_EQ(reply.problems.size(), 2U);
    EXPECT_THAT(reply.problems[0].file, HasSubstr("site.yaml"));
    EXPECT_EQ(reply.problems[0].line + reply.problems[1].line, 3);
    EXPECT_EQ(surplus_min(), 1.5);
    EXPECT_EQ(health().level, core::HealthLevel::Warn);
    EXPECT_THAT(health().reason, HasSubstr("site.yaml:"));
    EXPECT_EQ(look().config_number, 1);
    std::filesystem::remove(files.path() / "site.yaml");
    EXPECT_EQ(reload().outcome, Outcome::Applied);
    EXPECT_EQ(health().level, core::HealthLevel::Ok);
}

TEST_F(CaretakerTest, OnlyChecksWhereItIsOnlyAsked) {
    begin();
    files.write("rules.yaml", "---\nsurplus_min_kw: 1.8\n...\n");
    std::vector<Outcome> said;
    const auto check = [&] {
        caretaker->check([&](const ports::SettingsReply& r) { said.push_back(r.outcome); });
    };
    check();
    ASSERT_TRUE(wait_for([&] { return said.size() == 1; }));
    files.write("rules.yaml", "---\nsurplus_min_kw: much\n...\n");
    check();
    ASSERT_TRUE(wait_for([&] { return said.size() == 2; }));
    EXPECT_EQ(said, (std::vector{Outcome::Valid, Outcome::Rejected}));
    EXPECT_EQ(surplus_min(), 1.5);
    EXPECT_EQ(health().level, core::HealthLevel::Ok);
}

TEST_F(CaretakerTest, SeesForItselfThatAFileHasChanged) {
    begin(20);
    files.write("rules.yaml~", "---\nsurplus_min_kw: 1.8\n...\n");
    std::filesystem::rename(files.path() / "rules.yaml~", files.path() / "rules.yaml");
    EXPECT_TRUE(wait_for([&] { return surplus_min() == 1.8; }));
    files.write("rules.yaml", "---\nsurplus_min_kw: 1.9\n");
    EXPECT_TRUE(wait_for([&] { return health().level == core::HealthLevel::Warn; }));
    EXPECT_THAT(health().reason, HasSubstr("only a part of it is here"));
    EXPECT_EQ(surplus_min(), 1.8);
    files.write("rules.yaml", "---\nsurplus_min_kw: 1.9\n...\n");
    EXPECT_TRUE(wait_for([&] { return surplus_min() == 1.9; }));
    EXPECT_EQ(health().level, core::HealthLevel::Ok);
}

TEST_F(CaretakerTest, WaitsUntilAFileIsClosed) {
    begin(20);
    std::ofstream half{files.path() / "rules.yaml"};
    half << "surplus_min_kw: 1.8\n" << std::flush;
    files.write("policy.yaml", "pool_fee_pct: 1\n");
    // Longer than it waits for rest: what it may do is done by then.
    boost::asio::steady_timer while_{io, std::chrono::milliseconds{200}};
    bool is_over = false;
    while_.async_wait([&](const boost::system::error_code&) { is_over = true; });
    ASSERT_TRUE(wait_for([&] { return is_over; }));
    EXPECT_EQ(look().config_number, 1);
    half << "eta: 0.9\n";
    half.close();
    EXPECT_TRUE(wait_for([&] { return look().config_number == 2; }));
    EXPECT_EQ(caretaker->controller().config().rules.eta, 0.9);
}

TEST_F(CaretakerTest, MakesNewPartsWithEveryLoadOffAndForgetsNothing) {
    begin();
    ASSERT_TRUE(wait_for([&] { return look().health.size() > 1; }));
    auto& control = caretaker->controller().engine().control();
    int answers = 0;
    control.set_autonomy(core::AutonomyLevel::Semi, "me", [&](const ports::Reply&) { ++answers; });
    control.set_override({"rod", core::OverrideAction::Stop, {}, 600, false, "w1", "me"},
                         [&](const ports::Reply&) { ++answers; });
    ASSERT_TRUE(wait_for([&] { return answers == 2; }));
    const auto wish = look().loads[0].wish;
    ASSERT_TRUE(wish);
    write_mqtt(8);
    files.write("rules.yaml", "---\nsurplus_min_kw: 1.8\n...\n");
    EXPECT_EQ(reload().outcome, Outcome::Restarts);
    EXPECT_EQ(surplus_min(), 1.5) << "not before";
    ASSERT_TRUE(waits_for_controller(2));
    EXPECT_EQ(surplus_min(), 1.8);
    EXPECT_EQ(look().config_number, 2);
    EXPECT_EQ(look().autonomy, core::AutonomyLevel::Semi);
    ASSERT_TRUE(look().loads[0].wish);
    EXPECT_EQ(look().loads[0].wish->override_id, wish->override_id);
    EXPECT_TRUE(wait_for([&] {
        for (const auto& part : look().health)
            if (part.part == "mqtt") return part.level == core::HealthLevel::Ok;
        return false;
    })) << "the broker knows the new one";
}

TEST_F(CaretakerTest, TakesTheOldPartsBackWhereTheNewOnesCannotBeOpened) {
    begin();
    boost::asio::ip::tcp::acceptor taken{io, {boost::asio::ip::make_address("127.0.0.1"), 0}};
    files.write("api.yaml", "port: " + std::to_string(taken.local_endpoint().port()) + "\n");
    files.write("rules.yaml", "---\nsurplus_min_kw: 1.8\n...\n");
    EXPECT_EQ(reload().outcome, Outcome::Restarts);
    ASSERT_TRUE(waits_for_controller(3));
    EXPECT_EQ(surplus_min(), 1.5);
    EXPECT_EQ(look().config_number, 1);
    EXPECT_EQ(health().level, core::HealthLevel::Warn);
    EXPECT_THAT(health().reason, HasSubstr("busy"));
    EXPECT_NE(caretaker->controller().api_port(), 0);
}

TEST_F(CaretakerTest, AnswersOverTheApi) {
    begin();
    const auto post = [&](const std::string& what) {
        const std::uint16_t port = caretaker->controller().api_port();
        boost::asio::ip::tcp::socket socket{io};
        socket.connect({boost::asio::ip::make_address("127.0.0.1"), port});
        boost::asio::write(
            socket, boost::asio::buffer("POST /api/v1/config/" + what +
                                        " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                                        "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
        std::string answer;
        bool is_over = false;
        boost::asio::async_read(
            socket, boost::asio::dynamic_buffer(answer),
            [&](const boost::system::error_code&, std::size_t) { is_over = true; });
        EXPECT_TRUE(wait_for([&] { return is_over; }));
        return answer;
    };
    files.write("rules.yaml", "---\nsurplus_min_kw: 1.8\n...\n");
    EXPECT_THAT(post("check"), HasSubstr("\"outcome\":\"valid\""));
    EXPECT_THAT(post("reload"), HasSubstr("\"outcome\":\"applied\""));
    EXPECT_THAT(post("reload"), HasSubstr("\"outcome\":\"same\""));
    files.write("rules.yaml", "---\nsurplus_min_kw: 1.8\nsurplus_max_kw: 2\n...\n");
    const std::string refused = post("reload");
    EXPECT_TRUE(refused.starts_with("HTTP/1.1 422"));
    EXPECT_THAT(refused, HasSubstr("\"line\":3"));
    EXPECT_THAT(post("check"), HasSubstr("\"outcome\":\"rejected\""));
    write_mqtt(8);
    files.write("rules.yaml", "---\nsurplus_min_kw: 1.9\n...\n");
    EXPECT_TRUE(post("reload").starts_with("HTTP/1.1 202"));
    ASSERT_TRUE(waits_for_controller(2));
    EXPECT_EQ(surplus_min(), 1.9);
}

TEST_F(CaretakerTest, RefusesAnotherLengthOfABlock) {
    begin();
    files.write("site.yaml", "block_minutes: 5\n");
    const auto reply = reload();
    ASSERT_EQ(reply.outcome, Outcome::Rejected);
    EXPECT_EQ(reply.problems[0].key, "block_minutes");
    EXPECT_EQ(controllers, 1);
}

TEST_F(CaretakerTest, EndsWhileItsPartsAreBeingMadeAnew) {
    begin();
    write_mqtt(8);
    EXPECT_EQ(reload().outcome, Outcome::Restarts);
    bool is_down = false;
    caretaker->shut_down(100, [&] { is_down = true; });
    EXPECT_TRUE(wait_for([&] { return is_down; }));
    EXPECT_EQ(controllers, 1);
    caretaker.reset();
}

TEST_F(CaretakerTest, KeepsTheNumberOverARestartAndRefusesAFileThatWasCutMeanwhile) {
    files.write("rules.yaml", "surplus_min_kw: 1.5\neta: 0.9\n");
    begin();
    files.write("rules.yaml", "surplus_min_kw: 1.8\neta: 0.9\n");
    EXPECT_EQ(reload().number, 2);
    bool is_down = false;
    caretaker->shut_down(100, [&] { is_down = true; });
    ASSERT_TRUE(wait_for([&] { return is_down; }));
    caretaker.reset();
    begin();
    EXPECT_EQ(look().config_number, 2);
    const ConfigPlace place{files.path(), data.path() / "accepted", {}};
    // The copy is written beside the loop.
    ASSERT_TRUE(
        wait_for([&] { return ops::read_texts(place.accepted) == ops::read_texts(place.folder); }));
    files.write("rules.yaml", "surplus_min_kw: 1.8\n");
    const auto read = read_config(place);
    ASSERT_FALSE(read.installation);
    EXPECT_THAT(read.installation.problems()[0].what, HasSubstr("only a beginning"));
}

}  // namespace
}  // namespace bitgrid::app
