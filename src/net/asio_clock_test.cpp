#include "net/asio_clock.hpp"

#include <gmock/gmock.h>

#include <vector>

using namespace bitgrid;
using testing::ElementsAre;

namespace {
constexpr core::UnixTime kNoon{1'781'524'800'000};

std::int64_t system_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

TEST(AsioClock, ShowsTheSystemsTimeWhenItIsReal) {
    boost::asio::io_context io;
    const net::AsioClock clock{io};
    const auto before = system_ms();
    const auto shown = clock.wall().ms;
    EXPECT_LE(before, shown);
    EXPECT_LE(shown, system_ms());
}

TEST(AsioClock, ShortensTheWaitByItsSpeed) {
    boost::asio::io_context io;
    net::AsioClock clock{io, 100'000, kNoon};
    core::MonoTime fired{};
    const auto timer = clock.after(1'000'000, [&] { fired = clock.mono(); });  // 10 ms of real time
    io.run();
    EXPECT_GE(fired.ms, 1'000'000);
    EXPECT_GE(clock.wall() - kNoon, 1'000'000);
}

TEST(AsioClock, RunsTimersInTheOrderInWhichTheyFallDue) {
    boost::asio::io_context io;
    net::AsioClock clock{io, 1000, kNoon};
    std::vector<int> seen;
    const auto second = clock.after(4000, [&] { seen.push_back(2); });
    const auto first = clock.after(0, [&] { seen.push_back(1); });
    EXPECT_TRUE(seen.empty());
    io.run();
    EXPECT_THAT(seen, ElementsAre(1, 2));
}

TEST(AsioClock, ForgetsATimerThatIsDroppedEvenFromItsOwnCallback) {
    boost::asio::io_context io;
    net::AsioClock clock{io, 1000, kNoon};
    int calls = 0;
    std::unique_ptr<ports::Timer> own = clock.after(1, [&] {
        own.reset();
        ++calls;
    });
    {
        const auto dropped = clock.after(1, [&] { calls += 100; });
    }
    io.run();
    EXPECT_EQ(calls, 1);
}

TEST(AsioClock, SharesOneTimeWithAnotherProgramByItsAnchor) {
    boost::asio::io_context io;
    const core::UnixTime anchor{system_ms() - 2000};
    const net::AsioClock house{io, 60, kNoon, anchor};
    const net::AsioClock controller{io, 60, kNoon, anchor};
    EXPECT_GE(house.wall() - kNoon, 120'000);
    EXPECT_LT(std::abs(controller.wall() - house.wall()), 1000);  // 1 ms of real time is 60 ms
}
}  // namespace
