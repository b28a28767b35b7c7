#include "net/manual_clock.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

using namespace bitgrid;
using testing::ElementsAre;

namespace {
constexpr core::UnixTime kNoon{1'781'524'800'000};

TEST(ManualClock, StandsStillUntilItIsMoved) {
    net::ManualClock clock{kNoon};
    EXPECT_EQ(clock.wall(), kNoon);
    clock.advance(1500);
    EXPECT_EQ(clock.wall() - kNoon, 1500);
    EXPECT_EQ(clock.mono() - core::MonoTime{}, 1500);
}

TEST(ManualClock, RunsDueTimersInOrderAtTheirOwnTime) {
    net::ManualClock clock{kNoon};
    std::vector<std::string> seen;
    const auto note = [&](const char* name) {
        return [&, name] { seen.push_back(name + std::to_string(clock.mono().ms)); };
    };
    const auto late = clock.after(300, note("late@"));
    const auto early = clock.after(100, note("early@"));
    const auto same = clock.after(100, note("same@"));
    const auto never = clock.after(1000, note("never@"));
    clock.advance(500);
    EXPECT_THAT(seen, ElementsAre("early@100", "same@100", "late@300"));
    EXPECT_EQ(clock.next_due(), core::MonoTime{1000});
}

TEST(ManualClock, NeverCallsFromInsideAfter) {
    net::ManualClock clock{kNoon};
    int calls = 0;
    const auto timer = clock.after(0, [&] { ++calls; });
    EXPECT_EQ(calls, 0);
    clock.advance(0);
    EXPECT_EQ(calls, 1);
}

TEST(ManualClock, RunsTimersThatTimersSetOnTheWay) {
    net::ManualClock clock{kNoon};
    std::vector<std::int64_t> ticks;
    std::unique_ptr<ports::Timer> timer;
    std::function<void()> tick = [&] {
        ticks.push_back(clock.mono().ms);
        timer = clock.after(10, tick);  // destroys the timer that runs now
    };
    timer = clock.after(10, tick);
    clock.advance(35);
    EXPECT_THAT(ticks, ElementsAre(10, 20, 30));
}

TEST(ManualClock, ForgetsATimerThatIsDropped) {
    net::ManualClock clock{kNoon};
    int calls = 0;
    {
        const auto timer = clock.after(10, [&] { ++calls; });
    }
    clock.advance(20);
    EXPECT_EQ(calls, 0);
    EXPECT_FALSE(clock.next_due());
}

TEST(ManualClock, KeepsAgesWhenTheWallJumps) {
    net::ManualClock clock{kNoon};
    clock.jump_wall(-3'600'000);
    EXPECT_EQ(clock.wall() - kNoon, -3'600'000);
    EXPECT_EQ(clock.mono(), core::MonoTime{});
}

}  // namespace
