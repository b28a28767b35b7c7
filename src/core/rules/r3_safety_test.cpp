#include "core/rules/r3_safety.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "core/counterfactual.hpp"
#include "core/sample_home.hpp"

using namespace bitgrid::core;
using sample::Home;

namespace {

TEST(R3Safety, RunsAtTheLimitAndStopsAboveIt) {
    EXPECT_EQ(Home{}.running().temp(85).code(), "START_R1_SURPLUS_OK");
    EXPECT_EQ(Home{}.running().temp(85.0000001).code(), "STOP_R3_OVERTEMP");
    EXPECT_EQ(Home{}.running().heartbeat_age(60).code(), "START_R1_SURPLUS_OK");
    EXPECT_EQ(Home{}.running().heartbeat_age(60.001).code(), "STOP_R3_COMM_TIMEOUT");
}

TEST(R3Safety, CannotBeConfiguredPastItsHardLimits) {
    Home home;
    home.config.rules.max_chip_temp = Celsius{200};
    home.config.rules.comm_timeout = Seconds{1e9};
    EXPECT_EQ(home.running().temp(95.1).code(), "STOP_R3_OVERTEMP");
    EXPECT_EQ(home.temp(60).heartbeat_age(300.1).code(), "STOP_R3_COMM_TIMEOUT");
}

TEST(R3Safety, StopsWhereAnyRequiredSignalIsMissing) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const double absurd : {nan, std::numeric_limits<double>::infinity(), 100'001.0}) {
        EXPECT_EQ(Home{}.running().pv(absurd).code(), "STOP_R3_MISSING_TELEMETRY");
        EXPECT_EQ(Home{}.running().house(absurd).code(), "STOP_R3_MISSING_TELEMETRY");
        EXPECT_EQ(Home{}.running().grid_import(absurd).code(), "STOP_R3_MISSING_TELEMETRY");
        EXPECT_EQ(Home{}.running().soc(absurd).code(), "STOP_R3_MISSING_TELEMETRY");
        EXPECT_EQ(Home{}.running().temp(absurd).code(), "STOP_R3_MISSING_TELEMETRY");
    }
    EXPECT_EQ(Home{}.running().heartbeat_age(-1).code(), "STOP_R3_MISSING_TELEMETRY");
}

TEST(R3Safety, StartsNothingOnValuesThatAreNotBelievedAndLetsRunWhatRuns) {
    Home home;
    home.state.distrusted.add(Signal::PvPower);
    EXPECT_EQ(home.code(), "STOP_R3_MISSING_TELEMETRY");
    EXPECT_TRUE(home.decision().missing.has(Signal::PvPower));
    EXPECT_FALSE(home.decision().changes_level()) << "a load that is off gets no command";
    EXPECT_FALSE(counterfactual(home.config, home.memory, home.state, 0)) << "no number helps";
    EXPECT_EQ(home.running().code(), "START_R1_SURPLUS_OK");

    Home own{2};
    own.state.loads[1].distrusted.add(Signal::LoadTemp);
    EXPECT_EQ(own.pv(5000).code(0), "START_R1_SURPLUS_OK");
    EXPECT_EQ(own.code(1), "STOP_R3_MISSING_TELEMETRY") << "one load's lie is its own";
}

TEST(R3Safety, DoesNotAskALoadThatIsOffForItsOwnSignals) {
    EXPECT_EQ(Home{}.temp(-273).heartbeat_age(1e6).code(), "START_R1_SURPLUS_OK");
    EXPECT_EQ(Home{}.temp(86).code(), "STOP_R3_OVERTEMP") << "heat counts whether it runs or not";
}

TEST(R3Safety, NamesTheFirstRowThatApplies) {
    Home home;
    home.running().temp(90).heartbeat_age(100).memory.is_emergency = true;
    EXPECT_EQ(home.code(), "STOP_R3_OVERTEMP");
    EXPECT_EQ(home.temp(60).code(), "STOP_R3_COMM_TIMEOUT");
    EXPECT_EQ(home.heartbeat_age(1).code(), "STOP_R3_EMERGENCY");
}

TEST(R3Safety, SeesALoadThatDrawsPowerAlthoughItIsOff) {
    Home home;
    home.state.loads[0].off_for = admit<Seconds>(Signal::LoadHeartbeat, 30);
    home.state.loads[0].power = admit<Watts>(Signal::LoadPower, 30.1);
    EXPECT_EQ(home.code(), "STOP_R3_ACTUATOR_STUCK");
    home.state.loads[0].power = admit<Watts>(Signal::LoadPower, 30);
    EXPECT_EQ(home.code(), "START_R1_SURPLUS_OK");
    home.state.loads[0].is_unconfirmed = true;
    EXPECT_EQ(home.code(), "STOP_R3_ACTUATOR_STUCK");
}

TEST(R3Safety, LocksOutUntilTimeIsOverAndItIsCoolAndAcknowledged) {
    Home home;
    home.memory.loads[0].lockout =
        Lockout{LockoutReason::Overtemp, home.state.time + 1, false, false};
    EXPECT_EQ(home.code(), "STOP_R3_LOCKOUT");
    home.memory.loads[0].lockout->until = home.state.time;
    EXPECT_EQ(home.temp(75.1).code(), "STOP_R3_LOCKOUT");
    home.config.rules.require_ack = true;
    EXPECT_EQ(home.temp(75).code(), "STOP_R3_LOCKOUT") << "asked for meanwhile";
    home.config.rules.require_ack = false;
    home.memory.loads[0].lockout->needs_ack = true;
    EXPECT_EQ(home.temp(75).code(), "STOP_R3_LOCKOUT");
    home.memory.loads[0].lockout->is_acked = true;
    const LoadDecision cleared = home.decision();
    EXPECT_EQ(name_of(cleared.code), "START_R1_SURPLUS_OK");
    EXPECT_TRUE(cleared.is_clear);
    EXPECT_FALSE(home.outcome().memory.loads[0].lockout);
}

TEST(R3Safety, StartsOneLockoutForOneTripAndNoneForMissingValues) {
    Home home;
    const Outcome trip = home.running().temp(90).outcome();
    EXPECT_TRUE(trip.decisions[0].is_trip);
    EXPECT_EQ(trip.memory.loads[0].lockout->until, home.state.time + 3'600'000);

    home.memory = trip.memory;
    home.state.time = home.state.time + 600'000;
    const Outcome still_hot = home.outcome();
    EXPECT_FALSE(still_hot.decisions[0].is_trip);
    EXPECT_EQ(still_hot.memory.loads[0].lockout, trip.memory.loads[0].lockout);

    EXPECT_FALSE(Home{}.running().temp(-300).outcome().memory.loads[0].lockout);
}

}  // namespace
