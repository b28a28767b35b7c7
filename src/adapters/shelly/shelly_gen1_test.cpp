#include <gmock/gmock.h>

#include "adapters/shelly/shelly_plug.hpp"
#include "adapters/shelly/shelly_reply.hpp"
#include "adapters/test_web_device.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;
using core::Signal;
using nlohmann::json;
using ports::Condition;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

namespace {

class ShellyGen1Test : public testing::Test {
protected:
    ShellyGen1Test() : device{world.io, [this](const net::ServerRequest& r) { return answer(r); }} {
        config.port = device.port();
        config.timeout_ms = 15'000;
    }
    TestAnswer answer(const net::ServerRequest& request) {
        if (!login.empty() && request.header("Authorization") != login)
            return {401, "401 Unauthorized", R"(Basic realm="shellyplug-s-C0FFEE")"};
        if (!raw.empty()) return {status, raw};
        if (request.target.starts_with("/relay/0?turn=on")) {
            is_on = true;
            left_s = arms ? std::stod(request.target.substr(request.target.find("timer=") + 6)) : 0;
        }
        if (request.target == "/relay/0?turn=off") is_on = false;
        const json relay{{"ison", is_on},
                         {"has_timer", is_on && left_s > 0},
                         {"timer_started", 0},
                         {"timer_duration", is_on ? left_s : 0},
                         {"timer_remaining", is_on ? left_s : 0},
                         {"overpower", false},
                         {"source", "http"}};
        if (request.target != "/status") return {200, relay.dump()};
        return {200,
                json{{"relays", {relay}},
                     {"meters",
                      {{{"power", is_on ? 1671.2 : 0.0}, {"is_valid", true}, {"total", 81'442}}}},
                     {"temperature", 31.2},
                     {"overtemperature", false}}
                    .dump()};
    }
    core::Result<void> end_of(const std::function<void(ports::CommandDone)>& give) {
        std::optional<core::Result<void>> result;
        give([&](core::Result<void> r) { result = std::move(r); });
        for (int s = 0; s < 10 && !result; ++s) {
            EXPECT_TRUE(world.settle());
            if (!result) world.clock.advance(1000);
        }
        return result.value_or(core::Error{core::ErrorCode::Timeout, "no callback"});
    }
    core::Result<void> close() {
        return end_of([&](ports::CommandDone done) { plug->close(120, std::move(done)); });
    }
    core::Result<void> cut() {
        return end_of([&](ports::CommandDone done) { plug->cut(std::move(done)); });
    }
    void start() {
        plug.emplace(world.devices(), config);
        plug->start();
        ASSERT_TRUE(world.settle());
        device.asked.clear();
    }

    TestWorld world;
    bool is_on{false}, arms{true};
    double left_s{0};
    int status{200};
    std::string raw, login;
    TestWebDevice device;
    PlugConfig config;
    std::optional<ShellyGen1Plug> plug;
};

TEST_F(ShellyGen1Test, ClosesForATimeReadsItBackAndOpensForGood) {
    start();
    EXPECT_TRUE(close());
    EXPECT_THAT(plug->dead_man().left_s, Optional(120.0));
    EXPECT_THAT(world.signals.last(Signal::LoadPower, "miner"), Optional(1671.2));
    EXPECT_TRUE(cut());
    EXPECT_FALSE(is_on);
    EXPECT_THAT(device.asked, ElementsAre("GET /relay/0?turn=on&timer=120", "GET /status",
                                          "GET /relay/0?turn=off", "GET /status"));
}

TEST_F(ShellyGen1Test, OnIsDoneOnlyWhenItsTimerRuns) {
    arms = false;
    start();
    EXPECT_THAT(close().error().what, HasSubstr("timer does not run"));
}

TEST_F(ShellyGen1Test, LogsInWithNameAndPassword) {
    login = "Basic YWRtaW46c2VjcmV0";  // admin:secret
    start();
    EXPECT_EQ(world.health.last().condition, Condition::Warn);
    EXPECT_THAT(world.health.last().reason, HasSubstr("wants a password"));
    config.password = "secret";
    start();
    EXPECT_EQ(world.health.last().condition, Condition::Ok);
    config.password = "wrong";
    start();
    EXPECT_THAT(world.health.last().reason, HasSubstr("password is wrong"));
}

TEST_F(ShellyGen1Test, TakesNothingForTrueThatIsNoStatus) {
    start();
    is_on = true;
    for (const char* bad : {"nonsense", "[]", "{}", R"({"relays":[]})", R"({"relays":[1]})",
                            R"({"relays":[{"ison":"true"}]})", R"({"relays":{"ison":true}})"}) {
        raw = bad;
        ASSERT_TRUE(world.advance(5));
        EXPECT_NE(world.health.last().condition, Condition::Ok) << bad;
    }
    EXPECT_EQ(world.signals.count(Signal::LoadPower, "miner"), 1U);
    status = 400;
    raw = "Bad timer!";
    EXPECT_EQ(close().error().code, core::ErrorCode::Refused);
}

TEST(ShellyGen1Reply, ReadsOneChannelAndLeavesOutWhatIsNotThere) {
    const auto status = shelly::read_gen1_status(
        json::parse(R"({"relays":[{"ison":false},{"ison":true,"has_timer":true,
        "timer_remaining":60.5,"overpower":true}],"meters":[{"power":1},{"power":2.5,
        "is_valid":true}],"overtemperature":true})"),
        1);
    ASSERT_TRUE(status);
    EXPECT_TRUE(status->is_on);
    EXPECT_THAT(status->timer_s, Optional(60.5));
    EXPECT_THAT(status->power_w, Optional(2.5));
    EXPECT_EQ(status->errors, "overpower overtemperature");
    const auto bare =
        shelly::read_gen1_status(json::parse(R"({"relays":[{"ison":true,"has_timer":true}],
        "meters":[{"power":7,"is_valid":false}]})"),
                                 0);
    ASSERT_TRUE(bare);
    EXPECT_FALSE(bare->tells_timer);
    EXPECT_FALSE(bare->power_w);
    EXPECT_FALSE(shelly::read_gen1_status(json::parse(R"({"relays":[{"ison":true}]})"), 1));
}

}  // namespace
