#include "adapters/tasmota/tasmota_plug.hpp"

#include <gmock/gmock.h>

#include "adapters/tasmota/tasmota_reply.hpp"
#include "adapters/test_web_device.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;
using core::Signal;
using nlohmann::json;
using ports::Condition;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Optional;

namespace {

class TasmotaTest : public testing::Test {
protected:
    TasmotaTest() : device{world.io, [this](const net::ServerRequest& r) { return answer(r); }} {
        config.port = device.port();
        config.timeout_ms = 15'000;
    }
    TestAnswer answer(const net::ServerRequest& request) {
        std::string command = request.target;
        if (!login.empty() && command.find(login) == std::string::npos)
            return {200, R"({"WARNING":"Need user=<username>&password=<password>"})"};
        command = command.substr(command.find("cmnd=") + 5);
        if (!raw.empty()) return {200, raw};
        if (command == "State") return {200, json{{"POWER", is_on ? "ON" : "OFF"}}.dump()};
        if (command == "Status%208")
            return {200, json{{"StatusSNS", {{"ENERGY", {{"Power", is_on ? 1671 : 0}}}}}}.dump()};
        if (command.starts_with("PulseTime1")) {
            if (command.size() > 10) pulse_code = std::stoi(command.substr(13));
            if (is_silent_about_timer)
                return {200, R"words({"PulseTime1":"220 (Active 220)"})words"};
            return {200, json{{"PulseTime1",
                               {{"Set", pulse_code}, {"Remaining", is_on ? left_code : 0}}}}
                             .dump()};
        }
        if (command == "Power1%20ON") {
            is_on = true;
            left_code = pulse_code;
        }
        if (command == "Power1%20OFF" && !is_stuck) is_on = false;
        if (command.starts_with("Power1"))
            return {200, json{{"POWER", is_on ? "ON" : "OFF"}}.dump()};
        return {200, R"({"Command":"Unknown"})"};
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
    bool is_on{false}, is_stuck{false}, is_silent_about_timer{false};
    int pulse_code{0}, left_code{0};
    std::string raw, login;
    TestWebDevice device;
    PlugConfig config;
    std::optional<TasmotaPlug> plug;
};

TEST_F(TasmotaTest, SetsItsPulseTimeOnceAndBeginsItAnewWithEveryOn) {
    start();
    EXPECT_TRUE(close());
    EXPECT_EQ(pulse_code, 220);
    EXPECT_THAT(plug->dead_man().left_s, Optional(120.0));
    EXPECT_THAT(world.signals.last(Signal::LoadPower, "miner"), Optional(1671.0));
    left_code = 180;
    device.asked.clear();
    plug->renew(120);
    ASSERT_TRUE(world.settle());
    EXPECT_EQ(left_code, 220);
    EXPECT_THAT(device.asked, Contains("GET /cm?cmnd=Power1%20ON"));
    EXPECT_THAT(device.asked, Not(Contains(HasSubstr("PulseTime1%20"))))
        << "its flash is not written where nothing changes";
    EXPECT_TRUE(cut());
    EXPECT_FALSE(is_on);
}

TEST_F(TasmotaTest, SetsAPulseTimeAgainThatSomebodyTookAway) {
    start();
    EXPECT_TRUE(close());
    pulse_code = left_code = 0;
    ASSERT_TRUE(world.advance(5));
    EXPECT_EQ(world.health.last().condition, Condition::Warn);
    EXPECT_THAT(world.health.last().reason, HasSubstr("timer does not run"));
    plug->renew(120);
    ASSERT_TRUE(world.advance(5));
    EXPECT_EQ(pulse_code, 220);
    EXPECT_EQ(world.health.last().condition, Condition::Ok);
}

TEST_F(TasmotaTest, SendsNoOnOnceAnOffHasOvertakenItsPulseTime) {
    start();
    std::vector<std::string> ends;
    plug->close(120,
                [&](const core::Result<void>& r) { ends.push_back(r ? "on" : r.error().what); });
    plug->cut([&](const core::Result<void>& r) { ends.push_back(r ? "off" : r.error().what); });
    ASSERT_TRUE(world.settle());
    EXPECT_THAT(ends, ElementsAre(HasSubstr("newer"), "off"));
    EXPECT_THAT(device.asked, Not(Contains("GET /cm?cmnd=Power1%20ON")));
}

TEST_F(TasmotaTest, OffIsDoneOnlyWhenThePlugSaysSo) {
    is_on = is_stuck = true;
    start();
    EXPECT_THAT(cut().error().what, HasSubstr("does not switch"));
}

TEST_F(TasmotaTest, DoesWithoutTheWordOfOldFirmwareThatTellsNothingOfItsTimer) {
    is_silent_about_timer = true;
    start();
    EXPECT_TRUE(close());
    EXPECT_EQ(pulse_code, 220);
    EXPECT_FALSE(plug->dead_man().is_told);
}

TEST_F(TasmotaTest, LogsInWithNameAndPasswordWhateverStandsInThem) {
    config.password = "a&b c=%";
    login = "user=admin&password=a%26b%20c%3D%25&";
    start();
    EXPECT_EQ(world.health.last().condition, Condition::Ok);
    config.password = "";
    start();
    EXPECT_THAT(world.health.last().reason, HasSubstr("wants a user and a password"));
}

TEST_F(TasmotaTest, TakesNothingForTrueThatIsNoAnswer) {
    start();
    is_on = true;
    for (const char* bad :
         {"nonsense", "[]", "{}", R"({"POWER":1})", R"({"POWER":"PERHAPS"})", R"({"POWER2":"ON"})",
          R"({"Command":"Unknown"})", R"({"WARNING":"Need user"})"}) {
        raw = bad;
        ASSERT_TRUE(world.advance(5));
        EXPECT_NE(world.health.last().condition, Condition::Ok) << bad;
    }
    EXPECT_EQ(world.signals.count(Signal::LoadPower, "miner"), 1U);
}

TEST(TasmotaReply, WritesSecondsAsPulseTimeDoes) {
    EXPECT_EQ(tasmota::pulse_code(120), 220);
    EXPECT_EQ(tasmota::pulse_code(12), 112);
    EXPECT_EQ(tasmota::pulse_code(11), 110);
    EXPECT_EQ(tasmota::pulse_code(0), 1) << "0 would be for ever";
    EXPECT_EQ(tasmota::pulse_code(-5), 1);
    EXPECT_EQ(tasmota::pulse_code(1'000'000), 64'900);
    EXPECT_EQ(tasmota::pulse_seconds(220), 120);
    EXPECT_DOUBLE_EQ(tasmota::pulse_seconds(111), 11.1);
    EXPECT_EQ(tasmota::pulse_seconds(0), 0);
}

TEST(TasmotaReply, AddsUpPhasesAndRefusesHalfOfThem) {
    const auto watts = [](const char* power) {
        return tasmota::read_watts(
            json::parse(std::string{R"({"StatusSNS":{"ENERGY":{"Power":)"} + power + "}}}"));
    };
    EXPECT_THAT(watts("1671"), Optional(1671.0));
    EXPECT_THAT(watts("[100,200.5,300]"), Optional(600.5));
    for (const char* bad : {"[]", "[1,null]", "\"12\"", "null", "[1,2,3,4,5,6,7,8,9]", "{}"})
        EXPECT_FALSE(watts(bad)) << bad;
    EXPECT_FALSE(tasmota::read_watts(json::parse(R"({"StatusSNS":[]})")));
    EXPECT_FALSE(tasmota::read_pulse_time(json::parse(R"({"PulseTime1":{"Set":220}})"), 1));
}

}  // namespace
