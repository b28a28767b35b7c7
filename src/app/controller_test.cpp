// The controller on a real broker: the topic tree as a stranger sees it, commands and their
// answers, plugs by MQTT.
#include "app/controller.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "app/private_broker.hpp"
#include "app/shown_config.hpp"
#include "net/asio_clock.hpp"
#include "ops/scratch_folder.hpp"

using namespace bitgrid;
using Json = nlohmann::json;

namespace {

constexpr core::UnixTime kTenOClock{1'781'517'600'000};  // 2026-06-15T10:00:00Z
constexpr double kSpeed = 60;

struct Deaf final : ports::HealthSink {
    void health(std::string_view, ports::Condition, std::string_view) override {}
    void rejected(std::string_view, const core::Error&) override {}
};

class OnABroker : public ::testing::Test {
protected:
    OnABroker() {
        auto started = app::PrivateBroker::start(folder.path().string());
        if (!started) throw std::runtime_error{started.error().what};
        broker = std::move(started).value();
        mqtt.port = broker->port();
        mqtt.backoff_ms = {20};
        mqtt.is_private = true;  // nobody to ask, so nothing to wait for; see two_controllers_test
        adapters::MqttConfig mine = mqtt;
        mine.client_id = "stranger";
        stranger.emplace(io, exchanges, deaf, mine, "home");
        everything = stranger->subscribe("#", [this](const adapters::MqttMessage& message) {
            heard[std::string{message.topic}] = message.payload;
            ++count[std::string{message.topic}];
        });
        stranger->start();
    }
    ~OnABroker() override {
        controllers.clear();
        everything.reset();
        stranger->stop();
        stranger.reset();
    }

    app::Installation installation(const std::string& name) {
        app::Installation all;
        all.config.loads = {core::LoadConfig{}, core::LoadConfig{}};
        all.config.loads[1].id = "rod";
        all.config.loads[1].kind = core::LoadKind::Heater;
        all.config.loads[1].has_temperature = false;
        all.config.loads[1].can_throttle = false;
        app::DeviceConfig plug;
        plug.type = app::DeviceType::MqttPlug;
        plug.load = "rod";
        plug.topics.command_topic = "cellar/rod/set";
        plug.topics.state_topic = "cellar/rod/state";
        all.devices = {plug};
        all.mqtt = mqtt;
        all.api.enabled = false;
        all.store.folder = (folder.path() / name).string();
        all.log.level = ops::LogLevel::Error;
        return all;
    }
    app::Controller& run(const std::string& name) {
        auto opened = app::Controller::open(io, clock, {installation(name), 1});
        if (!opened) throw std::runtime_error{opened.error().what};
        controllers.push_back(std::move(opened).value());
        if (const auto started = controllers.back()->start(); !started)
            throw std::runtime_error{started.error().what};
        return *controllers.back();
    }
    bool wait_for(const std::function<bool()>& holds) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (!holds()) {
            if (std::chrono::steady_clock::now() > end) return false;
            io.run_one_for(std::chrono::milliseconds{5});
        }
        return true;
    }
    bool wait_for_topic(const std::string& topic) {
        return wait_for([&] { return heard.contains(topic); });
    }
    void say(const std::string& topic, const std::string& payload) {
        stranger->publish(adapters::command_message(topic, payload));
    }
    static core::HealthLevel health_of(app::Controller& controller, const std::string& part) {
        for (const ports::PartHealth& known : controller.engine().look().health)
            if (known.part == part) return known.level;
        return core::HealthLevel::Ok;
    }

    boost::asio::io_context io;
    ops::ScratchFolder folder;
    net::AsioClock clock{io, kSpeed, kTenOClock};
    net::Exchanges exchanges;
    Deaf deaf;
    std::unique_ptr<app::PrivateBroker> broker;
    adapters::MqttConfig mqtt;
    std::optional<adapters::MqttClient> stranger;
    adapters::Subscription everything;
    std::map<std::string, std::string> heard;
    std::map<std::string, int> count;
    std::vector<std::unique_ptr<app::Controller>> controllers;
};

TEST_F(OnABroker, KeepsEverythingOffAfterADamagedJournalUntilSomebodyLooked) {
    const std::string path = installation("one").store.folder + "/bitgrid.sqlite";
    std::filesystem::create_directories(std::filesystem::path{path}.parent_path());
    std::ofstream{path} << std::string(10'000, '?');
    app::Controller& controller = run("one");
    for (const ports::LoadView& load : controller.engine().look().loads) {
        ASSERT_TRUE(load.memory.lockout);
        EXPECT_TRUE(load.memory.lockout->needs_ack);
        EXPECT_FALSE(load.memory.lockout->is_acked);
    }
    EXPECT_TRUE(
        wait_for([&] { return health_of(controller, "database") == core::HealthLevel::Warn; }));
    EXPECT_TRUE(std::filesystem::exists(path + ".damaged-1"));
}

TEST_F(OnABroker, TellsTheWholeTree) {
    run("one");
    for (const char* topic : {"status",
                              "state",
                              "state/pv_power_w",
                              "state/grid_import_w",
                              "state/grid_export_w",
                              "state/house_load_w",
                              "state/battery_soc_pct",
                              "state/battery_power_w",
                              "state/energy_price_ct_kwh",
                              "state/price_peak_ct_kwh",
                              "state/pv_forecast_kw",
                              "state/surplus_kw",
                              "load/miner/level",
                              "load/miner/power_w",
                              "load/miner/temp_c",
                              "load/miner/hashrate_ths",
                              "load/miner/switches_today",
                              "load/miner/override",
                              "load/rod/level",
                              "load/rod/override",
                              "autonomy",
                              "emergency_stop",
                              "health",
                              "health/mqtt",
                              "controller/claim",
                              "event/Started"})
        EXPECT_TRUE(wait_for_topic(std::string{"bitgrid/home/"} + topic)) << topic;
    EXPECT_EQ(heard["bitgrid/home/status"], "online");
    say("bitgrid/home/load/miner/override/set", R"({"action":"STOP","command_id":"s1"})");
    for (const char* topic :
         {"load/miner/decision", "load/miner/action", "load/miner/code", "load/miner/reason",
          "load/miner/explain", "event/OverrideSet", "event/DecisionEvent"})
        EXPECT_TRUE(wait_for_topic(std::string{"bitgrid/home/"} + topic)) << topic;
    const Json decision = Json::parse(heard["bitgrid/home/load/miner/decision"]);
    EXPECT_EQ(heard["bitgrid/home/load/miner/code"], decision["decision_code"]);
}

TEST_F(OnABroker, AnswersTheCommandsOfEveryLoad) {
    app::Controller& controller = run("one");
    ASSERT_TRUE(wait_for_topic("bitgrid/home/state"));
    const auto answered = [&](const std::string& path, const std::string& payload) {
        heard.erase("bitgrid/home/" + path + "/ack");
        say("bitgrid/home/" + path + "/set", payload);
        if (!wait_for_topic("bitgrid/home/" + path + "/ack")) return Json{};
        return Json::parse(heard["bitgrid/home/" + path + "/ack"]);
    };
    for (const char* load : {"miner", "rod"}) {
        const std::string path = std::string{"load/"} + load + "/override";
        const Json ack = answered(path, R"({"action":"STOP","command_id":")" + path + "\"}");
        EXPECT_EQ(ack["command_id"], path);
        EXPECT_EQ(ack["accepted"], true);
        EXPECT_EQ(answered(path, R"({"action":"NONE","command_id":"n"})")["accepted"], true)
            << load;
        EXPECT_EQ(answered(path, R"({"action":"jump"})")["code"], "BAD_REQUEST");
    }
    EXPECT_EQ(answered("autonomy", R"({"level":"SEMI","command_id":"a1"})")["command_id"], "a1");
    EXPECT_EQ(answered("emergency_stop", R"({"command_id":"e1"})")["command_id"], "e1");
    EXPECT_TRUE(controller.engine().look().is_emergency);
    EXPECT_EQ(answered("safety/ack", R"({"command_id":"k1"})")["command_id"], "k1");
    EXPECT_FALSE(controller.engine().look().is_emergency);
    EXPECT_EQ(health_of(controller, "mqtt"), core::HealthLevel::Warn) << "two bad ones were heard";

    stranger->publish(adapters::state_message("bitgrid/home/emergency_stop/set", "PRESS"));
    heard.erase("bitgrid/home/emergency_stop/ack");
    EXPECT_TRUE(wait_for_topic("bitgrid/home/emergency_stop/ack"));
    EXPECT_EQ(Json::parse(heard["bitgrid/home/emergency_stop/ack"])["code"], "RETAINED_COMMAND");
    EXPECT_FALSE(controller.engine().look().is_emergency);
}

TEST_F(OnABroker, DrivesAPlugOfDevicesYaml) {
    run("one");
    EXPECT_TRUE(wait_for([&] { return heard["cellar/rod/set"] == "off"; }))
        << "everything is commanded off at first";
}

TEST(ShownConfig, LeavesSecretsOut) {
    app::Installation all;
    all.config.loads = {core::LoadConfig{}};
    all.devices = {app::DeviceConfig{}};
    all.api.tokens = {"phone:operator:" + std::string(64, 'a')};
    const Json shown = app::shown_config(all);
    EXPECT_EQ(shown["api.yaml"]["tokens"][0], "phone:operator");
    EXPECT_EQ(shown.dump().find("aaaa"), std::string::npos);
    EXPECT_EQ(shown["site.yaml"]["id"], all.config.site.id);
    EXPECT_EQ(shown["loads.yaml"][0]["id"], "miner");
    EXPECT_EQ(shown["devices.yaml"][0]["type"], "sunspec");
    EXPECT_EQ(shown["rules.yaml"]["surplus_min_kw"], all.config.rules.surplus_min.value);
}

}  // namespace
