// The controller's process and its host: faults 35 to 44.
#include <signal.h>

#include <thread>

#include "faults/harness/faults.hpp"
#include "faults/harness/memory_group.hpp"
#include "faults/harness/observer.hpp"

namespace bitgrid::faults {
namespace {

using fmt::format;

bool is_any_on(const Home& home) { return home.is_on("miner") || home.is_on("rod"); }

TEST_F(Faults, No35AControllerThatCrashesAgainAndAgainRunsNothing) {
    Home home{{.has_guard = true}};
    ASSERT_TRUE(home.runs());
    home.daemon().kill();
    const Stopwatch watch;
    ASSERT_TRUE(home.until([&] { return !is_any_on(home); }, 300));
    const double off_s = watch.s();
    const Observer observer{home.device_port("control"),
                            20,
                            {{"a load is on", 0, [](const json& t) { return is_any_load_on(t); }}}};
    constexpr int kCrashes = 5;
    for (int i = 0; i < kCrashes; ++i) {
        home.start_daemon();
        ASSERT_TRUE(home.until([&] { return home.state().is_object(); }, 200));
        EXPECT_TRUE(home.load("miner")["override"].is_object()) << "somebody still wants it to run";
        home.always([] { return true; }, 10);
        home.daemon().kill();
    }
    EXPECT_EQ(observer.findings()[0].worst_s, 0);
    EXPECT_GT(observer.looks(), kCrashes);
    EXPECT_TRUE(home.guard().is_running());
    EXPECT_LE(off_s, 5);
    saw("the guard takes the load off, and lets go only of a controller that lives for ten seconds",
        format("off {:.1f} s after the first crash; off all the time in {} more", off_s, kCrashes));
}

TEST_F(Faults, No36AControllerThatHangsLosesItsLoads) {
    double guarded_s = 0;
    {
        Home home{{.has_guard = true}};
        ASSERT_TRUE(home.runs());
        home.daemon().pause();
        const Stopwatch watch;
        ASSERT_TRUE(home.until([&] { return !is_any_on(home); }, 300));
        guarded_s = watch.s();
        EXPECT_LE(guarded_s, 5);
    }
    Home home;
    ASSERT_TRUE(home.runs());
    ASSERT_TRUE(home.runs("rod"));
    home.daemon().pause();
    const auto off = home.until([&] { return !is_any_on(home); }, 200);
    home.daemon().resume();
    ASSERT_TRUE(off);
    EXPECT_LE(*off, 140);
    saw("the guard takes the loads off; without one nobody renews the timers in the plugs, and "
        "they open by themselves",
        format("off {:.1f} s of this machine after it hung with a guard, {:.0f} s without",
               guarded_s, *off));
}

// Becomes a member of the group, then the program that follows.
std::vector<std::string> inside(const MemoryGroup& group) {
    return {"sh", "-c", "echo $$ >" + group.members() + "; exec \"$@\"", "sh"};
}

// Many programs, each far smaller than ours, that take so much together and keep it. They end with
// the group.
Child crowd(const MemoryGroup& group, long kib, const Home& home) {
    constexpr long kEachKib = 8 * 1024;
    const std::string each = std::to_string(kEachKib * 1024);
    return Child{{{"sh", "-c",
                   "echo $$ >" + group.members() + "; for i in $(seq " +
                       std::to_string(kib / kEachKib) + "); do (head -c " + each +
                       " /dev/zero; sleep 600) | tail -c " + each + " >/dev/null & done; wait"},
                  home.folder(),
                  "crowd"}};
}

TEST_F(Faults, No37WithoutMemoryTheGuardOutlivesTheController) {
    std::string why;
    const auto group = MemoryGroup::make(why);
    if (!group)
        NOT_INJECTABLE("a limit of memory for the controller alone needs a control group: " + why);
    // The guard is a service of its own, and so in another group.
    Home home{{.has_guard = true, .before_daemon = inside(*group)}};
    ASSERT_TRUE(home.runs());
    constexpr long kFreeKib = 64 * 1024;
    const long used_kib = group->used_kib();
    group->limit(used_kib + kFreeKib);
    // What comes from outside is bounded: none of it needs more than there is.
    for (int i = 0; i < 100; ++i)
        post(home.api_port(), "/api/v1/override", {{"load_id", std::string(50'000, 'x')}});
    ASSERT_TRUE(home.always([&] { return home.is_on("miner"); }, 60)) << home.why("miner");
    const long grown_kib = group->used_kib() - used_kib;

    const Child others = crowd(*group, kFreeKib * 3 / 2, home);
    ASSERT_EQ(home.daemon().wait(60'000), 128 + SIGKILL) << "the kernel ends the controller";
    const Stopwatch watch;
    ASSERT_TRUE(home.until([&] { return !home.is_on("miner"); }, 300));
    const double off_s = watch.s();
    EXPECT_TRUE(home.guard().is_running());
    EXPECT_LE(off_s, 5);
    group->limit(used_kib + 16 * kFreeKib);
    home.start_daemon();
    ASSERT_TRUE(home.until([&] { return home.state().is_object(); }, 200));
    EXPECT_EQ(home.verify(), "");
    saw("64 MiB left: requests of all kinds need none of it; then other programs take it all, "
        "and the kernel ends the controller: the guard lives, and takes the load off; journal "
        "whole",
        format("grown by {} KiB; off {:.1f} s of this machine after the controller was ended",
               grown_kib, off_s));
}

TEST_F(Faults, No39AStopWorksWithoutAFileDescriptorLeft) {
    Home home{{.before_daemon = {"prlimit", "--nofile=64"}}};
    ASSERT_TRUE(home.runs());
    std::vector<RawLine> idle;
    for (int i = 0; i < 100; ++i) idle.emplace_back(home.api_port());
    home.always([] { return true; }, 20);
    const long open = home.daemon().open_files();
    home.order("report miner.temp_c 96");
    const auto off = home.until([&] { return !home.is_on("miner"); }, 110);
    idle.clear();
    const auto back =
        home.until([&] { return get(home.api_port(), "/api/v1/health/live").status == 200; }, 600);
    EXPECT_TRUE(back);
    ASSERT_TRUE(off);
    if (*off > 60)
        NOT_REACHED(
            format("where all descriptors are taken no device is reached; the timer in the plug "
                   "opened it after {:.0f} s",
                   *off));
    saw(fmt::format("64 descriptors, 100 idle connections ({} open): the stop goes out", open),
        format("off {:.0f} s after the heat (polled every 10 s)", *off));
}

TEST_F(LongFaults, No40AStopDoesNotWaitForABusyMachine) {
    Home home;
    ASSERT_TRUE(home.runs());
    std::vector<std::unique_ptr<Child>> busy;
    const auto cores = std::thread::hardware_concurrency();
    for (unsigned i = 0; i < 20 * cores; ++i)
        busy.push_back(std::make_unique<Child>(
            Child::Wish{{"sh", "-c", "while :; do :; done"}, home.folder(), "busy"}));
    home.always([] { return true; }, 20);
    home.order("report miner.temp_c 96");
    const Stopwatch watch;
    const auto off = home.until([&] { return !home.is_on("miner"); }, 200);
    const double off_s = watch.s();
    busy.clear();
    ASSERT_TRUE(off);
    saw(fmt::format("{} busy processes on {} cores", 20 * cores, cores),
        format("off after {:.1f} s of this machine, of which the poll may take 0.5", off_s));
}

TEST_F(Faults, No41NoThreadIsMadeAfterTheStart) {
    Home home{{.has_broker = true}};
    ASSERT_TRUE(home.until([&] { return home.state().value("ready", false); }, 240));
    const auto threads = [&] {
        return std::distance(
            std::filesystem::directory_iterator{"/proc/" + std::to_string(home.daemon().pid()) +
                                                "/task"},
            std::filesystem::directory_iterator{});
    };
    const auto at_first = threads();
    ASSERT_TRUE(home.runs());
    home.order("report miner.temp_c 96");
    ASSERT_TRUE(home.until([&] { return !home.is_on("miner"); }, 60));
    EXPECT_EQ(threads(), at_first);
    saw("start, decisions, a trip, requests: no thread came or went",
        format("{} threads", at_first));
}

TEST_F(Faults, No42ARestartWhileALoadRunsFirstTurnsItOff) {
    Home home;
    ASSERT_TRUE(home.runs());
    home.daemon().kill();
    ASSERT_TRUE(home.is_on("miner"));
    const Stopwatch watch;
    home.start_daemon();
    const auto off = home.until([&] { return !home.is_on("miner"); }, 120);
    ASSERT_TRUE(off);
    EXPECT_LE(*off, 60);
    EXPECT_EQ(home.verify(), "");
    saw("the state of the load was unknown: commanded off, confirmed, then decided",
        format("off {:.0f} s of the house ({:.1f} s of this machine) after the start", *off,
               watch.s()));
}

TEST_F(Faults, No43ASecondControllerWatches) {
    Home home{{.has_broker = true}};
    ASSERT_TRUE(home.runs());
    ASSERT_TRUE(home.until([&] { return home.health("controller").first == "ok"; }, 60));
    const Stopwatch watch;
    home.start_second();
    const auto status = [&] {
        const json state = get(home.second_port(), "/api/v1/state").json();
        for (const json& part : state.is_object() ? state["health"]["parts"] : json::array())
            if (part["part"] == "controller") return part["status"].get<std::string>();
        return std::string{"ok"};
    };
    ASSERT_TRUE(home.until([&] { return status() == "error"; }, 200));
    const double seen_s = watch.s();
    const Heard refused =
        post(home.second_port(), "/api/v1/override", {{"load_id", "rod"}, {"action", "START"}});
    EXPECT_EQ(refused.status, 409);
    const bool has_run_on = home.always([&] { return home.is_on("miner"); }, 60);
    if (!has_run_on)
        NOT_REACHED(
            "the second controller turns the loads off once when it starts, before it has heard of "
            "the first");
    saw("the second hears of the first, refuses wishes and commands nothing",
        format("conflict seen {:.1f} s of this machine after its start", seen_s));
}

TEST_F(Faults, No44APartitionEndsInOffAndNeverInTwo) {
    Home home{{.speed = 8, .has_broker = true, .bad_lines = {"mqtt", "mqtt2"}}};
    ASSERT_TRUE(home.runs());
    home.start_second();
    // Only who has the site is ever ready, and only who is ready starts anything.
    const auto has_it = [&](std::uint16_t port) {
        const json now = get(port, "/api/v1/state").json();
        return now.is_object() && now["ready"] == true;
    };
    int both = 0, looks = 0;
    // Not at one moment, but the first before and after the second: where all hold, both had it.
    const auto reaches = [&](bool first, bool second) {
        return home
            .until(
                [&] {
                    const bool one = has_it(home.api_port()), two = has_it(home.second_port()),
                               still = has_it(home.api_port());
                    both += one && two && still ? 1 : 0;
                    ++looks;
                    return one == first && two == second;
                },
                240)
            .has_value();
    };
    // From when it has heard of the other one, the first has promised to let go; before it may go
    // on.
    MqttPeer page = home.peer("page");
    page.listen("bitgrid/home/controller/claim");
    ASSERT_TRUE(home.until(
        [&] {
            const json claim = json::parse(page.heard("bitgrid/home/controller/claim").value_or(""),
                                           nullptr, false);
            return claim.is_object() && claim.value("yields_after_s", 0) > 0;
        },
        120));
    ASSERT_TRUE(reaches(true, false));
    home.line("mqtt").set({.swallows = true});
    ASSERT_TRUE(reaches(false, true)) << "the one that is cut off lets go, then the other takes it";
    ASSERT_TRUE(home.until([&] { return !home.is_on("miner"); }, 60)) << home.why("miner");
    home.line("mqtt").reset_all();
    home.line("mqtt").mend();
    ASSERT_TRUE(home.until([&] { return home.health("mqtt").first == "ok"; }, 400));
    EXPECT_TRUE(home.always([&] { return !has_it(home.api_port()); }, 60)) << "it only watches";
    EXPECT_TRUE(reaches(false, true));
    EXPECT_EQ(both, 0);
    is_proved_by("app_test", "TwoControllers.*");
    saw("the one that is cut off lets go of the site, its load off, before the other one takes it; "
        "healed, the newer one keeps it",
        format("0 times both in {} looks", looks));
}

}  // namespace
}  // namespace bitgrid::faults
