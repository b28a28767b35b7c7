// What every plug does, tried on the one that most have: a Shelly of the second generation.
#include "adapters/plug/timed_plug.hpp"

#include <gmock/gmock.h>

#include "adapters/shelly/shelly_plug.hpp"
#include "adapters/shelly/shelly_reply.hpp"
#include "adapters/test_web_device.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;
using core::Signal;
using ports::Condition;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Optional;

namespace {

struct FakePlug {
    bool is_on{false}, is_welded{false}, is_stuck{false}, is_silent{false};
    bool arms{true}, rearms{true};
    double timer_s{0}, timer_began_s{0}, now_s{1000};  ///< by its own clock
    double load_w{800};
    std::string password, raw, errors;
    int status{200};

    TestAnswer answer(const net::ServerRequest& request) {
        if (is_silent) return {200, "", "", true};
        if (!password.empty() && request.header("Authorization").empty())
            return {401, "", R"(Digest qop="auth", realm="plug", nonce="abc", algorithm=SHA-256)"};
        if (!raw.empty() || status != 200) return {status, raw};
        if (request.target == "/rpc/Switch.Set?id=0&on=false" && !is_stuck) is_on = false;
        if (request.target.starts_with("/rpc/Switch.Set?id=0&on=true")) {
            const auto after = request.target.find("toggle_after=");
            if (!is_on || rearms) timer_began_s = now_s;
            if (arms) timer_s = std::stod(request.target.substr(after + 13));
            is_on = true;
        }
        if (request.target.starts_with("/rpc/Switch.Set")) return {200, R"({"was_on":true})"};
        nlohmann::json json{
            {"id", 0}, {"output", is_on}, {"apower", is_on || is_welded ? load_w : -0.4}};
        if (is_on && timer_s > 0) {
            json["timer_started_at"] = timer_began_s;
            json["timer_duration"] = timer_s;
        }
        if (!errors.empty()) json["errors"] = {errors};
        return {200, json.dump()};
    }
};

class ShellyTest : public testing::Test {
protected:
    ShellyTest()
        : device{world.io, [this](const net::ServerRequest& r) { return fake.answer(r); }} {
        config.port = device.port();
        config.timeout_ms = 15'000;
    }
    void start() {
        plug.emplace(world.devices(), config);
        plug->start();
        ASSERT_TRUE(world.settle());
        device.asked.clear();
    }
    /// Runs, the clock moving on, until the order has come to its end.
    core::Result<void> end_of(const std::function<void(ports::CommandDone)>& give) {
        std::optional<core::Result<void>> result;
        give([&](core::Result<void> r) { result = std::move(r); });
        for (int s = 0; s < 10 && !result; ++s) {
            EXPECT_TRUE(world.settle());
            if (!result) world.clock.advance(1000);
        }
        return result.value_or(core::Error{core::ErrorCode::Timeout, "no callback"});
    }
    core::Result<void> cut() {
        return end_of([&](ports::CommandDone done) { plug->cut(std::move(done)); });
    }
    core::Result<void> close(int dead_man_s = 120) {
        return end_of([&](ports::CommandDone done) { plug->close(dead_man_s, std::move(done)); });
    }
    core::Result<void> order(core::Target target, std::int64_t lease_ms = 0) {
        return end_of([&](ports::CommandDone done) {
            plug->command({"id", target, {}, lease_ms, false}, std::move(done));
        });
    }

    TestWorld world;
    FakePlug fake;
    TestWebDevice device;
    ShellyConfig config;
    std::optional<ShellyPlug> plug;
};

TEST_F(ShellyTest, FeedsThePowerOfTheLoadBehindIt) {
    fake.is_on = true;
    start();
    EXPECT_THAT(world.signals.last(Signal::LoadPower, "miner"), Optional(800.0));
    EXPECT_TRUE(world.signals.signs_of_life.empty()) << "a plug is no sign of the miner's life";
    fake.is_on = false;
    ASSERT_TRUE(world.advance(5));
    EXPECT_THAT(world.signals.last(Signal::LoadPower, "miner"), Optional(0.0));
    EXPECT_EQ(world.health.last().condition, Condition::Ok);
}

TEST_F(ShellyTest, IsAliveWhereItIsTheLoad) {
    config.is_load = true;
    start();
    EXPECT_EQ(world.signals.signs_of_life["miner"], 1);
}

TEST_F(ShellyTest, ClosesOnlyForATimeAndOpensForGood) {
    start();
    EXPECT_TRUE(close(120));
    EXPECT_TRUE(fake.is_on);
    EXPECT_TRUE(cut());
    EXPECT_FALSE(fake.is_on);
    EXPECT_THAT(device.asked,
                ElementsAre("GET /rpc/Switch.Set?id=0&on=true&toggle_after=120",
                            "GET /rpc/Switch.GetStatus?id=0", "GET /rpc/Switch.Set?id=0&on=false",
                            "GET /rpc/Switch.GetStatus?id=0"));
}

TEST_F(ShellyTest, OffIsDoneOnlyWhereThePowerSaysSoToo) {
    fake.is_on = true;
    fake.is_welded = true;
    start();
    const auto result = cut();
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().what, HasSubstr("is off at 800 W"));
    EXPECT_EQ(device.asked.size(), 8U) << "four tries, each confirmed";
}

TEST_F(ShellyTest, NamesAWeldedContactAfterTenSeconds) {
    fake.is_welded = true;
    start();
    ASSERT_TRUE(world.advance(5));
    EXPECT_EQ(world.health.last().condition, Condition::Ok);
    ASSERT_TRUE(world.advance(5));
    EXPECT_EQ(world.health.last().condition, Condition::Error);
    EXPECT_THAT(world.health.last().reason, HasSubstr("welded"));
}

TEST_F(ShellyTest, TriesAnOffAgainThatDidNotWork) {
    fake.is_on = true;
    fake.is_stuck = true;
    start();
    std::optional<core::Result<void>> result;
    plug->cut([&](core::Result<void> r) { result = std::move(r); });
    ASSERT_TRUE(world.settle());
    EXPECT_FALSE(result);
    fake.is_stuck = false;
    world.clock.advance(1000);
    ASSERT_TRUE(world.settle());
    ASSERT_TRUE(result);
    EXPECT_TRUE(result->has_value());
}

TEST_F(ShellyTest, RenewsItsTimerOnlyWhileItIsOn) {
    start();
    EXPECT_TRUE(close());
    device.asked.clear();
    plug->renew(120);
    ASSERT_TRUE(world.settle());
    EXPECT_THAT(device.asked, Contains("GET /rpc/Switch.Set?id=0&on=true&toggle_after=120"));
    fake.is_on = false;  // its button was pressed
    device.asked.clear();
    plug->renew(120);
    ASSERT_TRUE(world.settle());
    EXPECT_THAT(device.asked, ElementsAre("GET /rpc/Switch.GetStatus?id=0"));
    EXPECT_EQ(world.health.last().condition, Condition::Warn);
    EXPECT_TRUE(cut());
    device.asked.clear();
    plug->renew(120);
    EXPECT_TRUE(world.exchanges.is_idle());
}

TEST_F(ShellyTest, OnIsDoneOnlyWhenItsTimerRuns) {
    fake.arms = false;
    start();
    const auto result = close();
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().what, HasSubstr("timer does not run"));
    EXPECT_TRUE(plug->dead_man().is_told);
    EXPECT_FALSE(plug->dead_man().left_s);
    ASSERT_TRUE(world.advance(5));
    EXPECT_EQ(world.health.last().condition, Condition::Warn);
    fake.arms = true;
    plug->renew(120);
    ASSERT_TRUE(world.settle());
    ASSERT_TRUE(world.advance(5));
    EXPECT_EQ(world.health.last().condition, Condition::Ok);
}

TEST_F(ShellyTest, TellsTheTimeThatThePlugsOwnTimerHasLeft) {
    start();
    EXPECT_FALSE(plug->dead_man().left_s);
    EXPECT_TRUE(close(120));
    EXPECT_THAT(plug->dead_man().left_s, Optional(testing::DoubleNear(120, 1)));
    fake.now_s += 40;
    ASSERT_TRUE(world.advance(40));
    EXPECT_THAT(plug->dead_man().left_s, Optional(testing::DoubleNear(80, 1)));
    plug->renew(120);
    ASSERT_TRUE(world.advance(5));
    EXPECT_THAT(plug->dead_man().left_s, Optional(testing::DoubleNear(115, 1)));
    EXPECT_EQ(world.health.last().condition, Condition::Ok);
}

TEST_F(ShellyTest, WarnsWhereAnotherOnDoesNotBeginItsTimerAnew) {
    fake.rearms = false;
    start();
    EXPECT_TRUE(close(120));
    for (int i = 0; i < 2; ++i) {
        ASSERT_TRUE(world.advance(40));
        plug->renew(120);
        ASSERT_TRUE(world.settle());
    }
    ASSERT_TRUE(world.advance(15));
    EXPECT_EQ(world.health.last().condition, Condition::Warn);
    EXPECT_THAT(world.health.last().reason, HasSubstr("not renewed"));
}

TEST_F(ShellyTest, AnOffThatOvertakesAnOnHasTheLastWord) {
    start();
    std::vector<std::string> ends;
    plug->close(120,
                [&](const core::Result<void>& r) { ends.push_back(r ? "on" : r.error().what); });
    plug->cut([&](const core::Result<void>& r) { ends.push_back(r ? "off" : r.error().what); });
    ASSERT_TRUE(world.settle());
    EXPECT_THAT(ends, ElementsAre(HasSubstr("newer"), "off"));
    EXPECT_FALSE(fake.is_on);
    std::size_t last_on = 0, last_off = 0;
    for (std::size_t i = 0; i < device.asked.size(); ++i) {
        if (device.asked[i].find("on=true") != std::string::npos) last_on = i;
        if (device.asked[i].find("on=false") != std::string::npos) last_off = i;
    }
    EXPECT_GT(last_off, last_on);
}

TEST_F(ShellyTest, DrivesALoadOfItsOwn) {
    config.is_load = true;
    config.full_w = 1200;
    start();
    EXPECT_TRUE(order(core::kFull));
    EXPECT_TRUE(fake.is_on);
    EXPECT_TRUE(order({core::Level::Limited, core::Watts{1100}}));
    EXPECT_FALSE(fake.is_on);
    EXPECT_TRUE(order({core::Level::Limited, core::Watts{1200}}));
    EXPECT_TRUE(fake.is_on);
    EXPECT_TRUE(order(core::kEco));
    EXPECT_FALSE(fake.is_on) << "never more than what was asked for";
    EXPECT_TRUE(order(core::kFull));
    EXPECT_TRUE(order(core::kOff));
    EXPECT_FALSE(fake.is_on);
}

TEST_F(ShellyTest, ASetpointThatNobodyRenewsBecomesOff) {
    config.is_load = true;
    start();
    EXPECT_TRUE(order(core::kFull, 30'000));
    ASSERT_TRUE(world.advance(20));
    plug->renew(ports::Command{"id", core::kFull, {}, 30'000, false});
    ASSERT_TRUE(world.advance(25));
    EXPECT_TRUE(fake.is_on);
    ASSERT_TRUE(world.advance(6));
    EXPECT_FALSE(fake.is_on);
}

TEST_F(ShellyTest, NamesAPasswordThatIsMissingAndUsesTheOneItHas) {
    fake.password = "secret";
    start();
    EXPECT_THAT(world.health.last().reason, HasSubstr("wants a password"));
    config.password = "secret";
    start();
    EXPECT_EQ(world.health.last().condition, Condition::Ok);
}

TEST_F(ShellyTest, ReportsRpcErrorsAndNonsense) {
    start();
    fake.status = 500;
    fake.raw = R"({"code":-103,"message":"Missing or bad argument 'on'!"})";
    EXPECT_EQ(close().error().code, core::ErrorCode::Refused);
    EXPECT_THAT(world.health.last().reason, HasSubstr("-103"));
    fake.status = 200;
    fake.raw = R"({"id":1,"error":{"code":-108,"message":"busy"}})";
    EXPECT_EQ(close().error().code, core::ErrorCode::Unavailable);
    for (const char* raw : {"{\"output\":", "[1]", "nonsense", R"({"output":"yes"})", "{}"}) {
        fake.raw = raw;
        ASSERT_TRUE(world.advance(5));
        EXPECT_NE(world.health.last().condition, Condition::Ok) << raw;
    }
    EXPECT_EQ(world.signals.count(Signal::LoadPower, "miner"), 1U);
}

TEST_F(ShellyTest, ReportsItsOwnProtection) {
    fake.errors = "overpower";
    start();
    EXPECT_EQ(world.health.last().condition, Condition::Error);
    EXPECT_THAT(world.health.last().reason, HasSubstr("overpower"));
}

TEST_F(ShellyTest, GivesUpOnSilence) {
    config.timeout_ms = 100;
    start();
    fake.is_silent = true;
    EXPECT_EQ(cut().error().code, core::ErrorCode::Timeout);
}

TEST(ShellyReply, TakesOnlyAnHonestStatus) {
    using nlohmann::json;
    using shelly::read_switch_status;
    const auto status = read_switch_status(json::parse(
        R"({"output":true,"apower":1671.4,"timer_duration":300,"errors":["overtemp",7]})"));
    ASSERT_TRUE(status);
    EXPECT_THAT(status->power_w, Optional(1671.4));
    EXPECT_THAT(status->timer_s, Optional(300.0));
    EXPECT_EQ(status->errors, "overtemp ?");
    for (const char* bad : {"null", "[]", "{}", R"({"output":1})", R"({"output":"true"})"})
        EXPECT_FALSE(read_switch_status(json::parse(bad))) << bad;
    EXPECT_FALSE(read_switch_status(json::parse(R"({"output":true,"apower":"9"})"))->power_w);
}

}  // namespace
