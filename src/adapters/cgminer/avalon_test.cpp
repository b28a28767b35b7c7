#include "adapters/cgminer/avalon.hpp"

#include <gmock/gmock.h>

#include "adapters/test_world.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;
using core::Signal;
using ports::Condition;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

namespace {

// A miner in a few words: what it shows, and what it is told.
struct FakeMiner {
    double device_s{986};
    bool is_standby{false};
    bool is_deaf{false};  ///< says yes and does nothing
    bool is_gone{false};
    bool refuses{false};
    bool knows_estats{true};
    int mode{0};
    double temp_c{60}, elapsed_s{500};
    std::vector<std::string> told;  ///< parameters of ascset

    ScriptedServer::Move answer(const std::string& request) {
        if (is_gone) return {"", false, true};
        const auto json = nlohmann::json::parse(request);
        const std::string command = json["command"];
        if (command == "ascset") return obey(json["parameter"]);
        if (command == "version") return reply(22, "CGMiner versions");
        if (command == "estats" && !knows_estats) return reply(14, "Invalid command");
        return reply(70, "CGMiner stats");
    }
    ScriptedServer::Move obey(const std::string& parameter) {
        told.push_back(parameter);
        if (refuses) return reply(120, "ASC 0 set failed: no");
        if (!is_deaf && parameter.starts_with("0,softoff")) is_standby = true;
        if (!is_deaf && parameter.starts_with("0,softon")) is_standby = false;
        if (!is_deaf && parameter.starts_with("0,workmode,set,")) mode = parameter.back() - '0';
        return reply(118, "ASC 0 set info: success");
    }
    ScriptedServer::Move reply(int code, const char* message) const {
        const bool is_error = code == 14 || code == 120;
        nlohmann::json json;
        json["STATUS"] = {{{"STATUS", is_error ? "E" : "S"},
                           {"When", static_cast<int>(device_s)},
                           {"Code", code},
                           {"Msg", message}}};
        if (code == 70) json["STATS"] = {{{"MM ID0", text()}}};
        return {json.dump() + std::string(1, '\0'), true};
    }
    std::string text() const {
        return std::string{"SYSTEMSTATU[Work: "} + (is_standby ? "In Idle" : "In Work") +
               ", Hash Board: 1] Elapsed[" + std::to_string(elapsed_s) + "] TMax[" +
               std::to_string(is_standby ? -273 : temp_c) + "] Fan1[1380] PS[0 1 2 3 4 5 " +
               (is_standby ? "15" : "838") + "] GHSspd[" + (is_standby ? "0" : "43000") +
               "] WORKMODE[" + std::to_string(mode) + "] SoftOFF[" + (is_standby ? "1" : "0") + "]";
    }
};

class AvalonTest : public testing::Test {
protected:
    AvalonTest() : server{world.io, [this](const std::string& r, int) { return fake.answer(r); }} {
        config.port = server.port();
        config.timeout_ms = 15'000;
        config.pause_ms = 0;
    }
    void start() {
        miner.emplace(world.devices(), config);
        miner->start();
        ASSERT_TRUE(world.settle());
    }
    /// The next poll, with the miner's own clock moved on.
    void poll_again() {
        fake.elapsed_s += config.poll_s;
        fake.device_s += config.poll_s;
        world.clock.advance(static_cast<std::int64_t>(config.poll_s * 1000));
        ASSERT_TRUE(world.settle());
    }
    core::Result<void> order(core::Target target, std::int64_t lease_ms = 0) {
        std::optional<core::Result<void>> result;
        miner->command({"id", target, {}, lease_ms, false},
                       [&](core::Result<void> r) { result = std::move(r); });
        EXPECT_TRUE(world.run_until([&] { return result.has_value(); }));
        EXPECT_TRUE(world.settle());
        return result.value_or(core::Error{core::ErrorCode::Timeout, "no callback"});
    }
    static core::Target limited(double watts) { return {core::Level::Limited, core::Watts{watts}}; }

    TestWorld world;
    FakeMiner fake;
    ScriptedServer server;
    AvalonConfig config;
    std::optional<AvalonMiner> miner;
};

TEST_F(AvalonTest, FeedsWhatTheMinerMeasures) {
    start();
    EXPECT_THAT(world.signals.last(Signal::LoadTemp, "miner"), Optional(60.0));
    EXPECT_THAT(world.signals.last(Signal::LoadPower, "miner"), Optional(838.0));
    EXPECT_THAT(world.signals.last(Signal::LoadHashrate, "miner"), Optional(43.0));
    EXPECT_THAT(world.signals.last(Signal::LoadFan, "miner"), Optional(1380.0));
    EXPECT_EQ(world.health.last().condition, Condition::Ok);
}

TEST_F(AvalonTest, LeavesThePowerToThePlugWhereOneStandsBefore) {
    config.reports_power = false;
    start();
    EXPECT_EQ(world.signals.count(Signal::LoadPower, "miner"), 0U);
}

TEST_F(AvalonTest, GivesNoTemperatureInStandby) {
    fake.is_standby = true;
    start();
    EXPECT_EQ(world.signals.count(Signal::LoadTemp, "miner"), 0U);
}

TEST_F(AvalonTest, IsAliveOnlyWhileItsUptimeMoves) {
    start();
    EXPECT_EQ(world.signals.signs_of_life["miner"], 0);
    poll_again();
    EXPECT_EQ(world.signals.signs_of_life["miner"], 1);
    world.clock.advance(10'000);  // answers, but stands still
    ASSERT_TRUE(world.settle());
    EXPECT_EQ(world.signals.signs_of_life["miner"], 1);
    fake.elapsed_s = 3;  // restarted
    world.clock.advance(10'000);
    ASSERT_TRUE(world.settle());
    EXPECT_EQ(world.signals.signs_of_life["miner"], 2);
}

TEST_F(AvalonTest, StopsAtATimeOfTheMinersOwnClock) {
    start();
    EXPECT_TRUE(order(core::kOff));
    EXPECT_THAT(fake.told, ElementsAre("0,softoff,1:991"));
    EXPECT_TRUE(fake.is_standby);
}

TEST_F(AvalonTest, AsksForTheTimeAgainWhereItsKnowledgeIsOld) {
    start();
    fake.device_s = 2000;
    world.clock.advance(1500);
    EXPECT_TRUE(order(core::kOff));
    EXPECT_THAT(fake.told, ElementsAre("0,softoff,1:2005"));
}

TEST_F(AvalonTest, StopsOnTheSameReplyThatShowsTheHeat) {
    start();
    int connections_at_heat = 0;
    bool is_stopped = false;
    world.signals.on_measured = [&](const ports::Measurement& m) {
        if (m.signal != Signal::LoadTemp || m.value < 90) return;
        connections_at_heat = server.connections();
        miner->command({"hot", core::kOff, {}, 0, true},
                       [&](const core::Result<void>& r) { is_stopped = r.has_value(); });
    };
    fake.temp_c = 96;
    poll_again();
    ASSERT_TRUE(world.run_until([&] { return is_stopped; }));
    EXPECT_THAT(fake.told, ElementsAre("0,softoff,1:1001"));
    EXPECT_EQ(server.connections(), connections_at_heat + 1) << "the very next connection stops it";
}

TEST_F(AvalonTest, WakesUpAndSetsTheModeOfTheLevel) {
    fake.is_standby = true;
    start();
    EXPECT_TRUE(order(core::kFull));
    EXPECT_THAT(fake.told, ElementsAre("0,softon,1:991", "0,workmode,set,2"));
    fake.told.clear();
    EXPECT_TRUE(order(core::kEco));
    EXPECT_THAT(fake.told, ElementsAre("0,workmode,set,0"));
    fake.told.clear();
    EXPECT_TRUE(order(core::kEco));
    EXPECT_TRUE(fake.told.empty()) << "it does that already";
}

TEST_F(AvalonTest, ALimitIsTheNextLevelBelow) {
    start();
    EXPECT_TRUE(order(limited(1700)));
    EXPECT_EQ(fake.mode, 2);
    EXPECT_TRUE(order(limited(1600)));
    EXPECT_EQ(fake.mode, 0);
    EXPECT_TRUE(order(limited(799)));
    EXPECT_TRUE(fake.is_standby);
}

TEST_F(AvalonTest, BelievesOnlyAYesInWords) {
    start();
    fake.refuses = true;
    const auto result = order(core::kOff);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, core::ErrorCode::Refused);
    EXPECT_THAT(result.error().what, HasSubstr("set failed"));
}

TEST_F(AvalonTest, ANewCommandReplacesOneThatWaits) {
    start();
    std::vector<std::string> ends;
    miner->command({"1", core::kFull, {}, 0, false},
                   [&](const core::Result<void>& r) { ends.push_back(r ? "on" : r.error().what); });
    miner->command({"2", core::kOff, {}, 0, true}, [&](const core::Result<void>& r) {
        ends.push_back(r ? "off" : r.error().what);
    });
    ASSERT_TRUE(world.run_until([&] { return ends.size() == 2; }));
    ASSERT_TRUE(world.settle());
    EXPECT_THAT(ends, ElementsAre(HasSubstr("newer"), "off"));
    EXPECT_TRUE(fake.is_standby);
    EXPECT_EQ(fake.mode, 0);
}

TEST_F(AvalonTest, TellsItAgainAfterItCameBackByItself) {
    start();
    EXPECT_TRUE(order(core::kOff));
    fake.told.clear();
    fake.is_standby = false;  // mains cut and back: it works again
    fake.elapsed_s = 0;
    for (int i = 0; i < 3; ++i) poll_again();
    EXPECT_TRUE(fake.is_standby);
    EXPECT_THAT(fake.told, ElementsAre(HasSubstr("softoff")));
}

TEST_F(AvalonTest, RepeatsAStopForEverAndAModeOnlyNowAndThen) {
    fake.is_deaf = true;
    start();
    EXPECT_TRUE(order(core::kOff));
    for (int i = 0; i < 60; ++i) poll_again();
    EXPECT_GE(fake.told.size(), 20U);
    EXPECT_EQ(world.health.last().condition, Condition::Warn);
    fake.told.clear();
    EXPECT_TRUE(order(core::kFull));
    for (int i = 0; i < 60; ++i) poll_again();
    EXPECT_LE(fake.told.size(), 8U);
    EXPECT_GE(fake.told.size(), 5U);
}

TEST_F(AvalonTest, ASetpointThatNobodyRenewsBecomesOff) {
    start();
    EXPECT_TRUE(order(core::kFull, 30'000));
    world.clock.advance(20'000);
    miner->renew({"id", core::kFull, {}, 30'000, false});
    world.clock.advance(20'000);
    ASSERT_TRUE(world.settle());
    EXPECT_FALSE(fake.is_standby);
    world.clock.advance(11'000);
    ASSERT_TRUE(world.settle());
    EXPECT_TRUE(fake.is_standby);
}

TEST_F(AvalonTest, SilenceIsExpectedOnlyOfAMinerThatIsOffTheMains) {
    config.is_behind_relay = true;
    start();
    EXPECT_TRUE(order(core::kOff));
    fake.is_gone = true;
    poll_again();
    EXPECT_EQ(world.health.last().condition, Condition::Ok);
    miner->command({"id", core::kFull, {}, 0, false}, [](const core::Result<void>& r) {
        EXPECT_EQ(r.error().code, core::ErrorCode::Unreachable);
    });
    ASSERT_TRUE(world.settle());
    for (int i = 0; i < 3; ++i) poll_again();
    EXPECT_EQ(world.health.last().condition, Condition::Error);
}

TEST_F(AvalonTest, AsksOlderFirmwareInItsOwnWords) {
    fake.knows_estats = false;
    start();
    EXPECT_THAT(world.signals.last(Signal::LoadTemp, "miner"), Optional(60.0));
    EXPECT_THAT(server.received, Contains(R"({"command":"stats"})"));
}

}  // namespace
