// How the engine begins, and what it makes of clocks that are wrong: no decision before all is
// known, no block twice, nothing cut short or lengthened.
#include <gtest/gtest.h>

#include <limits>

#include "engine/fake_world.hpp"

using namespace bitgrid;
using core::Code;
using core::Signal;

namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kBlock = 10 * kMinute;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr core::UnixTime kTenOClock{1'781'517'600'000};  // 2026-06-15T10:00:00Z
constexpr core::UnixTime kBuilt{1'781'481'600'000};      // that morning

struct Witness final : ports::TimeWitness {
    ports::TimeWord ask() const override { return word; }
    ports::TimeWord word{ports::TimeWord::NobodyToAsk};
};

/// A sunny house with one heating rod.
class Boot : public ::testing::Test {
protected:
    Boot() {
        config.site.has_battery = false;
        config.loads = {core::LoadConfig{}};
        config.loads[0].id = "rod";
        config.loads[0].name = "Rod";
        config.loads[0].kind = core::LoadKind::Heater;
        config.loads[0].full_w = core::Watts{1'000};
        config.loads[0].has_temperature = false;
        config.loads[0].can_throttle = false;
    }
    engine::Engine& begin(std::optional<ports::Checkpoint> restored = std::nullopt,
                          ports::Charge charge = ports::Charge::Full) {
        engine.emplace(config, engine::Versions{"1", "cfg", "test"},
                       engine::Engine::Ports{clock, uuids, narrator, journal}, std::move(restored));
        engine->attach(0, rod, nullptr);
        if (is_doubted) engine->doubt_time(witness, kBuilt);
        engine->take(charge);
        engine->start();
        return *engine;
    }
    // What lives moves a little, and what flows in flows out.
    void report() {
        wobble = 1 - wobble;
        const double rod_w = rod.last().is_on() ? 1'000.0 + wobble : 0.0;
        const double left_w = pv_w - 400 - rod_w;
        engine->measured({Signal::PvPower, {}, pv_w + wobble});
        engine->measured({Signal::HouseLoad, {}, 400 + wobble});
        engine->measured({Signal::GridImport, {}, std::max(-left_w, 0.0)});
        engine->measured({Signal::GridExport, {}, std::max(left_w + wobble, 0.0)});
        if (rod_reports) engine->measured({Signal::LoadPower, "rod", rod_w});
        engine->alive("rod");
    }
    /// Everything reports every five seconds.
    void live(std::int64_t ms) {
        for (std::int64_t t = 0; t < ms; t += 5'000) {
            report();
            clock.advance(std::min<std::int64_t>(5'000, ms - t));
        }
    }
    std::string wish(core::OverrideAction action, int minutes = 30) {
        std::string code;
        engine->control().set_override({"rod", action, {}, minutes, false, "", "me"},
                                       [&](const ports::Reply& r) { code = r.code; });
        return code;
    }
    std::string waits_for() const {
        const auto text = engine->waits_for();
        return text ? text->en.brief : "";
    }
    ports::PartHealth health_of(std::string_view part) const {
        for (const ports::PartHealth& known : engine->look().health)
            if (known.part == part) return known;
        return {};
    }
    std::map<core::BlockId, int> ticks() const {
        std::map<core::BlockId, int> count;
        for (const auto& d : journal.decisions())
            if (d->trigger == core::Trigger::BlockTick) ++count[d->block];
        return count;
    }
    void expect_no_block_twice() const {
        for (const auto& [block, count] : ticks()) EXPECT_EQ(count, 1) << block;
    }

    core::Config config;
    engine::fake::Clock clock{kTenOClock};
    engine::UuidSource uuids{7};
    engine::fake::Narrator narrator;
    engine::fake::Journal journal;
    engine::fake::Driver rod;
    Witness witness;
    std::optional<engine::Engine> engine;
    bool is_doubted{false}, rod_reports{true};
    double pv_w{4'000}, wobble{0};
};

TEST_F(Boot, SaysStepByStepWhatItWaitsFor) {
    is_doubted = true;
    witness.word = ports::TimeWord::Unconfirmed;
    begin(std::nullopt, ports::Charge::Asking);
    EXPECT_NE(waits_for().find("the right time"), std::string::npos);
    witness.word = ports::TimeWord::Confirmed;
    clock.advance(1'000);
    EXPECT_NE(waits_for().find("another controller"), std::string::npos);
    engine->take(ports::Charge::Full);
    EXPECT_NE(waits_for().find("Rod"), std::string::npos);
    clock.advance(1'000);  // what was measured before the order shows nothing
    engine->measured({Signal::LoadPower, "rod", 0});
    clock.advance(1'000);
    EXPECT_NE(waits_for().find("pv_power_w"), std::string::npos);
    report();
    EXPECT_NE(waits_for().find("first decision"), std::string::npos);
    EXPECT_FALSE(engine->is_ready());
    live(kBlock);
    EXPECT_TRUE(engine->is_ready());
    EXPECT_EQ(waits_for(), "");
    EXPECT_TRUE(engine->look().is_ready);
}

TEST_F(Boot, StartsNothingOnDemandBeforeItIsReadyButStops) {
    begin();
    report();
    EXPECT_EQ(wish(core::OverrideAction::Start), "NOT_READY");
    EXPECT_EQ(wish(core::OverrideAction::Stop), "STOP_OVERRIDE");
    live(kBlock + kMinute);
    EXPECT_EQ(wish(core::OverrideAction::Start), "START_OVERRIDE");
}

TEST_F(Boot, WaitsForALoadThatDoesNotShowThatItIsOffAndAlarmsInTime) {
    rod_reports = false;
    begin();
    ASSERT_EQ(rod.commands.size(), 1u);
    live(29'000);
    EXPECT_NE(waits_for().find("Rod"), std::string::npos);
    live(4'000);
    EXPECT_EQ(engine->look().loads[0].confirmation, ports::Confirmation::Failed);
    EXPECT_EQ(waits_for().find("Rod"), std::string::npos) << "known: it is not under control";
}

TEST_F(Boot, DoesNotStartByAWishThatEndsBeforeItIsReady) {
    begin();
    live(kBlock + kMinute);
    ASSERT_EQ(wish(core::OverrideAction::Start, 2), "START_OVERRIDE");
    const ports::Checkpoint saved = journal.checkpoint;
    journal.events.clear();
    begin(saved);
    live(4 * kMinute);
    EXPECT_TRUE(journal.decisions().empty());
    EXPECT_EQ(rod.last(), core::kOff);
    live(kBlock);
    EXPECT_FALSE(journal.decisions().empty());
    EXPECT_FALSE(engine->look().loads[0].wish);
}

TEST_F(Boot, TellsThatTheRunBeforeEndedBadly) {
    begin();
    live(kBlock + kMinute);
    ports::Checkpoint saved = journal.checkpoint;
    ASSERT_FALSE(saved.is_stopped);
    begin(saved);
    clock.advance(1'000);
    EXPECT_EQ(health_of("start").level, core::HealthLevel::Warn);
    EXPECT_FALSE(journal.all<core::Started>().back().was_clean);
    live(2 * kBlock);
    EXPECT_EQ(health_of("start").level, core::HealthLevel::Ok);
    saved.is_stopped = true;
    begin(saved);
    clock.advance(1'000);
    EXPECT_TRUE(journal.all<core::Started>().back().was_clean);
    EXPECT_EQ(health_of("start").part, "");
}

TEST_F(Boot, CountsR5OnOverARestart) {
    begin();
    live(kBlock + kMinute);
    ASSERT_EQ(rod.last(), core::kFull);
    begin(journal.checkpoint);  // the load is commanded off: R5's pause begins
    live(kBlock);
    EXPECT_EQ(engine->look().loads[0].last_decision->decision.code,
              Code::Noop_R5_MIN_PAUSE_NOT_REACHED);
    const auto since = engine->look().loads[0].memory.unchanged_since;
    begin(journal.checkpoint);
    EXPECT_EQ(engine->look().loads[0].memory.unchanged_since, since);
}

TEST_F(Boot, DecidesNothingByAClockThatNobodyTrustsWhileSafetyActs) {
    is_doubted = true;
    clock.jump_wall(-kTenOClock.ms);  // 1970: no battery behind this clock
    begin();
    live(3 * kBlock);
    EXPECT_TRUE(journal.decisions().empty());
    EXPECT_EQ(health_of("clock").level, core::HealthLevel::Error);
    EXPECT_EQ(wish(core::OverrideAction::Start), "NOT_READY");
    engine->control().emergency_stop("me", [](const ports::Reply&) {});
    ASSERT_FALSE(journal.decisions().empty());
    EXPECT_EQ(journal.decisions().back()->decision.code, Code::Stop_R3_EMERGENCY);
    engine->control().acknowledge("me", [](const ports::Reply&) {});
    journal.events.clear();
    clock.jump_wall(kTenOClock.ms);  // the time service has come
    live(2 * kBlock + kMinute);
    EXPECT_TRUE(engine->is_ready());
    EXPECT_EQ(health_of("clock").level, core::HealthLevel::Ok);
    for (const core::Event& event : journal.events) EXPECT_GE(event.time, kTenOClock);
}

TEST_F(Boot, KeepsALockoutFromBeforeWhileTheClockIsBeingSetRight) {
    begin();
    live(kBlock + kMinute);
    engine->control().emergency_stop("me", [](const ports::Reply&) {});
    engine->control().acknowledge("me", [](const ports::Reply&) {});
    const ports::Checkpoint saved = journal.checkpoint;
    const core::UnixTime until = saved.memory.loads[0].lockout->until;
    const core::UnixTime right = clock.wall();
    is_doubted = true;
    clock.jump_wall(-right.ms);
    begin(saved);
    clock.advance(5'000);
    clock.jump_wall(right - clock.wall());
    clock.advance(5'000);
    EXPECT_EQ(engine->look().loads[0].memory.lockout->until, until);
}

TEST_F(Boot, NeitherShortensNorLengthensALockoutWhenTheClockJumps) {
    for (const std::int64_t jump : {26 * 24 * kHour, 3 * 365 * 24 * kHour, -kHour}) {
        begin();
        live(kBlock + kMinute);
        engine->control().emergency_stop("me", [](const ports::Reply&) {});
        engine->control().acknowledge("me", [](const ports::Reply&) {});
        ASSERT_TRUE(engine->look().loads[0].memory.lockout);
        live(20 * kMinute);
        clock.jump_wall(jump);
        live(kMinute);
        EXPECT_TRUE(engine->look().loads[0].memory.lockout) << jump;
        const double left_s =
            static_cast<double>(engine->look().loads[0].memory.lockout->until - clock.wall()) /
            1'000;
        EXPECT_NEAR(left_s, 39 * 60, 2) << jump;
    }
}

TEST_F(Boot, GoesOnDecidingAfterAClockThatWasThreeYearsAheadForAnHour) {
    begin();
    live(kBlock + kMinute);
    clock.jump_wall(3 * 365 * 24 * kHour);
    live(kHour);
    clock.jump_wall(-3 * 365 * 24 * kHour);
    const std::size_t before = journal.decisions().size();
    live(3 * kBlock);
    EXPECT_GT(journal.decisions().size(), before);
    expect_no_block_twice();
    EXPECT_EQ(journal.all<core::TimeDriftDetected>().size(), 2u);
}

TEST_F(Boot, DecidesNoBlockTwiceWhateverTheClockAndThePowerDo) {
    std::uint64_t random = 20'261'125;
    const auto below = [&random](std::uint64_t n) {
        random = random * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
        return static_cast<std::int64_t>((random >> 33) % n);
    };
    begin();
    for (int i = 0; i < 60; ++i) {
        live(below(20) * kMinute + 5'000);
        switch (below(4)) {
            case 0:
                clock.jump_wall((below(240) - 120) * kMinute);
                break;
            case 1:
                begin(journal.checkpoint);
                break;
            case 2:
                clock.sleep(below(60) * kMinute);
                break;
            default:
                clock.jump_wall(below(120) * 1'000 - 60'000);
        }
    }
    expect_no_block_twice();
    EXPECT_GT(ticks().size(), 20u);
}

TEST_F(Boot, JudgesAgesByTheTimeThatPassedHoweverTheWallJumps) {
    begin();
    live(kBlock + kMinute);
    for (const std::int64_t jump : {kHour, -2 * kHour}) {
        report();
        clock.jump_wall(jump);
        EXPECT_TRUE(engine->look().state.site.pv_power) << "no older by the jump";
        EXPECT_EQ(engine->look().state.site.pv_power.age_ms, 0);
    }
    EXPECT_EQ(rod.last(), core::kFull);
}

TEST_F(Boot, TakesEveryValueForOldAfterASleepAndStopsBeforeAnythingElse) {
    begin();
    live(kBlock + kMinute);
    ASSERT_EQ(rod.last(), core::kFull);
    journal.events.clear();
    clock.sleep(10 * kMinute);
    // What waited in the socket comes first, and it looks fresh.
    engine->measured({Signal::PvPower, {}, 4'000});
    EXPECT_EQ(rod.last(), core::kOff);
    EXPECT_EQ(journal.decisions().at(0)->decision.code, Code::Stop_R3_MISSING_TELEMETRY);
    EXPECT_FALSE(engine->look().state.site.pv_power) << "its age is unknown";
    EXPECT_EQ(health_of("clock").level, core::HealthLevel::Warn);
    const std::size_t orders = rod.commands.size();
    live(kBlock);
    for (std::size_t i = orders; i < rod.commands.size(); ++i)
        EXPECT_EQ(rod.commands[i].target, core::kOff) << "one block of hold";
    live(3 * kBlock);
    EXPECT_EQ(rod.last(), core::kFull) << "it comes back by itself";
}

TEST_F(Boot, LooksAgainBeforeItGivesAnOrderThatWaitedForTheDisk) {
    begin();
    live(kBlock - 5'000);
    journal.mood = engine::fake::Journal::Mood::KeepsSilent;
    live(6'000);
    ASSERT_FALSE(journal.decisions().empty());
    ASSERT_EQ(rod.last(), core::kOff);
    clock.sleep(10 * kMinute);
    journal.mood = engine::fake::Journal::Mood::Writes;
    for (auto& done : std::exchange(journal.waiting, {})) done(ports::Receipt{1, "hash"});
    for (const ports::Command& command : rod.commands) EXPECT_EQ(command.target, core::kOff);
}

TEST_F(Boot, GivesNoOrderThatWaitedForTheDiskAfterItLostTheSite) {
    begin();
    live(kBlock - 5'000);
    journal.mood = engine::fake::Journal::Mood::KeepsSilent;
    live(6'000);
    engine->take(ports::Charge::Watching);
    journal.mood = engine::fake::Journal::Mood::Writes;
    for (auto& done : std::exchange(journal.waiting, {})) done(ports::Receipt{1, "hash"});
    for (const ports::Command& command : rod.commands) EXPECT_EQ(command.target, core::kOff);
}

TEST_F(Boot, DriftsWithASlowClockWithoutLosingOrDoublingABlock) {
    begin();
    live(kBlock + kMinute);
    const auto first = ticks().size();
    for (int minute = 0; minute < 24 * 60; ++minute) {
        live(kMinute);
        clock.jump_wall(minute < 12 * 60 ? 30 : -30);  // 500 ppm, one way, then the other
    }
    EXPECT_EQ(ticks().size(), first + 144);
    expect_no_block_twice();
    EXPECT_TRUE(journal.all<core::TimeDriftDetected>().empty());
}

TEST_F(Boot, HasABlockForEveryTenMinutesOfALeapDayAndOfDaysWithAChangeOfTheHour) {
    for (const std::int64_t day : {1'835'395'200'000LL,     // 2028-02-29
                                   1'774'742'400'000LL,     // 2026-03-29, 23 hours in the EU
                                   1'792'886'400'000LL}) {  // 2026-10-25, 25 hours
        journal.events.clear();
        clock.jump_wall(core::UnixTime{day} - clock.wall() - 2 * kHour);
        begin();
        live(2 * kHour + 24 * kHour);
        const auto all = ticks();
        const core::BlockId begin_block = core::block_of({day}, kBlock);
        for (core::BlockId b = begin_block; b < begin_block + 144; ++b)
            EXPECT_EQ(all.count(b), 1u) << b - begin_block;
        expect_no_block_twice();
    }
}

TEST_F(Boot, CommandsNothingWhileItAsksAndEverythingOffOnceItHasTheSite) {
    begin(std::nullopt, ports::Charge::Asking);
    live(5'000);
    EXPECT_TRUE(rod.commands.empty());
    engine->take(ports::Charge::Full);
    ASSERT_EQ(rod.commands.size(), 1u);
    EXPECT_EQ(rod.last(), core::kOff);
    live(kBlock + kMinute);
    EXPECT_EQ(rod.last(), core::kFull);
}

TEST_F(Boot, NeverCommandsALoadOfAnotherController) {
    begin(std::nullopt, ports::Charge::Asking);
    live(5'000);
    engine->take(ports::Charge::Watching);
    live(2 * kBlock);
    EXPECT_TRUE(rod.commands.empty());
    EXPECT_EQ(wish(core::OverrideAction::Stop), "NOT_IN_CONTROL");
}

TEST_F(Boot, KeepsEverythingOffWithoutStartingWhereNobodyCanBeAsked) {
    begin(std::nullopt, ports::Charge::Asking);
    engine->take(ports::Charge::OffOnly);
    EXPECT_EQ(rod.commands.size(), 1u);
    live(2 * kBlock);
    EXPECT_EQ(wish(core::OverrideAction::Start), "NOT_READY");
    EXPECT_EQ(rod.last(), core::kOff);
    EXPECT_FALSE(engine->is_ready());
    engine->take(ports::Charge::Full);
    live(kBlock + kMinute);
    EXPECT_EQ(rod.last(), core::kFull);
    engine->take(ports::Charge::OffOnly);
    EXPECT_EQ(rod.last(), core::kOff) << "what ran by our order ends with it";
}

TEST_F(Boot, RemembersHowItStandsToTheSite) {
    begin();
    bool is_kept = false;
    engine->remember({7, true, true}, [&] { is_kept = true; });
    EXPECT_TRUE(is_kept);
    EXPECT_EQ(journal.checkpoint.tenure, (ports::Tenure{7, true, true}));
    begin(journal.checkpoint);
    clock.advance(1'000);
    EXPECT_EQ(journal.checkpoint.tenure, (ports::Tenure{7, true, true}));
}

TEST_F(Boot, RemembersWhetherResearchIsOn) {
    begin();
    EXPECT_FALSE(engine->look().is_research_on);
    engine->note(core::ResearchToggled{true, "token:phone"});
    EXPECT_TRUE(engine->look().is_research_on) << "at once";
    clock.advance(1'000);
    begin(journal.checkpoint);
    EXPECT_TRUE(engine->look().is_research_on);
    engine->note(core::ResearchToggled{false, "token:phone"});
    EXPECT_FALSE(engine->is_research_on());
    clock.advance(1'000);
    EXPECT_FALSE(journal.checkpoint.is_research_on);
}

TEST_F(Boot, AnswersThatResearchIsOnOrOffOnceTheJournalHasIt) {
    begin();
    clock.advance(1'000);
    int answers = 0;
    const auto turn = [&](bool is_on) {
        engine->control().set_research(is_on, "token:phone", [&](const ports::Reply& reply) {
            EXPECT_TRUE(reply.is_accepted);
            EXPECT_EQ(journal.checkpoint.is_research_on, is_on) << "answered before";
            ++answers;
        });
    };
    turn(true);
    EXPECT_TRUE(engine->is_research_on());
    EXPECT_EQ(answers, 1);
    const std::size_t written = journal.events.size();
    turn(true);
    EXPECT_EQ(answers, 2);
    EXPECT_EQ(journal.events.size(), written) << "nothing happened";
    turn(false);
    EXPECT_FALSE(engine->is_research_on());
    EXPECT_EQ(answers, 3);
}

TEST_F(Boot, EndsInTimeThoughTheDiskDoesNotAnswer) {
    begin();
    live(kBlock + kMinute);
    journal.mood = engine::fake::Journal::Mood::KeepsSilent;
    bool is_done = false;
    engine->shut_down(5'500, [&] { is_done = true; });
    EXPECT_EQ(rod.last(), core::kOff);
    live(7'000);
    EXPECT_TRUE(is_done);
}

}  // namespace
