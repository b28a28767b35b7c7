// Clocks that are wrong: faults 15 to 20. The daemon lives by the system's clock, which is wrong
// for it alone; the house goes on by its own.
#include "faults/harness/faults.hpp"

namespace bitgrid::faults {
namespace {

using fmt::format;

constexpr std::int64_t kHourMs = 3'600'000, kDayMs = 24 * kHourMs, kYearMs = 365 * kDayMs;
constexpr std::int64_t kDecadesMs = 54 * kYearMs;

TEST_F(LongFaults, No15AJumpAheadEndsNoLockout) {
    Home home{{.on_system_clock = true, .more = {{"rules.yaml", "safety_lockout_min: 5\n"}}}};
    ASSERT_TRUE(home.runs());
    home.order("report miner.temp_c 96");
    ASSERT_TRUE(home.until([&] { return home.code("miner") == "STOP_R3_OVERTEMP"; }, 30));
    home.order("thaw");
    const Stopwatch lockout;
    home.jump_clock(kDayMs);
    ASSERT_TRUE(home.until([&] { return home.journal("type = 'TimeDriftDetected'") == 1; }, 10));
    home.jump_clock(3 * kYearMs);
    ASSERT_TRUE(home.until([&] { return home.journal("type = 'TimeDriftDetected'") == 2; }, 10));
    ASSERT_TRUE(home.until([&] { return !home.is_on("miner"); }, 60)) << home.why("miner");
    const auto is_locked = [&] {
        const json miner = home.load("miner");
        return !miner.is_object() || miner["lockout"].is_object();
    };
    const bool has_held =
        home.always([&] { return !home.is_on("miner") && is_locked(); }, 270 - lockout.s());
    EXPECT_TRUE(has_held) << home.why("miner");
    EXPECT_TRUE(home.until([&] { return home.load("miner")["lockout"].is_object(); }, 5))
        << "and says so, half a minute before its end";
    saw("a day, then three years ahead, in a lockout: one block of hold each, the lockout stands",
        "0 lockouts shortened");
}

TEST_F(LongFaults, No16AJumpBackDecidesNoBlockTwice) {
    Home home{{.on_system_clock = true}};
    ASSERT_TRUE(home.runs());
    const long before = home.journal("trigger = 'BLOCK_TICK'");
    home.jump_clock(-kHourMs);
    ASSERT_TRUE(home.until([&] { return home.journal("type = 'TimeDriftDetected'") == 1; }, 10));
    EXPECT_TRUE(home.always([&] { return home.daemon().is_running(); }, 90));
    const long twice = home.journal(
        "seq IN (SELECT max(seq) FROM journal WHERE trigger = 'BLOCK_TICK' GROUP BY load_id, "
        "block_id"
        " HAVING count(*) > 1)");
    EXPECT_EQ(twice, 0);
    EXPECT_EQ(home.verify(), "");
    // Safety does not wait for the hour to pass again.
    home.order("report miner.temp_c 96");
    const auto off = home.until([&] { return !home.is_on("miner"); }, 60);
    ASSERT_TRUE(off);
    saw("an hour back: one block of hold, chain whole; a stop for heat in the repeated hour",
        format("0 blocks twice ({} ticks before); off {:.0f} s after the heat (polled every 10 s)",
               before, *off));
}

TEST_F(LongFaults, No17WithoutATimeNothingStarts) {
    // The clock begins decades ago, as that of a machine without one; the house stands in daylight.
    Home home{{.on_system_clock = true,
               .clock_is_wrong_ms = -kDecadesMs,
               .own = {{"rules.yaml", "price_max_ct_kwh: null\nmin_predicted_surplus_kw: 0\n"}}}};
    const auto safe = home.until([&] { return home.state().is_object(); }, 30);
    ASSERT_TRUE(safe);
    const bool has_started = home.until([&] { return home.is_on("miner"); }, 180).has_value();
    if (has_started) NOT_REACHED("it starts loads while the clock is decades behind");
    home.jump_clock(kDecadesMs);
    const auto on = home.until([&] { return home.is_on("miner"); }, 300);
    ASSERT_TRUE(on);
    saw("a clock that is decades behind: no start; set right, it starts by its rules",
        format("0 starts in 180 s; {:.0f} s after the time came", *on));
}

TEST_F(LongFaults, No18ADriftingClockDoesNotMoveTimers) {
    Home home{{.on_system_clock = true}};
    ASSERT_TRUE(home.runs());
    // 100 times as fast a drift as the fault asks for: 50 ms a second.
    const Stopwatch watch;
    double left = 0;
    EXPECT_TRUE(home.always(
        [&] {
            home.jump_clock(1);
            rest(20);
            const json timer = home.truth()["plug"]["timer_left_s"];
            if (timer.is_number()) left = std::max(left, 120 - timer.get<double>());
            return home.is_on("miner");
        },
        150));
    EXPECT_LT(left, 60) << "renewed every 40 s";
    EXPECT_EQ(home.journal("type = 'TimeDriftDetected'"), 0);
    saw("50 ms a second, 100 times what is asked, for two and a half minutes: leases are renewed "
        "in time",
        format("the timer of the plug was renewed at the latest after {:.0f} s", left));
}

TEST_F(Faults, No19LocalTimeIsOfTheFaceAlone) {
    is_proved_by("explain_test", "Narrator.ListsAllChangesAndTheTimeOnTheClockOfTheHouse");
    saw("all times are UTC inside; a zone is for sentences only", "see the tests of explain");
}

TEST_F(Faults, No20AfterASleepNothingStartsOnOldData) {
    Home home{{.speed = 60}};
    ASSERT_TRUE(home.runs());
    home.daemon().pause();
    home.always([] { return true; }, 600);
    EXPECT_FALSE(home.is_on("miner")) << "the timer in its plug has run out";
    const long starts = home.journal("code LIKE 'START%'");
    home.daemon().resume();
    // What was measured before the sleep is stale: the first thing is a stop.
    ASSERT_TRUE(home.until([&] { return home.code("miner").starts_with("STOP_R3"); }, 60));
    EXPECT_EQ(home.journal("code LIKE 'START%'"), starts);
    saw("ten minutes asleep: loads off by themselves; awake, everything is stale and stopped first",
        "0 starts before fresh samples");
}

}  // namespace
}  // namespace bitgrid::faults
