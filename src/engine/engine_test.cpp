#include "engine/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "engine/fake_world.hpp"

using namespace bitgrid;
using core::Code;
using core::Signal;

namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kBlock = 10 * kMinute;
constexpr core::UnixTime kTenOClock{1'781'517'600'000};  // 2026-06-15T10:00:00Z

/// A house with sun, a battery, a miner behind a relay and a heating rod.
class House : public ::testing::Test {
protected:
    House() {
        config.loads = {core::LoadConfig{}, core::LoadConfig{}};
        config.loads[1].id = "rod";
        config.loads[1].kind = core::LoadKind::Heater;
        config.loads[1].full_w = core::Watts{1000};
        config.loads[1].has_temperature = false;
        config.loads[1].can_throttle = false;
        begin();
    }

    void begin(std::optional<ports::Checkpoint> restored = std::nullopt) {
        engine.emplace(config, engine::Versions{"1", "cfg", "test"},
                       engine::Engine::Ports{clock, uuids, narrator, journal}, std::move(restored));
        engine->attach(0, miner, &relay);
        engine->attach(1, rod, nullptr);
        engine->start();
    }

    void site(Signal signal, double value) { engine->measured({signal, {}, value}); }
    void load(const char* id, Signal signal, double value) {
        engine->measured({signal, id, value});
    }

    /// Everything reports, once in five seconds, for so long. Loads draw what they were told.
    void live(std::int64_t ms) {
        for (std::int64_t t = 0; t < ms; t += 5'000) {
            report();
            clock.advance(std::min<std::int64_t>(5'000, ms - t));
        }
    }
    // What lives moves a little, and what flows in flows out.
    void report() {
        wobble = 1 - wobble;
        const double drawn = ignores_stop && miner_w > 0 ? miner_w : watts_of(miner);
        miner_w = relay.is_closed ? drawn : 0;
        const double shown_w = welded ? 1674 : miner_w;
        const double rod_w = rod.last().is_on() ? 1000 : 0;
        const double battery_w = 2 * wobble - 1;
        if (has_site) {
            const double left_w = pv_w - 400 - shown_w - rod_w + battery_w;
            site(Signal::PvPower, pv_stands_still ? pv_w : pv_w + wobble);
            site(Signal::HouseLoad, 400 + wobble);
            site(Signal::GridImport, import_w > 0 ? import_w : std::max(-left_w, 0.0));
            site(Signal::GridExport, import_w > 0 ? 0 : std::max(left_w, 0.0));
            site(Signal::BatterySoc, soc);
            site(Signal::BatteryPower, battery_w);
        }
        if (miner_reports) {
            load("miner", Signal::LoadTemp, temp_c + wobble / 10);
            engine->alive("miner");
        }
        load("miner", Signal::LoadPower, shown_w > 0 ? shown_w + wobble / 10 : 0);
        load("rod", Signal::LoadPower, rod_w > 0 ? rod_w + wobble / 10 : 0);
        engine->alive("rod");
    }
    static double watts_of(const engine::fake::Driver& driver) {
        const bool is_on = driver.last().is_on();
        return is_on ? driver.commands.back().watts.value : 5;
    }
    void live_until_started() {
        live(kBlock + kMinute);
        ASSERT_EQ(miner.last(), core::kFull);
    }
    core::HealthLevel health_of(std::string_view part) const {
        for (const ports::PartHealth& known : engine->look().health)
            if (known.part == part) return known.level;
        return core::HealthLevel::Ok;
    }
    Code last_code(std::size_t load) const {
        return engine->look().loads[load].last_decision->decision.code;
    }

    core::Config config;
    engine::fake::Clock clock{kTenOClock};
    engine::UuidSource uuids{7};
    engine::fake::Narrator narrator;
    engine::fake::Journal journal;
    engine::fake::Driver miner, rod;
    engine::fake::Relay relay;
    std::optional<engine::Engine> engine;
    bool has_site{true}, miner_reports{true}, ignores_stop{false}, welded{false};
    bool pv_stands_still{false};
    double pv_w{4000}, import_w{0}, soc{80}, temp_c{60}, miner_w{0}, wobble{0};
};

TEST_F(House, CommandsEveryLoadOffAtStartAndDecidesNothingBeforeItIsReady) {
    EXPECT_EQ(miner.commands.at(0).target, core::kOff);
    EXPECT_EQ(rod.commands.at(0).target, core::kOff);
    has_site = false;
    live(2 * kBlock);
    EXPECT_TRUE(journal.decisions().empty());
    EXPECT_FALSE(engine->is_ready());
}

TEST_F(House, StartsTheLoadsInOrderOnWhatTheOnesBeforeLeave) {
    live_until_started();
    EXPECT_EQ(last_code(0), Code::Start_R1_SURPLUS_OK);
    EXPECT_DOUBLE_EQ(engine->look().loads[0].last_decision->decision.surplus_kw, 3.6);
    EXPECT_NEAR(engine->look().loads[1].last_decision->decision.surplus_kw, 3.6 - 1.674, 1e-9);
    EXPECT_EQ(rod.last(), core::kFull);
    EXPECT_TRUE(relay.is_closed);
}

TEST_F(House, JournalsBeforeItActs) {
    live(kBlock - 5'000);
    journal.mood = engine::fake::Journal::Mood::KeepsSilent;
    live(6'000);
    ASSERT_FALSE(journal.decisions().empty());
    EXPECT_EQ(miner.last(), core::kOff);
    for (auto& done : std::exchange(journal.waiting, {})) done(ports::Receipt{1, "hash"});
    EXPECT_EQ(miner.last(), core::kFull);
}

TEST_F(House, GoesOnWithoutAJournalThatFailsAndSaysSo) {
    journal.mood = engine::fake::Journal::Mood::Fails;
    live_until_started();
    EXPECT_EQ(health_of("journal"), core::HealthLevel::Error);
}

TEST_F(House, StopsAnOverheatedMinerAtOnceAndBeforeTheJournalAnswers) {
    live_until_started();
    journal.mood = engine::fake::Journal::Mood::KeepsSilent;
    load("miner", Signal::LoadTemp, 85.0);
    EXPECT_EQ(miner.last(), core::kFull) << "85.0 is allowed";
    load("miner", Signal::LoadTemp, 85.0000001);
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_TRUE(miner.commands.back().is_safety);
    EXPECT_EQ(journal.decisions().back()->decision.code, Code::Stop_R3_OVERTEMP);
    EXPECT_EQ(journal.decisions().back()->trigger, core::Trigger::SafetyAsync);
}

TEST_F(House, KeepsALoadLockedOutForAnHourAfterHeat) {
    live_until_started();
    load("miner", Signal::LoadTemp, 90);
    live(59 * kMinute);
    EXPECT_EQ(last_code(0), Code::Stop_R3_LOCKOUT);
    live(21 * kMinute);
    EXPECT_EQ(miner.last(), core::kFull);
}

TEST_F(House, StopsWhereATemperatureIsMissingAbsurdOrNotANumber) {
    for (const double absurd : {std::numeric_limits<double>::quiet_NaN(), -273.0, 1e9}) {
        clock.advance(2 * kBlock);
        live(8 * kBlock);
        ASSERT_EQ(miner.last(), core::kFull);
        load("miner", Signal::LoadTemp, absurd);
        EXPECT_EQ(miner.last(), core::kOff) << absurd;
    }
}

TEST_F(House, TakesSilenceForAFaultOnceTheLoadShouldSpeak) {
    live_until_started();
    live(3 * kMinute);
    miner_reports = false;
    live(40'000);
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_EQ(journal.all<core::SafetyTripped>().back().code, Code::Stop_R3_MISSING_TELEMETRY);
}

TEST_F(House, DoesNotBlameALoadThatIsOffForItsSilence) {
    pv_w = 0;
    miner_reports = false;
    live(5 * kBlock);
    EXPECT_EQ(last_code(0), Code::Noop_R1_INSUFFICIENT_SURPLUS);
    EXPECT_TRUE(journal.all<core::SafetyTripped>().empty());
}

TEST_F(House, StopsEverythingWhereARequiredSignalOfTheSiteGoesStaleAndStartsNothing) {
    live_until_started();
    has_site = false;
    live(35'000);
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_EQ(rod.last(), core::kOff);
    EXPECT_TRUE(engine->look().is_degraded);
    EXPECT_THAT(engine->look().missing_signals, ::testing::Contains("pv_power_w"));
}

TEST_F(House, RetriesAStopAndCutsTheRelayWhereItIsNotConfirmed) {
    live_until_started();
    ignores_stop = true;
    load("miner", Signal::LoadTemp, 90);
    live(4'000);
    EXPECT_GE(miner.commands.size(), 3u);
    EXPECT_TRUE(relay.is_closed);
    live(6'000);
    EXPECT_FALSE(relay.is_closed) << "after heat the relay waits five seconds only";
    live(10'000);
    EXPECT_EQ(engine->look().loads[0].confirmation, ports::Confirmation::Confirmed);
}

TEST_F(House, RaisesTheAlarmWhereEvenTheRelayDoesNotHelp) {
    live_until_started();
    welded = true;
    load("miner", Signal::LoadTemp, 90);
    live(2 * kMinute);
    EXPECT_EQ(engine->look().loads[0].confirmation, ports::Confirmation::Failed);
    EXPECT_EQ(journal.all<core::CommandReported>().back().state, core::CommandState::Failed);
}

TEST_F(House, RenewsLeaseAndDeadMansSwitchWhileItRuns) {
    live_until_started();
    const int before = relay.renewals;
    live(2 * kMinute);
    EXPECT_GE(relay.renewals - before, 2);
    EXPECT_GE(miner.renewals, 10);
    EXPECT_GT(*engine->look().loads[0].dead_man_left_s, 0);
}

TEST_F(House, ObeysAWishAtOnceAndGivesItBackWhenItEnds) {
    pv_w = 0;
    live(kBlock + kMinute);
    ports::Reply reply;
    engine->control().set_override(
        {"miner", core::OverrideAction::Start, {}, 30, false, "cmd-1", "phone"},
        [&](const ports::Reply& r) { reply = r; });
    EXPECT_TRUE(reply.is_accepted);
    EXPECT_EQ(reply.code, "START_OVERRIDE");
    EXPECT_EQ(miner.last(), core::kFull);
    live(31 * kMinute);
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_EQ(journal.all<core::OverrideEnded>().back().why, core::OverrideEnd::Expired);
}

TEST_F(House, RefusesAWishThatSafetyWouldBeatAndChangesNothing) {
    live_until_started();
    load("miner", Signal::LoadTemp, 90);
    const auto commands = miner.commands.size();
    ports::Reply reply;
    engine->control().set_override(
        {"miner", core::OverrideAction::Start, {}, 30, true, "", "phone"},
        [&](const ports::Reply& r) { reply = r; });
    EXPECT_FALSE(reply.is_accepted);
    EXPECT_EQ(reply.code, "REJECTED_R3_OVERTEMP");
    EXPECT_EQ(miner.commands.size(), commands);
    EXPECT_FALSE(engine->look().loads[0].wish);
}

TEST_F(House, RefusesAStartBelowTheHardReserveUnlessItMayBeUsed) {
    soc = 40;
    live(kBlock + kMinute);
    ports::Reply reply;
    const auto keep = [&](const ports::Reply& r) { reply = r; };
    engine->control().set_override({"miner", core::OverrideAction::Start, {}, 30, false, "", "x"},
                                   keep);
    EXPECT_EQ(reply.code, "REJECTED_R2_SOC_HARD_MIN");
    engine->control().set_override({"miner", core::OverrideAction::Start, {}, 30, true, "", "x"},
                                   keep);
    EXPECT_TRUE(reply.is_accepted);
}

TEST_F(House, GivesOneEffectToACommandThatArrivesTwice) {
    live(kBlock + kMinute);
    std::vector<ports::Reply> replies;
    for (int i = 0; i < 2; ++i)
        engine->control().set_override(
            {"rod", core::OverrideAction::Stop, {}, 30, false, "same", "x"},
            [&](const ports::Reply& r) { replies.push_back(r); });
    EXPECT_EQ(journal.all<core::OverrideSet>().size(), 1u);
    EXPECT_EQ(replies.at(0).override_id, replies.at(1).override_id);
}

TEST_F(House, LatchesTheEmergencyStopUntilSomebodyAcknowledges) {
    live_until_started();
    engine->control().emergency_stop("button", [](const ports::Reply&) {});
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_EQ(rod.last(), core::kOff);
    live(2 * 60 * kMinute);
    EXPECT_EQ(last_code(0), Code::Stop_R3_EMERGENCY);
    engine->control().acknowledge("button", [](const ports::Reply&) {});
    live(kBlock);
    EXPECT_EQ(miner.last(), core::kFull);
}

TEST_F(House, StopsTheLastLoadFirstWhereTheGridGivesTooMuchForAMinute) {
    live_until_started();
    import_w = 2500;
    live(55'000);
    EXPECT_EQ(rod.last(), core::kFull);
    live(15'000);
    EXPECT_EQ(rod.last(), core::kOff);
    EXPECT_EQ(miner.last(), core::kFull);
    EXPECT_EQ(last_code(1), Code::Stop_R2_GRID_IMPORT_EXCEEDED);
}

TEST_F(House, HoldsForOneBlockAfterAJumpOfTheClockAndDecidesNoBlockTwice) {
    live_until_started();
    const auto before = journal.decisions().size();
    clock.jump_wall(-2 * kBlock);
    live(3 * kBlock);
    const auto jumps = journal.all<core::TimeDriftDetected>();
    ASSERT_EQ(jumps.size(), 1u);
    EXPECT_EQ(jumps[0].jump_ms, -2 * kBlock);
    std::map<std::pair<std::string, core::BlockId>, int> ticks;
    for (const auto& d : journal.decisions())
        if (d->trigger == core::Trigger::BlockTick) ++ticks[{d->load_id, d->block}];
    for (const auto& [where, count] : ticks)
        EXPECT_EQ(count, 1) << where.first << " " << where.second;
    EXPECT_GE(journal.decisions().size(), before);
}

TEST_F(House, OffersAProposalInAssistAndCarriesItOutWhenAccepted) {
    engine->control().set_autonomy(core::AutonomyLevel::Assist, "phone",
                                   [](const ports::Reply&) {});
    live(kBlock + kMinute);
    EXPECT_EQ(last_code(0), Code::Noop_Autonomy_ASSIST_PROPOSAL);
    EXPECT_EQ(miner.last(), core::kOff);
    ports::Reply reply;
    engine->control().accept_proposal(engine->look().loads[0].last_decision->decision_id, "phone",
                                      [&](const ports::Reply& r) { reply = r; });
    EXPECT_TRUE(reply.is_accepted);
    EXPECT_EQ(last_code(0), Code::Start_Autonomy_ASSIST_ACCEPTED);
    EXPECT_EQ(miner.last(), core::kFull);
}

TEST_F(House, RemembersWishesLockoutsAndAutonomyOverARestart) {
    live_until_started();
    load("miner", Signal::LoadTemp, 90);
    engine->control().set_override({"rod", core::OverrideAction::Stop, {}, 600, false, "", "phone"},
                                   [](const ports::Reply&) {});
    engine->control().set_autonomy(core::AutonomyLevel::Semi, "phone", [](const ports::Reply&) {});
    const ports::Checkpoint saved = journal.checkpoint;
    begin(saved);
    const ports::LiveView view = engine->look();
    EXPECT_EQ(view.autonomy, core::AutonomyLevel::Semi);
    EXPECT_EQ(view.loads[0].memory.lockout->reason, core::LockoutReason::Overtemp);
    EXPECT_EQ(view.loads[1].wish->actor, "phone");
}

/// Remembers every proof of life.
struct Witness final : ports::Lifesign {
    void cycle_completed(const ports::Cycle& cycle) override { cycles.push_back(cycle); }
    std::vector<ports::Cycle> cycles;
};

struct ToldGuard final : ports::Guard {
    ports::GuardView look() const override { return view; }
    ports::GuardView view;
};

class HouseWithGuard : public House {
protected:
    HouseWithGuard() {
        engine->prove_life_to(witness);
        engine->heed(guard);
        guard.view.state = ports::GuardState::Armed;
    }
    void hold(bool is_holding) {
        guard.view.state = is_holding ? ports::GuardState::Holding : ports::GuardState::Armed;
        guard.view.forbids_loads = is_holding;
    }

    Witness witness;
    ToldGuard guard;
};

TEST_F(HouseWithGuard, ProvesItsLifeWithEachCompletedCycleAndNothingElse) {
    live(10'000);
    ASSERT_EQ(witness.cycles.size(), 10u);
    EXPECT_EQ(witness.cycles.back().number, 10u);
    EXPECT_TRUE(witness.cycles.back().has_ordered_off);
    report();
    EXPECT_EQ(witness.cycles.size(), 10u) << "a measurement is no cycle";
    live_until_started();
    EXPECT_FALSE(witness.cycles.back().has_ordered_off);
    EXPECT_FALSE(witness.cycles.back().is_last);
}

TEST_F(HouseWithGuard, LivesOnWithASilentJournal) {
    journal.mood = engine::fake::Journal::Mood::KeepsSilent;
    live(30'000);
    EXPECT_EQ(witness.cycles.size(), 30u) << "a hanging disk is no hanging controller";
}

TEST_F(HouseWithGuard, SaysWithItsLastCycleThatEveryLoadIsOff) {
    live_until_started();
    engine->shut_down(10'000, nullptr);
    live(5'000);
    ASSERT_TRUE(witness.cycles.back().is_last);
    EXPECT_TRUE(witness.cycles.back().is_confirmed_off);
    const auto cycles = witness.cycles.size();
    live(5'000);
    EXPECT_EQ(witness.cycles.size(), cycles);
}

TEST_F(HouseWithGuard, SaysSoTooWhereALoadDoesNotStop) {
    live_until_started();
    welded = true;
    engine->shut_down(8'000, nullptr);
    live(10'000);
    ASSERT_TRUE(witness.cycles.back().is_last);
    EXPECT_TRUE(witness.cycles.back().has_ordered_off);
    EXPECT_FALSE(witness.cycles.back().is_confirmed_off);
}

TEST_F(HouseWithGuard, RunsAndStartsNothingWhileTheGuardHolds) {
    live_until_started();
    hold(true);
    live(2'000);
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_EQ(rod.last(), core::kOff);
    EXPECT_EQ(last_code(0), Code::Stop_R3_SHUTDOWN);
    EXPECT_EQ(health_of("guard"), core::HealthLevel::Warn);
    std::string code;
    engine->control().set_override(
        {"miner", core::OverrideAction::Start, {}, 30, true, "", "phone"},
        [&](const ports::Reply& reply) { code = reply.code; });
    EXPECT_EQ(code, "REJECTED_R3_SHUTDOWN");
    live(2 * kBlock);
    EXPECT_EQ(miner.last(), core::kOff);
    hold(false);
    live(4 * kBlock);
    EXPECT_EQ(miner.last(), core::kFull) << "and goes on when it lets go";
    EXPECT_EQ(health_of("guard"), core::HealthLevel::Ok);
}

TEST_F(HouseWithGuard, OnlyWarnsWhereTheGuardIsGone) {
    live_until_started();
    guard.view.state = ports::GuardState::Missing;
    live(10'000);
    EXPECT_EQ(miner.last(), core::kFull);
    EXPECT_EQ(health_of("guard"), core::HealthLevel::Warn);
    EXPECT_EQ(engine->look().guard.state, ports::GuardState::Missing);
}

class HouseWithUps : public House {
protected:
    HouseWithUps() {
        engine->expect_power([this] { ++ends; });
    }
    /// The house lives on, and the UPS is heard every second.
    void live_on(bool is_on_battery, std::int64_t ms) {
        for (std::int64_t t = 0; t < ms; t += 1'000) {
            ports::PowerReading power;
            power.is_on_battery = is_on_battery;
            power.charge_pct = charge_pct;
            engine->power(power);
            report();
            clock.advance(1'000);
        }
    }

    double charge_pct{90};
    int ends{0};
};

TEST_F(HouseWithUps, StartsNothingBeforeTheUpsWasHeard) {
    live(2 * kBlock);
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_EQ(last_code(0), Code::Stop_R3_SHUTDOWN);
    EXPECT_EQ(health_of("ups"), core::HealthLevel::Error);
    live_on(false, kBlock);
    EXPECT_EQ(miner.last(), core::kFull);
}

TEST_F(HouseWithUps, StopsEveryLoadWithTheFirstWordOfAnOutage) {
    live_on(false, kBlock + kMinute);
    ASSERT_EQ(miner.last(), core::kFull);
    ports::PowerReading outage;
    outage.is_on_battery = true;
    engine->power(outage);
    EXPECT_EQ(miner.last(), core::kOff) << "before the call returns";
    EXPECT_EQ(rod.last(), core::kOff);
    EXPECT_EQ(last_code(0), Code::Stop_R3_SHUTDOWN);
    EXPECT_EQ(ends, 0);
}

TEST_F(HouseWithUps, RefusesAWishDuringAnOutage) {
    live_on(false, kBlock + kMinute);
    live_on(true, 5'000);
    std::string code;
    engine->control().set_override(
        {"miner", core::OverrideAction::Start, {}, 30, true, "", "phone"},
        [&](const ports::Reply& reply) { code = reply.code; });
    EXPECT_EQ(code, "REJECTED_R3_SHUTDOWN");
}

TEST_F(HouseWithUps, StaysOffUntilMainsAreStableAndThenGoesOn) {
    live_on(false, kBlock + kMinute);
    live_on(true, 30'000);
    live_on(false, 4 * kMinute);
    EXPECT_EQ(miner.last(), core::kOff);
    live_on(false, 3 * kBlock);
    EXPECT_EQ(miner.last(), core::kFull);
    EXPECT_EQ(health_of("ups"), core::HealthLevel::Ok);
}

TEST_F(HouseWithUps, SaysOnceThatTheHostIsAboutToLoseItsPower) {
    live_on(false, kMinute);
    charge_pct = 20;
    live_on(true, 10'000);
    EXPECT_EQ(ends, 1);
}

TEST_F(HouseWithUps, TakesSilenceAfterAnOutageForTheEndOfThePower) {
    live_on(true, 1'000);
    live(13'000);
    EXPECT_EQ(ends, 0);
    live(5'000);
    EXPECT_EQ(ends, 1);
}

TEST_F(House, UsesNewLimitsAtOnceAndLeavesWhatTheyAllowRunning) {
    live_until_started();
    const std::size_t commands = miner.commands.size();
    core::Config next = config;
    next.rules.max_chip_temp = core::Celsius{65};
    next.loads[0].name = "Avalon";
    ASSERT_TRUE(engine->use(next, {"1", "new", "test", 2, "seal"}));
    EXPECT_EQ(miner.commands.size(), commands) << "60 degrees are still allowed";
    EXPECT_EQ(engine->look().config_version, "new");
    EXPECT_EQ(engine->look().loads[0].config.name, "Avalon");
    next.rules.max_chip_temp = core::Celsius{55};
    ASSERT_TRUE(engine->use(next, {"1", "newer", "test", 3, "seal"}));
    EXPECT_EQ(miner.last(), core::kOff) << "before anything else";
    EXPECT_EQ(last_code(0), Code::Stop_R3_OVERTEMP);
    EXPECT_EQ(engine->look().loads[0].last_decision->config_version, "newer");
    live(5'000);
    EXPECT_EQ(journal.checkpoint.config_number, 3);
}

TEST_F(House, KeepsWishesAndCountersWhileItsLimitsChange) {
    live_until_started();
    engine->control().set_override({"rod", core::OverrideAction::Stop, {}, 60, false, "", "me"},
                                   [](const ports::Reply&) {});
    core::Config next = config;
    next.rules.surplus_min = core::Kilowatts{1.2};
    const auto before = engine->look();
    ASSERT_TRUE(engine->use(next, {"1", "new", "test", 2, "seal"}));
    const auto after = engine->look();
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(after.loads[i].memory, before.loads[i].memory);
        EXPECT_EQ(after.loads[i].switches_today, before.loads[i].switches_today);
    }
    EXPECT_TRUE(after.is_ready);
    EXPECT_EQ(after.loads[1].wish->actor, "me");
}

TEST_F(House, RefusesOtherLoadsWhileItRunsAndKeepsWhatHolds) {
    core::Config next = config;
    next.loads[1].id = "boiler";
    EXPECT_FALSE(engine->use(next, {"1", "new", "test", 2, "seal"}));
    next = config;
    next.loads.pop_back();
    EXPECT_FALSE(engine->use(next, {"1", "new", "test", 2, "seal"}));
    next = config;
    next.site.block_minutes = 5;
    EXPECT_FALSE(engine->use(next, {"1", "new", "test", 2, "seal"}));
    EXPECT_EQ(engine->config(), config);
    EXPECT_EQ(engine->look().config_version, "cfg");
}

TEST_F(House, LeavesEveryLoadOffWhenItEnds) {
    live_until_started();
    bool is_done = false;
    engine->shut_down(8'000, [&] { is_done = true; });
    EXPECT_EQ(miner.last(), core::kOff);
    live(10'000);
    EXPECT_TRUE(is_done);
    EXPECT_TRUE(journal.checkpoint.is_stopped);
    EXPECT_EQ(journal.all<core::Stopped>().size(), 1u);
}

TEST_F(House, StopsItsLoadsOnceAndThenOnlyWatchesWhileAnotherControllerHasTheSite) {
    live_until_started();
    engine->take(ports::Charge::Watching);
    EXPECT_EQ(miner.last(), core::kOff);
    const std::size_t commands = miner.commands.size();
    const std::size_t decisions = journal.decisions().size();
    const int renewals = relay.renewals;
    temp_c = 120;  // what the other one's load does is the other one's business
    live(2 * kBlock);
    EXPECT_EQ(miner.commands.size(), commands);
    EXPECT_EQ(journal.decisions().size(), decisions);
    EXPECT_EQ(relay.renewals, renewals);
    std::string code;
    const auto answer = [&](const ports::Reply& reply) { code = reply.code; };
    engine->control().emergency_stop("me", answer);
    EXPECT_EQ(code, "NOT_IN_CONTROL");
    code.clear();
    engine->control().set_override({}, answer);
    EXPECT_EQ(code, "NOT_IN_CONTROL");
    EXPECT_FALSE(engine->look().is_emergency);
    EXPECT_EQ(engine->look().state.site.pv_power->value, 4000) << "it goes on measuring";
}

TEST_F(House, LetsRunWhatRunsOnASensorThatStandsStillAndStartsNothingMore) {
    live_until_started();
    pv_stands_still = true;
    live(3 * kBlock);
    EXPECT_EQ(miner.last(), core::kFull);
    EXPECT_EQ(health_of("sensor/pv_power_w"), core::HealthLevel::Warn);
    EXPECT_TRUE(engine->look().state.distrusted.has(Signal::PvPower));
    EXPECT_TRUE(engine->look().missing_signals.empty()) << "it is there";
    engine->control().set_override({"miner", core::OverrideAction::Stop, {}, 5, false, "", "x"},
                                   [](const ports::Reply&) {});
    live(4 * kBlock);
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_EQ(last_code(0), Code::Stop_R3_MISSING_TELEMETRY);
    std::string code;
    engine->control().set_override({"miner", core::OverrideAction::Start, {}, 30, true, "", "x"},
                                   [&](const ports::Reply& r) { code = r.code; });
    EXPECT_EQ(code, "REJECTED_R3_MISSING_TELEMETRY");
    pv_stands_still = false;
    live(kBlock);
    EXPECT_EQ(miner.last(), core::kFull);
    EXPECT_EQ(health_of("sensor/pv_power_w"), core::HealthLevel::Ok);
}

TEST_F(House, StopsAMinerThatStartsByItselfAndLocksItOut) {
    pv_w = 0;
    live(kBlock + kMinute);
    const auto stops = miner.commands.size();
    load("miner", Signal::LoadPower, 800);
    EXPECT_EQ(journal.all<core::SafetyTripped>().back().code, Code::Stop_R3_ACTUATOR_STUCK);
    clock.advance(1'000);
    EXPECT_EQ(miner.commands.size(), stops + 1) << "told again within a second";
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_EQ(health_of("load/miner"), core::HealthLevel::Warn);
    EXPECT_TRUE(engine->look().loads[0].memory.lockout);
}

TEST_F(House, LosesOneOfTwoLoadsWithoutTheOther) {
    live_until_started();
    live(3 * kMinute);
    ASSERT_EQ(rod.last(), core::kFull);
    miner_reports = false;
    live(40'000);
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_EQ(rod.last(), core::kFull);
}

TEST_F(House, StopsOnOneSampleThatIsTooHotWhateverComesNext) {
    live_until_started();
    load("miner", Signal::LoadTemp, 60);
    load("miner", Signal::LoadTemp, 95.1);
    load("miner", Signal::LoadTemp, 60);
    EXPECT_EQ(miner.last(), core::kOff);
    EXPECT_TRUE(engine->look().loads[0].memory.lockout);
}

TEST_F(House, GivesEveryStopBeforeItTellsOfOne) {
    live_until_started();
    journal.mood = engine::fake::Journal::Mood::KeepsSilent;
    std::vector<std::size_t> told;  // journal entries at the moment of each stop
    const std::size_t before = journal.events.size();
    miner.on_command = rod.on_command = [&] { told.push_back(journal.events.size()); };
    engine->control().emergency_stop("button", [](const ports::Reply&) {});
    EXPECT_THAT(told, ::testing::ElementsAre(before, before));
}

TEST_F(House, CommandsEverythingOffAndDecidesAgainWhenItTakesOver) {
    engine->take(ports::Charge::Watching);
    live(kBlock + kMinute);
    EXPECT_TRUE(journal.decisions().empty());
    const std::size_t commands = miner.commands.size();
    engine->take(ports::Charge::Full);
    EXPECT_EQ(miner.commands.size(), commands + 1);
    EXPECT_EQ(miner.last(), core::kOff);
    live(kBlock);
    EXPECT_EQ(miner.last(), core::kFull);
}

TEST_F(House, EndsAtOnceWithoutStoppingWhatAnotherControllerRuns) {
    live_until_started();
    engine->take(ports::Charge::Watching);
    const std::size_t commands = miner.commands.size();
    bool is_done = false;
    engine->shut_down(60'000, [&] { is_done = true; });
    live(5'000);
    EXPECT_TRUE(is_done);
    EXPECT_EQ(miner.commands.size(), commands);
}

TEST_F(House, GivesHealthAStableCodeBesideItsWords) {
    engine->coded("mqtt", ports::Condition::Warn, "BROKER_AWAY", "broker: refused");
    engine->coded("mqtt", ports::Condition::Warn, "BROKER_AWAY", "broker: timed out");
    engine->coded("mqtt", ports::Condition::Warn, "QUEUE_FULL", "1000 events wait");
    engine->health("mqtt", ports::Condition::Ok, "");
    live(5'000);
    std::vector<std::string> codes;
    for (const core::HealthChanged& change : journal.all<core::HealthChanged>())
        if (change.part == "mqtt") codes.push_back(change.code);
    EXPECT_EQ(codes, (std::vector<std::string>{"BROKER_AWAY", "QUEUE_FULL", ""}))
        << "another reason of the same kind is no event";
}

TEST_F(House, ShowsSinceWhenALoadIsHeldAcrossBlocks) {
    live_until_started();
    temp_c = 95;
    live(5'000);
    const core::UnixTime tripped = engine->look().loads[0].code_since;
    EXPECT_LE(clock.wall() - tripped, 5'000);
    temp_c = 60;
    live(kBlock);
    const core::UnixTime locked = engine->look().loads[0].code_since;
    live(2 * kBlock);
    EXPECT_EQ(last_code(0), Code::Stop_R3_LOCKOUT);
    EXPECT_EQ(engine->look().loads[0].code_since, locked) << "each block says so again";
}

TEST_F(House, ShowsWhenTheCycleLastRanThroughAndWhatTheLastSelfTestFound) {
    live(5'000);
    EXPECT_LE(clock.wall() - engine->look().last_cycle, 1'000);
    EXPECT_FALSE(engine->look().drill);
    engine->note(core::DrillReported{"miner", true, "local", {}});
    ASSERT_TRUE(engine->look().drill);
    EXPECT_EQ(engine->look().drill->time, clock.wall());
    EXPECT_TRUE(engine->look().drill->report.is_passed);
}

TEST_F(House, ShowsBadMessagesAsAWarningUntilAMinuteAfterTheLast) {
    engine->health("mqtt", ports::Condition::Ok, "");
    engine->rejected("mqtt", {core::ErrorCode::BadInput, "not JSON"});
    EXPECT_EQ(health_of("mqtt"), core::HealthLevel::Warn);
    live(50'000);
    engine->rejected("mqtt", {core::ErrorCode::BadInput, "not JSON either"});
    live(50'000);
    EXPECT_EQ(health_of("mqtt"), core::HealthLevel::Warn);
    live(15'000);
    EXPECT_EQ(health_of("mqtt"), core::HealthLevel::Ok);

    engine->health("mqtt", ports::Condition::Error, "no broker");
    engine->rejected("mqtt", {core::ErrorCode::BadInput, "not JSON"});
    live(2 * kMinute);
    EXPECT_EQ(health_of("mqtt"), core::HealthLevel::Error) << "what is worse stays";
    std::int64_t rejected = 0;
    for (const ports::PartHealth& part : engine->look().health)
        if (part.part == "mqtt") rejected = part.rejected;
    EXPECT_EQ(rejected, 3);
}

}  // namespace
