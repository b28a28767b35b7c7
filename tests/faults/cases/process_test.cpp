// The controller's process and its host: faults 35 to 44.
#include <signal.h>

#include <thread>

#include "faults/harness/faults.hpp"

namespace bitgrid::faults {
namespace {

using fmt::format;

TEST_F(Faults, No36AControllerThatHangsLosesItsLoads) {
    Home home;
    ASSERT_TRUE(home.runs());
    ASSERT_TRUE(home.runs("rod"));
    home.daemon().pause();
    const auto off = home.until([&] { return !home.is_on("miner") && !home.is_on("rod"); }, 200);
    home.daemon().resume();
    ASSERT_TRUE(off);
    EXPECT_LE(*off, 140);
    saw("nobody renews the timers in the plugs: they open by themselves",
        format("off {:.0f} s after the last sign of life", *off));
}

TEST_F(Faults, No37MemoryIsBounded) {
    NOT_INJECTABLE(
        "a program with sanitizers cannot be given a small memory; that every queue is bounded is "
        "shown by numbers 9, 10 and 62");
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

}  // namespace
}  // namespace bitgrid::faults
