// Two controllers of one site on a real broker that is stopped, killed and begun again: one has the
// site, never both, and none starts anything by a command of its own while it has it not.
#include <gtest/gtest.h>
#include <signal.h>

#include <array>
#include <nlohmann/json.hpp>

#include "app/controller.hpp"
#include "app/private_broker.hpp"
#include "net/asio_clock.hpp"
#include "ops/scratch_folder.hpp"

using namespace bitgrid;
using core::Signal;

namespace {

constexpr core::UnixTime kTenOClock{1'781'517'600'000};  // 2026-06-15T10:00:00Z
constexpr double kSpeed = 8;  // a lease of eight seconds is one: enough for a busy machine

struct Deaf final : ports::HealthSink {
    void health(std::string_view, ports::Condition, std::string_view) override {}
    void rejected(std::string_view, const core::Error&) override {}
};

class TwoControllers : public ::testing::Test {
protected:
    TwoControllers() { start_broker(); }
    ~TwoControllers() override {
        if (stranger) stranger->stop();
        claims.reset();
    }

    void start_broker() {
        auto started = app::PrivateBroker::start(folder.path().string(), port);
        if (!started) throw std::runtime_error{started.error().what};
        broker = std::move(started).value();
        port = broker->port();
    }
    app::Installation installation(const std::string& name) {
        app::Installation all;
        all.config.site.has_battery = false;
        all.config.site.block_minutes = 1;
        all.config.loads = {core::LoadConfig{}};
        all.config.loads[0].id = "rod";
        all.config.loads[0].kind = core::LoadKind::Heater;
        all.config.loads[0].has_temperature = false;
        all.config.loads[0].can_throttle = false;
        all.config.loads[0].full_w = core::Watts{1'000};
        app::DeviceConfig plug;
        plug.type = app::DeviceType::MqttPlug;
        plug.load = "rod";
        plug.topics.command_topic = "cellar/" + name + "/set";
        plug.topics.state_topic = "cellar/" + name + "/state";
        all.devices = {plug};
        all.mqtt.port = port;
        all.mqtt.backoff_ms = {20, 100};
        all.api.enabled = false;
        all.store.folder = (folder.path() / name).string();
        all.log.level = ops::LogLevel::Error;
        return all;
    }
    app::Controller& run(std::size_t which) {
        static constexpr const char* kNames[] = {"one", "two"};
        auto opened = app::Controller::open(io, clock, {installation(kNames[which]), which + 1});
        if (!opened) throw std::runtime_error{opened.error().what};
        controllers[which] = std::move(opened).value();
        if (const auto started = controllers[which]->start(); !started)
            throw std::runtime_error{started.error().what};
        return *controllers[which];
    }
    ports::Charge charge(std::size_t which) const {
        return controllers[which] ? controllers[which]->charge() : ports::Charge::Watching;
    }
    /// Until it holds; at every moment on the way at most one has the site.
    bool wait_for(const std::function<bool()>& holds) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
        while (!holds()) {
            if (std::chrono::steady_clock::now() > end) return false;
            io.restart();
            io.run_one_for(std::chrono::milliseconds{5});
            if (charge(0) != ports::Charge::Full || charge(1) != ports::Charge::Full) continue;
            ADD_FAILURE() << "both have the site";
            return false;
        }
        return true;
    }
    bool wait_for_charges(ports::Charge first, ports::Charge second) {
        return wait_for([&] { return charge(0) == first && charge(1) == second; });
    }
    void listen_to_claims() {
        adapters::MqttConfig config;
        config.port = port;
        config.client_id = "stranger";
        stranger.emplace(io, exchanges, deaf, config, "home");
        claims = stranger->subscribe("+/+/controller/claim", [this](const auto& message) {
            const auto claim = nlohmann::json::parse(message.payload, nullptr, false);
            is_promised = claim.is_object() && claim.value("yields_after_s", 0) > 0;
        });
        stranger->start();
    }
    std::string answer_to_start(std::size_t which) {
        std::string code;
        controllers[which]->engine().control().set_override(
            {"rod", core::OverrideAction::Start, {}, 30, false, "", "me"},
            [&](const ports::Reply& reply) { code = reply.code; });
        return code;
    }

    boost::asio::io_context io;
    ops::ScratchFolder folder;
    net::AsioClock clock{io, kSpeed, kTenOClock};
    std::uint16_t port{0};
    std::unique_ptr<app::PrivateBroker> broker;
    std::array<std::unique_ptr<app::Controller>, 2> controllers;
    net::Exchanges exchanges;
    Deaf deaf;
    std::optional<adapters::MqttClient> stranger;
    adapters::Subscription claims;
    bool is_promised{false};  ///< to let go in time, by who has the site
};

TEST_F(TwoControllers, ShareASiteThroughAHungAndAKilledBroker) {
    run(0);
    ASSERT_TRUE(wait_for_charges(ports::Charge::Full, ports::Charge::Watching));
    const core::MonoTime began = clock.mono();
    run(1);
    ASSERT_TRUE(wait_for([&] { return charge(1) == ports::Charge::Watching; }));
    EXPECT_LT(clock.mono() - began, 20'000) << "of the house's time; most of it is the start";
    EXPECT_EQ(answer_to_start(1), "NOT_IN_CONTROL");

    // Only who knows of another one lets go: until then a lost broker ends nothing.
    listen_to_claims();
    ASSERT_TRUE(wait_for([&] {
        return is_promised && charge(0) == ports::Charge::Full &&
               charge(1) == ports::Charge::Watching;
    }));
    kill(broker->process(), SIGSTOP);  // it hangs: no connection breaks, nothing comes back
    ASSERT_TRUE(wait_for_charges(ports::Charge::OffOnly, ports::Charge::Watching))
        << "who has it lets go in time, who has it not takes nothing";
    EXPECT_EQ(answer_to_start(0), "NOT_READY");
    kill(broker->process(), SIGCONT);
    ASSERT_TRUE(wait_for(
        [&] { return charge(0) == ports::Charge::Full || charge(1) == ports::Charge::Full; }));

    kill(broker->process(), SIGKILL);
    broker.reset();
    ASSERT_TRUE(wait_for(
        [&] { return charge(0) != ports::Charge::Full && charge(1) != ports::Charge::Full; }));
    start_broker();  // it has forgotten who had the site
    ASSERT_TRUE(wait_for(
        [&] { return charge(0) == ports::Charge::Full || charge(1) == ports::Charge::Full; }));
    const std::size_t holder = charge(0) == ports::Charge::Full ? 0 : 1;
    const std::size_t other = 1 - holder;
    EXPECT_EQ(charge(other), ports::Charge::Watching);

    const std::int64_t epoch = controllers[holder]->epoch();
    controllers[holder].reset();  // it dies without a word
    ASSERT_TRUE(wait_for([&] { return charge(other) == ports::Charge::Full; }));
    EXPECT_GT(controllers[other]->epoch(), epoch);
}

TEST_F(TwoControllers, StayOffWithoutABrokerUnlessTheSiteWasTheirsAlone) {
    broker.reset();
    run(0);
    ASSERT_TRUE(wait_for([&] { return charge(0) == ports::Charge::OffOnly; }));
    EXPECT_EQ(answer_to_start(0), "NOT_READY");
    start_broker();
    ASSERT_TRUE(wait_for([&] { return charge(0) == ports::Charge::Full; }));
    const std::int64_t epoch = controllers[0]->epoch();
    bool is_down = false;
    controllers[0]->shut_down(1'000, [&] { is_down = true; });
    ASSERT_TRUE(wait_for([&] { return is_down; }));
    controllers[0].reset();
    broker.reset();
    run(0);
    ASSERT_TRUE(wait_for([&] { return charge(0) == ports::Charge::Full; }))
        << "nobody else was ever there";
    EXPECT_EQ(controllers[0]->epoch(), epoch);
}

}  // namespace
