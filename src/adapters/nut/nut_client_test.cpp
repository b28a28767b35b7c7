#include "adapters/nut/nut_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/nut/testing_ups.hpp"
#include "adapters/test_world.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;
using testing::HasSubstr;

namespace {

struct RememberingPower final : ports::PowerSink {
    std::vector<ports::PowerReading> readings;
    void power(const ports::PowerReading& reading) override { readings.push_back(reading); }
};

class NutClientTest : public testing::Test {
protected:
    void watch(int port) {
        nut::NutConfig config;
        config.port = port;
        config.ups = "cellar";
        config.timeout_ms = 1'000;
        client_.emplace(
            nut::NutClient::World{world_.io, world_.clock, world_.exchanges, power_, world_.health},
            config);
        client_->start();
    }
    /// Looks again and again until the newest reading is as wished.
    bool look_until(const std::function<bool(const ports::PowerReading&)>& is_so) {
        return world_.run_until([&] {
            if (!power_.readings.empty() && is_so(power_.readings.back())) return true;
            if (world_.exchanges.is_idle()) world_.clock.advance(1'000);
            return false;
        });
    }
    /// One look at a server that answers every question so; what was made of it.
    core::Error failure_of(const std::string& answer, bool is_end = false) {
        power_.readings.clear();
        ScriptedServer server{world_.io, [&](const std::string& received, int) {
                                  ScriptedServer::Move move;
                                  if (received.find('\n') == std::string::npos) return move;
                                  move.answer = answer;
                                  move.is_end = is_end;
                                  return move;
                              }};
        watch(server.port());
        EXPECT_TRUE(world_.settle());
        EXPECT_TRUE(power_.readings.empty());
        client_.reset();
        const auto report = world_.health.last();
        EXPECT_NE(report.condition, ports::Condition::Ok);
        return {core::ErrorCode::Damaged, report.reason};
    }

    TestWorld world_;
    RememberingPower power_;
    std::optional<nut::NutClient> client_;
};

TEST_F(NutClientTest, HearsARealUpsLoseItsMainsAndGetThemBack) {
    nut::TestingUps ups;
    watch(ups.port());
    ASSERT_TRUE(look_until(
        [](const auto& power) { return !power.is_on_battery && power.charge_pct == 100; }));
    EXPECT_EQ(power_.readings.back().runtime_s, 1800);
    ups.says("OB DISCHRG", 80);
    ASSERT_TRUE(look_until([](const auto& power) { return power.is_on_battery; }));
    EXPECT_FALSE(power_.readings.back().is_low);
    ups.says("OB LB", 12);
    // One variable is asked for after the other: a look may fall into the middle of the change.
    ASSERT_TRUE(
        look_until([](const auto& power) { return power.is_low && power.charge_pct == 12; }));
    ups.says("OL CHRG", 13);
    ASSERT_TRUE(look_until([](const auto& power) { return !power.is_on_battery; }));
}

TEST_F(NutClientTest, ComesBackAfterTheServerWasGone) {
    nut::TestingUps ups;
    watch(ups.port());
    ASSERT_TRUE(look_until([](const auto&) { return true; }));
    ups.kill_server();
    ASSERT_TRUE(world_.run_until([&] {
        if (world_.exchanges.is_idle()) world_.clock.advance(1'000);
        return world_.health.last().condition != ports::Condition::Ok;
    }));
    power_.readings.clear();
    ups.start_server();
    EXPECT_TRUE(look_until([](const auto&) { return true; }));
    EXPECT_EQ(world_.health.last().condition, ports::Condition::Ok);
}

TEST_F(NutClientTest, MakesNothingOfHostileAnswers) {
    EXPECT_THAT(failure_of("VAR cellar ups.status \"CHRG\"\n").what, HasSubstr("neither mains"));
    EXPECT_THAT(failure_of("VAR attic ups.status \"OL\"\n").what, HasSubstr("not the answer"));
    EXPECT_THAT(failure_of("ERR DATA-STALE\n").what, HasSubstr("DATA-STALE"));
    EXPECT_THAT(failure_of(std::string(5'000, 'x')).what, HasSubstr("more than 512 bytes"));
    EXPECT_THAT(failure_of("VAR cellar ups.status \"OL\"", true).what, HasSubstr("End of file"));
    EXPECT_GE(world_.health.rejects.size(), 3u) << "bad data is counted";
}

TEST_F(NutClientTest, WaitsNotForEverForAnAnswer) {
    EXPECT_THAT(failure_of("").what, HasSubstr("no answer within 1000 ms"));
}

TEST_F(NutClientTest, LeavesOutWhatTheUpsDoesNotKnow) {
    ScriptedServer server{world_.io, [](const std::string& received, int) {
                              ScriptedServer::Move move;
                              if (received.find('\n') == std::string::npos) return move;
                              move.answer = received.find("ups.status") != std::string::npos
                                                ? "VAR cellar ups.status \"OL\"\n"
                                                : "ERR VAR-NOT-SUPPORTED\n";
                              return move;
                          }};
    watch(server.port());
    ASSERT_TRUE(look_until([](const auto& power) { return !power.is_on_battery; }));
    EXPECT_FALSE(power_.readings.back().charge_pct);
    EXPECT_FALSE(power_.readings.back().runtime_s);
    client_.reset();
}

}  // namespace
