// The times of the safety specification, one by one: what is sent when, what counts as done, and
// when nobody may believe any more that a load is under control.
#include "engine/actuator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/fake_world.hpp"

using namespace bitgrid;
using core::CommandState;
using core::Signal;
using ports::Confirmation;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

/// A device that keeps the times at which it was told something, and answers as it is set.
struct Device final : ports::LoadDriver, ports::Relay {
    explicit Device(engine::fake::Clock& c) : clock{c}, began{c.mono()} {}
    void command(const ports::Command& command, ports::CommandDone done) override {
        (command.target.is_on() ? starts : stops).push_back(second());
        if (has_power && obeys) done({});
        else done(core::Error{core::ErrorCode::Unreachable, "no answer"});
    }
    void renew(const ports::Command&) override {}
    void cut(ports::CommandDone done) override {
        cuts.push_back(second());
        if (switches) done({});
        else done(core::Error{core::ErrorCode::Timeout, "the plug does not answer"});
    }
    void close(int seconds, ports::CommandDone done) override {
        closes.push_back(second());
        dead_man_s = seconds;
        if (is_slow) late = std::move(done);
        else if (switches) done({});
        else done(core::Error{core::ErrorCode::Timeout, "the plug does not answer"});
    }
    void renew(int) override { renewals.push_back(second()); }
    ports::DeadMan dead_man() const override { return told; }
    double second() const { return static_cast<double>(clock.mono() - began) / 1000; }

    engine::fake::Clock& clock;
    core::MonoTime began;
    bool obeys{true}, switches{true}, has_power{true}, is_slow{false};
    int dead_man_s{0};
    ports::DeadMan told;
    ports::CommandDone late;
    std::vector<double> starts, stops, cuts, closes, renewals;
};

class ActuatorTest : public ::testing::Test {
protected:
    void begin(bool has_relay) {
        actuator.emplace(
            load, rules, device, has_relay ? &device : nullptr, clock,
            engine::Actuator::Reporter{
                [this](const core::CommandReported& r) { reports.push_back(r.state); },
                [this](core::HealthLevel level, const std::string& reason, std::string_view told) {
                    health = level;
                    why = reason;
                    code = told;
                }});
    }
    void order(core::Target target, bool is_urgent = false) {
        ordered_at = device.second();
        actuator->order({"id" + std::to_string(++orders), target, is_urgent, is_urgent});
    }
    /// A load that runs, seen to run.
    void run() {
        order(core::kFull);
        watts = 1600;
        live(2);
        ASSERT_EQ(actuator->confirmation(), Confirmation::Confirmed);
        device.stops.clear();
        device.cuts.clear();
    }
    /// Seconds of telemetry, measured and looked at once in each.
    void live(int seconds) {
        for (int i = 0; i < seconds; ++i) {
            clock.advance(1'000);
            actuator->look(readings(0));
            actuator->renew();
        }
    }
    core::LoadReadings readings(std::int32_t age_ms) const {
        core::LoadReadings r;
        if (watts) r.power = core::admit<core::Watts>(Signal::LoadPower, *watts, age_ms);
        if (ths)
            r.hashrate = core::admit<core::TerahashPerSecond>(Signal::LoadHashrate, *ths, age_ms);
        return r;
    }
    std::vector<double> after_order(const std::vector<double>& seconds) const {
        std::vector<double> relative;
        for (const double s : seconds) relative.push_back(s - ordered_at);
        return relative;
    }

    engine::fake::Clock clock{core::UnixTime{1'781'517'600'000}};
    core::LoadConfig load;
    core::RuleConfig rules;
    Device device{clock};
    std::optional<engine::Actuator> actuator;
    std::optional<double> watts{0}, ths;
    std::vector<CommandState> reports;
    core::HealthLevel health{core::HealthLevel::Ok};
    std::string why;
    std::string code;
    double ordered_at{0};
    int orders{0};
};

TEST_F(ActuatorTest, RepeatsAStopAfterOneTwoAndFourSecondsAndThenEveryTen) {
    begin(true);
    run();
    order(core::kOff);
    live(60);
    EXPECT_THAT(after_order(device.stops), ElementsAre(0, 1, 3, 7, 17, 27, 37, 47, 57));
}

TEST_F(ActuatorTest, CutsTheRelayAfterThirtySecondsAndAgainEveryTenUntilItIsOff) {
    begin(true);
    run();
    order(core::kOff);
    live(62);
    EXPECT_THAT(after_order(device.cuts), ElementsAre(30, 40, 50, 60));
    watts = 0;
    live(60);
    EXPECT_EQ(actuator->confirmation(), Confirmation::Confirmed);
    EXPECT_EQ(device.cuts.size(), 4U) << "off is off";
    EXPECT_EQ(device.stops.size(), 9U);
}

TEST_F(ActuatorTest, WaitsFiveSecondsOnlyAfterHeat) {
    begin(true);
    run();
    order(core::kOff, true);
    live(8);
    EXPECT_THAT(after_order(device.cuts), ElementsAre(5));
}

TEST_F(ActuatorTest, HurriesAStopThatIsUnderWayWhenItBecomesUrgent) {
    begin(true);
    run();
    order(core::kOff);
    live(10);
    EXPECT_TRUE(device.cuts.empty());
    actuator->hurry();
    EXPECT_EQ(device.stops.back(), device.second()) << "told again at once";
    live(1);
    EXPECT_EQ(device.cuts.size(), 1U);
    watts = 0;
    live(5);
    const auto cuts = device.cuts.size();
    actuator->hurry();
    live(5);
    EXPECT_EQ(device.cuts.size(), cuts) << "what is off has no hurry";
}

TEST_F(ActuatorTest, RaisesTheAlarmFifteenSecondsAfterACutThatDidNotHelp) {
    begin(true);
    run();
    order(core::kOff);
    live(44);
    EXPECT_EQ(actuator->confirmation(), Confirmation::Pending);
    live(1);
    EXPECT_EQ(actuator->confirmation(), Confirmation::Failed);
    EXPECT_EQ(reports.back(), CommandState::Failed);
    EXPECT_EQ(health, core::HealthLevel::Error);
    EXPECT_THAT(why, HasSubstr("load not under control"));
    EXPECT_EQ(code, "CONTACT_WELDED") << "the contact says that it is open, and watts flow";
    EXPECT_TRUE(actuator->control().is_unconfirmed);
    watts = 0;
    live(1);
    EXPECT_EQ(actuator->confirmation(), Confirmation::Confirmed) << "and takes it back by itself";
    EXPECT_FALSE(actuator->control().is_unconfirmed);
}

TEST_F(ActuatorTest, RaisesTheAlarmWithoutARelayOnceItsPatienceIsOver) {
    begin(false);
    run();
    order(core::kOff);
    live(29);
    EXPECT_EQ(actuator->confirmation(), Confirmation::Pending);
    live(1);
    EXPECT_EQ(actuator->confirmation(), Confirmation::Failed);
    watts = 0;
    live(1);
    run();
    order(core::kOff, true);
    live(19);
    EXPECT_EQ(actuator->confirmation(), Confirmation::Pending) << "telemetry comes every ten";
    live(1);
    EXPECT_EQ(actuator->confirmation(), Confirmation::Failed);
}

TEST_F(ActuatorTest, NeverTakesWhatWasSentOrAcceptedForWhatWasDone) {
    begin(false);
    run();
    order(core::kOff);  // accepted at once
    watts.reset();      // and then nothing is heard any more
    live(30);
    EXPECT_EQ(actuator->confirmation(), Confirmation::Failed);
}

TEST_F(ActuatorTest, TakesNoMeasurementFromBeforeTheOrderForItsConfirmation) {
    begin(false);
    run();
    order(core::kOff);
    clock.advance(1'000);
    watts = 0;
    actuator->look(readings(1'000));
    EXPECT_EQ(actuator->confirmation(), Confirmation::Pending);
    actuator->look(readings(999));
    EXPECT_EQ(actuator->confirmation(), Confirmation::Confirmed);
}

TEST_F(ActuatorTest, TakesALoadWithoutPowerForOffOnceItsHashRateSaysSo) {
    load.has_power = false;
    begin(false);
    watts.reset();
    ths = 90;
    order(core::kFull);
    live(2);
    order(core::kOff);
    live(20);
    EXPECT_EQ(actuator->confirmation(), Confirmation::Pending) << "accepted, but it hashes on";
    ths.reset();
    live(5);
    EXPECT_EQ(actuator->confirmation(), Confirmation::Pending) << "silence proves nothing";
    ths = 0;
    live(1);
    EXPECT_EQ(actuator->confirmation(), Confirmation::Confirmed);
}

TEST_F(ActuatorTest, TakesALoadWithoutPowerForOffOnceTheContactBeforeItIsOpen) {
    load.has_power = false;
    begin(true);
    watts.reset();
    ths = 90;
    order(core::kFull);
    live(2);
    device.switches = false;
    order(core::kOff);
    live(46);
    EXPECT_EQ(actuator->confirmation(), Confirmation::Failed);
    device.switches = true;
    ths.reset();
    live(10);
    EXPECT_EQ(actuator->confirmation(), Confirmation::Confirmed);
}

TEST_F(ActuatorTest, StopsALoadThatStartsByItselfWithTheFirstMeasurementAndCountsIt) {
    begin(false);
    run();
    order(core::kOff);
    watts = 5;
    live(2);
    ASSERT_EQ(actuator->confirmation(), Confirmation::Confirmed);
    for (int i = 1; i <= 3; ++i) {
        device.stops.clear();
        watts = 50.5;
        live(1);
        EXPECT_EQ(device.stops.size(), 1U);
        EXPECT_EQ(actuator->self_starts(), i);
        EXPECT_EQ(health, core::HealthLevel::Warn);
        EXPECT_EQ(code, "RESTARTED_ITSELF");
        watts = 5;
        live(1);
        EXPECT_EQ(actuator->confirmation(), Confirmation::Confirmed);
        EXPECT_THAT(why, HasSubstr("started by itself"));
    }
    watts = 50;
    live(5);
    EXPECT_EQ(actuator->self_starts(), 3) << "its fan is no start";
}

TEST_F(ActuatorTest, NamesAWeldedContactFifteenSecondsAfterItsContradiction) {
    begin(true);
    run();
    order(core::kOff);
    watts = 0;
    live(60);
    ASSERT_EQ(actuator->confirmation(), Confirmation::Confirmed);
    watts = 1600;  // the contact never opened, and the miner began again
    live(15);
    EXPECT_EQ(actuator->confirmation(), Confirmation::Pending);
    live(1);
    EXPECT_EQ(actuator->confirmation(), Confirmation::Failed);
}

TEST_F(ActuatorTest, OpensAContactLaterThatDidNotOpenWithTheLoad) {
    begin(true);
    run();
    order(core::kOff);
    device.switches = false;
    watts = 0;
    live(25);
    EXPECT_THAT(after_order(device.cuts), ElementsAre(1, 11, 21));
    device.switches = true;
    live(30);
    EXPECT_EQ(device.cuts.size(), 4U);
}

TEST_F(ActuatorTest, RenewsADeadMansSwitchEveryFortySecondsWhileItRuns) {
    begin(true);
    run();
    EXPECT_EQ(device.dead_man_s, 120);
    live(130);
    EXPECT_THAT(device.renewals, ElementsAre(40, 80, 120));
    EXPECT_GE(*actuator->dead_man_left_s(), 80);
    order(core::kOff);
    watts = 0;
    live(100);
    EXPECT_EQ(device.renewals.size(), 3U) << "an off is never renewed";
    EXPECT_FALSE(actuator->dead_man_left_s());
}

TEST_F(ActuatorTest, ShowsTheTimeThatTheDeviceTells) {
    begin(true);
    run();
    device.told = {true, 61.5};
    EXPECT_EQ(actuator->dead_man_left_s(), 61.5);
    device.told = {true, std::nullopt};
    EXPECT_FALSE(actuator->dead_man_left_s()) << "sent, but not armed";
}

TEST_F(ActuatorTest, SendsTheWantedStateAgainOnceTheContactBeforeTheLoadHasClosed) {
    begin(true);
    device.is_slow = true;
    order(core::kFull);  // still has mains from elsewhere, takes the order, and boots once more
    live(3);
    EXPECT_EQ(device.starts.size(), 1U);
    device.late({});
    live(2);
    EXPECT_EQ(device.starts.size(), 2U);
    watts = 1600;
    live(60);
    EXPECT_EQ(actuator->confirmation(), Confirmation::Confirmed);
    EXPECT_EQ(device.starts.size(), 2U);
}

TEST_F(ActuatorTest, TriesAgainToCloseAContactThatDidNotClose) {
    begin(true);
    device.switches = false;
    device.has_power = false;
    order(core::kFull);
    live(2);
    EXPECT_EQ(health, core::HealthLevel::Warn);
    EXPECT_GE(device.closes.size(), 2U);
    device.switches = device.has_power = true;
    live(10);
    const auto closes = device.closes.size();
    live(60);
    EXPECT_EQ(device.closes.size(), closes);
}

}  // namespace
