#include "sim/simulated_home.hpp"

#include <gmock/gmock.h>
#include <mosquitto.h>
#include <signal.h>
#include <sys/wait.h>

#include <nlohmann/json.hpp>

#include "net/http_client.hpp"
#include "sim/testing_house.hpp"
#include "sim/wire_peer.hpp"

using namespace bitgrid;
using namespace bitgrid::sim;
using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

const DataPaths kData{"data"};

// The home on a hand-moved clock, on a thread of its own.
class SimulatedHomeTest : public testing::Test {
protected:
    SimulatedHomeTest() {
        auto config = std::move(read_home(kData, "day")).value();
        config.advance = [this](std::int64_t ms) { clock.advance(ms); };
        home = std::make_unique<SimulatedHome>(io, clock, std::move(config));
        EXPECT_TRUE(home->start());
        ports = home->ports();
        thread = std::thread{[this] { io.run(); }};
    }
    ~SimulatedHomeTest() override {
        boost::asio::post(io, [this] {
            home->stop();
            io.stop();
        });
        thread.join();
    }

    static std::string raw(std::uint16_t port, const std::string& text, int patience_ms = 5000) {
        const WirePeer peer{port, patience_ms};
        peer.say(text);
        return peer.hear();
    }
    static std::string ask(std::uint16_t port, const std::string& line,
                           const std::string& body = "") {
        return raw(port, line + " HTTP/1.1\r\nHost: sim\r\nConnection: close\r\nContent-Length: " +
                             std::to_string(body.size()) + "\r\n\r\n" + body);
    }
    static json json_of(const std::string& answer) {
        return json::parse(answer.substr(answer.find("\r\n\r\n") + 4), nullptr, false);
    }
    std::string order(const std::string& line) {
        return ask(ports.control, "POST /sim/command", json{{"do", line}}.dump());
    }
    void advance(int seconds) {
        EXPECT_THAT(ask(ports.control, "POST /sim/advance", json{{"seconds", seconds}}.dump()),
                    StartsWith("HTTP/1.1 200 OK"));
    }

    boost::asio::io_context io;
    net::ManualClock clock{*parse_time("2024-05-21T11:00Z")};
    std::unique_ptr<SimulatedHome> home;
    HomePorts ports;
    std::thread thread;
};

TEST_F(SimulatedHomeTest, PutsEveryDeviceOnAPortOfItsOwn) {
    const json all = json::parse(describe_ports(ports));
    std::set<int> different;
    for (const auto& [name, port] : all.items()) different.insert(port.get<int>());
    EXPECT_EQ(different.size(), 7u);
    EXPECT_FALSE(different.contains(0));
    EXPECT_EQ(json_of(ask(ports.plug, "GET /shelly"))["gen"], 3);
    EXPECT_EQ(json_of(ask(ports.market, "GET /price"))["price"].size(), 96u);
}

TEST_F(SimulatedHomeTest, RunsTheDeadMansSwitchOfThePlugOnTheHousesClock) {
    ask(ports.plug, "GET /rpc/Switch.Set?id=0&on=true&toggle_after=120");
    advance(100);
    EXPECT_THAT(raw(ports.cgminer, "version"), HasSubstr("Avalon Q"));
    advance(19);
    EXPECT_EQ(json_of(ask(ports.plug, "GET /rpc/Switch.GetStatus?id=0"))["output"], true);
    advance(1);
    EXPECT_EQ(json_of(ask(ports.plug, "GET /rpc/Switch.GetStatus?id=0"))["output"], false);
    EXPECT_EQ(raw(ports.cgminer, "version"), "") << "without mains nobody answers";
    EXPECT_EQ(json_of(ask(ports.control, "GET /sim/state"))["miner"]["phase"], "unpowered");
}

TEST_F(SimulatedHomeTest, LivesTheStoryOfItsDay) {
    advance(33 * 60);
    EXPECT_EQ(json_of(ask(ports.control, "GET /sim/state"))["faults"]["links"]["miner"], "cut");
    advance(7 * 60);
    const json state = json_of(ask(ports.control, "GET /sim/state"));
    EXPECT_EQ(state["faults"]["links"]["miner"], "up");
    EXPECT_EQ(state["log"].size(), 2u) << "nothing from before the start";
}

TEST_F(SimulatedHomeTest, CutsAndHangsTheLinesOfItsWebDevices) {
    order("cable_out plug");
    EXPECT_EQ(ask(ports.plug, "GET /shelly"), "");
    order("hang plug");
    EXPECT_EQ(raw(ports.plug, "GET /shelly HTTP/1.1\r\n\r\n", 200), "");
    order("cable_in plug");
    EXPECT_THAT(ask(ports.plug, "GET /shelly"), HasSubstr("200 OK"));
    EXPECT_THAT(order("cable_out moon"), StartsWith("HTTP/1.1 422"));
}

TEST_F(SimulatedHomeTest, AnswersWhatIsNotHttpWithARefusalAndLivesOn) {
    for (const std::string bad :
         {"\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9\r\n\r\n", "GET / HTTP/1.1\r\nnonsense\r\n\r\n",
          "POST / HTTP/1.1\r\nContent-Length: -4\r\n\r\n",
          "POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
          "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"})
        EXPECT_THAT(raw(ports.control, bad), StartsWith("HTTP/1.1 400")) << bad;
    EXPECT_THAT(raw(ports.control, std::string(20'000, 'x')),
                testing::AnyOf("", StartsWith("HTTP/1.1 400")));
    EXPECT_THAT(ask(ports.control, "GET /sim/state"), HasSubstr("200 OK"));
}

TEST_F(SimulatedHomeTest, KeepsAConnectionOpenForTheNextRequest) {
    const WirePeer peer{ports.plug};
    peer.say(
        "GET /shelly HTTP/1.1\r\n\r\nPOST /rpc HTTP/1.1\r\nContent-Length: 44\r\n\r\n"
        R"({"id":1,"method":"Shelly.GetDeviceInfo"}    )");
    peer.say("GET /none HTTP/1.1\r\nConnection: close\r\n\r\n");
    const std::string heard = peer.hear();
    EXPECT_THAT(heard, HasSubstr("\"src\":\"shellyplugsg3-sim001\""));
    EXPECT_THAT(heard, HasSubstr("HTTP/1.1 404"));
}

TEST_F(SimulatedHomeTest, AnswersTheControllersOwnHttpClient) {
    boost::asio::io_context own;
    net::HttpClient client{own};
    std::vector<core::Result<net::HttpResponse>> answers;
    const auto request = [&](const std::string& url, const char* method, const char* body) {
        net::HttpRequest wanted;
        wanted.url = "http://127.0.0.1:" + url;
        wanted.method = method;
        wanted.body = body;
        client.request(wanted, [&](auto answer) { answers.push_back(std::move(answer)); });
        own.restart();
        own.run();
    };
    request(std::to_string(ports.plug) + "/rpc/Switch.Set?id=0&on=true&toggle_after=120", "GET",
            "");
    request(std::to_string(ports.plug) + "/rpc", "POST",
            R"({"id":1,"method":"Switch.GetStatus","params":{"id":0}})");
    order("cable_out plug");
    request(std::to_string(ports.plug) + "/shelly", "GET", "");
    ASSERT_EQ(answers.size(), 3u);
    ASSERT_TRUE(answers[0]) << answers[0].error().what;
    EXPECT_EQ(answers[0]->body, R"({"was_on":false})");
    ASSERT_TRUE(answers[1]) << answers[1].error().what;
    EXPECT_EQ(json::parse(answers[1]->body)["result"]["timer_duration"], 120);
    EXPECT_FALSE(answers[2]);
}

TEST_F(SimulatedHomeTest, SaysWhichPortIsBusyAndLeavesNothingRunning) {
    auto config = std::move(read_home(kData, "")).value();
    config.ports.market = ports.market;
    SimulatedHome second{io, clock, std::move(config)};
    const auto started = second.start();
    ASSERT_FALSE(started);
    EXPECT_THAT(started.error().what, HasSubstr(std::to_string(ports.market)));
    const WirePeer peer{second.ports().modbus};
    EXPECT_FALSE(peer.is_connected());
}

TEST(SimulatedHome, RefusesAStoryThatDoesNotExist) {
    EXPECT_THAT(read_home(kData, "nonsense").error().what, HasSubstr("nonsense.story"));
    EXPECT_FALSE(find_data("/nowhere"));
    EXPECT_TRUE(find_data());
}

// A private broker on a free port, ended with the test.
class Broker {
public:
    Broker() {
        boost::asio::io_context io;
        Listener probe{io, [](auto) {}};
        EXPECT_TRUE(probe.start(0));
        port = probe.port();
        probe.stop();
        const std::string number = std::to_string(port);
        pid_ = fork();
        if (pid_ != 0) return;
        execlp("mosquitto", "mosquitto", "-p", number.c_str(), nullptr);
        execl("/usr/sbin/mosquitto", "mosquitto", "-p", number.c_str(), nullptr);
        _exit(127);
    }
    ~Broker() {
        kill(pid_, SIGTERM);
        waitpid(pid_, nullptr, 0);
    }
    std::uint16_t port{0};

private:
    pid_t pid_{-1};
};

TEST(MqttSensors, PublishTheHouseInItsOwnRhythmAndTakeOrdersForThePlug) {
    const Broker broker;
    TestingHouse house{kData.folder};
    MqttSensors sensors{house.io, house.clock, house.house, {"127.0.0.1", broker.port}};
    house.begin();
    house.run([&] { sensors.start(); });
    while (!house.run([&] { return sensors.is_connected(); })) std::this_thread::yield();

    const auto hear = [&](const char* topic) {
        auto message = std::async(std::launch::async, [&] {
            mosquitto_message* heard = nullptr;
            const int result =
                mosquitto_subscribe_simple(&heard, 1, false, topic, 0, "127.0.0.1", broker.port,
                                           nullptr, 60, true, nullptr, nullptr, nullptr, nullptr);
            if (result != MOSQ_ERR_SUCCESS) return std::string{"failed"};
            std::string text{static_cast<const char*>(heard->payload),
                             static_cast<std::size_t>(heard->payloadlen)};
            mosquitto_message_free(&heard);
            return text;
        });
        while (message.wait_for(std::chrono::milliseconds{5}) != std::future_status::ready)
            house.pass(10);
        return message.get();
    };
    EXPECT_LT(json::parse(hear("tele/sim-meter/SENSOR"))["SML"]["Power_curr"], 50'000);
    EXPECT_EQ(hear("sim/plug/state"), "OFF");
    mosquitto* sender = mosquitto_new(nullptr, true, nullptr);
    ASSERT_EQ(mosquitto_connect(sender, "127.0.0.1", broker.port, 10), MOSQ_ERR_SUCCESS);
    mosquitto_publish(sender, nullptr, "sim/plug/set", 2, "ON", 0, false);
    while (!house.run([&] { return house.house.now().rod_plug.is_on(); }))
        mosquitto_loop(sender, 5, 1);
    mosquitto_destroy(sender);
    EXPECT_EQ(hear("sim/plug/power_w"), "1200.0");
    house.run([&] { sensors.stop(); });
    house.stop();
}

}  // namespace
