#include "adapters/axeos/axeos_miner.hpp"

#include <gmock/gmock.h>

#include "adapters/test_web_device.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;
using core::Signal;
using nlohmann::json;
using ports::Condition;
using testing::Contains;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Optional;

namespace {

struct FakeBitaxe {
    bool is_paused{false}, knows_pause{true};
    double mhz{525}, temp_c{58.1}, uptime_s{100};
    int writes{0};
    std::string raw, fault;

    TestAnswer answer(const net::ServerRequest& r) {
        if (!raw.empty()) return {200, raw};
        if (r.target == "/api/system/asic")
            return {200, R"({"frequencyOptions":[525,400,490,550,"x",-1],"defaultFrequency":525})"};
        if (r.target == "/api/system/pause" || r.target == "/api/system/resume") {
            if (!knows_pause) return {404, R"({"error":"unknown route"})"};
            is_paused = r.target.ends_with("pause");
            return {200, R"({"status":"success"})"};
        }
        if (r.method == "PATCH") {
            const json body = json::parse(r.body);
            EXPECT_FALSE(body.contains("coreVoltage"));
            mhz = body["frequency"];
            ++writes;
            return {200, R"({"status":"success"})"};
        }
        json info{{"power", is_paused ? 4 : 17.4},
                  {"temp", is_paused ? -1 : temp_c},
                  {"temp2", -1},
                  {"hashRate", is_paused ? 0 : 1188.2},
                  {"fanrpm", 4120},
                  {"frequency", mhz},
                  {"uptimeSeconds", uptime_s},
                  {"overheat_mode", 0}};
        if (knows_pause) info["miningPaused"] = is_paused ? 1 : 0;
        if (!fault.empty()) info["hardware_fault"] = fault;
        return {200, info.dump()};
    }
};

class AxeOsTest : public testing::Test {
protected:
    AxeOsTest() : device{world.io, [this](const net::ServerRequest& r) { return fake.answer(r); }} {
        config.port = device.port();
        config.timeout_ms = 15'000;
    }
    void start() {
        miner.emplace(world.devices(), config);
        miner->start();
        ASSERT_TRUE(world.settle());
        device.asked.clear();
    }
    void poll_again() {
        fake.uptime_s += config.poll_s;
        world.clock.advance(static_cast<std::int64_t>(config.poll_s * 1000));
        ASSERT_TRUE(world.settle());
    }
    core::Result<void> order(core::Target target, std::int64_t lease_ms = 0) {
        std::optional<core::Result<void>> result;
        miner->command({"id", target, {}, lease_ms, false},
                       [&](core::Result<void> r) { result = std::move(r); });
        EXPECT_TRUE(world.settle());
        return result.value_or(core::Error{core::ErrorCode::Timeout, "no callback"});
    }

    TestWorld world;
    FakeBitaxe fake;
    TestWebDevice device;
    AxeOsConfig config;
    std::optional<AxeOsMiner> miner;
};

TEST_F(AxeOsTest, FeedsWhatTheMinerMeasures) {
    start();
    EXPECT_THAT(world.signals.last(Signal::LoadTemp, "bitaxe"), Optional(58.1));
    EXPECT_THAT(world.signals.last(Signal::LoadPower, "bitaxe"), Optional(17.4));
    EXPECT_THAT(world.signals.last(Signal::LoadHashrate, "bitaxe"),
                Optional(DoubleNear(1.1882, 1e-9)));
    EXPECT_THAT(world.signals.last(Signal::LoadFan, "bitaxe"), Optional(4120.0));
    EXPECT_EQ(world.signals.signs_of_life["bitaxe"], 0);
    poll_again();
    EXPECT_EQ(world.signals.signs_of_life["bitaxe"], 1);
}

TEST_F(AxeOsTest, PausesAndResumes) {
    start();
    EXPECT_TRUE(order(core::kOff));
    EXPECT_TRUE(fake.is_paused);
    poll_again();
    EXPECT_EQ(world.signals.count(Signal::LoadTemp, "bitaxe"), 1U) << "-1 is no temperature";
    EXPECT_TRUE(order(core::kFull));
    EXPECT_FALSE(fake.is_paused);
    EXPECT_EQ(fake.writes, 0) << "it has that frequency already";
}

TEST_F(AxeOsTest, EcoIsALowerFrequencyThatIsOffered) {
    config.eco_mhz = 480;
    start();
    EXPECT_TRUE(order(core::kEco));
    EXPECT_EQ(fake.mhz, 400);
    EXPECT_THAT(device.asked, Contains(R"(PATCH /api/system {"frequency":400.0})"));
}

TEST_F(AxeOsTest, WritesItsFlashAtMostOnceInFiveMinutes) {
    start();
    EXPECT_TRUE(order(core::kEco));
    EXPECT_TRUE(order(core::kFull));
    for (int i = 0; i < 29; ++i) {
        poll_again();
        EXPECT_EQ(fake.writes, 1);
    }
    EXPECT_EQ(world.health.last().condition, Condition::Warn);
    EXPECT_THAT(world.health.last().reason, HasSubstr("400 MHz"));
    poll_again();
    EXPECT_EQ(fake.writes, 2);
    EXPECT_EQ(fake.mhz, 525);
    poll_again();
    EXPECT_EQ(world.health.last().condition, Condition::Ok);
}

TEST_F(AxeOsTest, PausesAgainAfterAReboot) {
    start();
    EXPECT_TRUE(order(core::kOff));
    fake.is_paused = false;  // a pause lives in its RAM only
    fake.uptime_s = 0;
    poll_again();
    EXPECT_TRUE(fake.is_paused);
}

TEST_F(AxeOsTest, SaysThatAnOldFirmwareKnowsNoPause) {
    fake.knows_pause = false;
    start();
    const auto result = order(core::kOff);
    EXPECT_EQ(result.error().code, core::ErrorCode::Unavailable);
    EXPECT_THAT(result.error().what, HasSubstr("no pause"));
    poll_again();
    EXPECT_EQ(world.health.last().condition, Condition::Warn);
    EXPECT_TRUE(order(core::kFull));
}

TEST_F(AxeOsTest, ALimitIsTheNextLevelBelow) {
    start();
    EXPECT_TRUE(order({core::Level::Limited, core::Watts{17}}));
    EXPECT_EQ(fake.mhz, 400);
    EXPECT_TRUE(order({core::Level::Limited, core::Watts{12}}));
    EXPECT_TRUE(fake.is_paused);
}

TEST_F(AxeOsTest, AnOffThatOvertakesAnOnHasTheLastWord) {
    start();
    std::vector<std::string> ends;
    miner->command({"1", core::kFull, {}, 0, false},
                   [&](const core::Result<void>& r) { ends.push_back(r ? "on" : r.error().what); });
    miner->command({"2", core::kOff, {}, 0, true}, [&](const core::Result<void>& r) {
        ends.push_back(r ? "off" : r.error().what);
    });
    ASSERT_TRUE(world.settle());
    EXPECT_THAT(ends, ElementsAre(HasSubstr("newer"), "off"));
    poll_again();
    EXPECT_TRUE(fake.is_paused);
}

TEST_F(AxeOsTest, ASetpointThatNobodyRenewsBecomesOff) {
    start();
    EXPECT_TRUE(order(core::kFull, 30'000));
    ASSERT_TRUE(world.advance(31));
    EXPECT_TRUE(fake.is_paused);
}

TEST_F(AxeOsTest, ReportsFaultsAndNonsense) {
    fake.fault = "VCORE low";
    start();
    EXPECT_EQ(world.health.last().condition, Condition::Error);
    EXPECT_THAT(world.health.last().reason, HasSubstr("VCORE low"));
    for (const char* raw : {"[]", "{}", "{\"power\":", "nonsense", "7"}) {
        fake.raw = raw;
        poll_again();
        EXPECT_NE(world.health.last().condition, Condition::Ok) << raw;
    }
    EXPECT_EQ(world.signals.count(Signal::LoadPower, "bitaxe"), 1U);
}

TEST(AxeOsReply, TakesYesAndNoHoweverTheyAreWritten) {
    for (const char* yes : {"1", "true", "2.0"})
        EXPECT_THAT(
            axeos::read_info(json::parse(std::string{R"({"power":1,"miningPaused":)"} + yes + "}"))
                ->is_paused,
            Optional(true))
            << yes;
    EXPECT_THAT(axeos::read_info(json::parse(R"({"power":1,"miningPaused":false})"))->is_paused,
                Optional(false));
    EXPECT_FALSE(axeos::read_info(json::parse(R"({"power":1,"miningPaused":"yes"})"))->is_paused);
}

TEST(AxeOsReply, TakesNoAbsurdNumbers) {
    const auto info = axeos::read_info(json::parse(
        R"({"power":-4,"hashRate":"12","temp":0,"temp2":-1,"frequency":0,"uptimeSeconds":null})"));
    ASSERT_TRUE(info);
    EXPECT_FALSE(info->power_w || info->hashrate_ths || info->temp_c || info->frequency_mhz ||
                 info->uptime_s);
}

TEST(AxeOsReply, OffersOnlyWhatTheMakerOffers) {
    const auto options = axeos::read_frequencies(
        json::parse(R"({"frequencyOptions":[525,400,1e9,null,"600",490]})"));
    EXPECT_THAT(options, ElementsAre(400, 490, 525));
    EXPECT_THAT(axeos::offered(options, 524), Optional(490.0));
    EXPECT_THAT(axeos::offered(options, 9999), Optional(525.0));
    EXPECT_THAT(axeos::offered(options, 1), Optional(400.0));
    EXPECT_FALSE(axeos::offered({}, 500));
    for (const char* bad : {"null", "[]", "{}", R"({"frequencyOptions":{}})"})
        EXPECT_TRUE(axeos::read_frequencies(json::parse(bad)).empty());
}

}  // namespace
