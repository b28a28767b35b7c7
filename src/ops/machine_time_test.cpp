#include "ops/machine_time.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "ops/build_day.hpp"
#include "ops/scratch_folder.hpp"

using namespace bitgrid;

namespace {

TEST(MachineTime, WaitsForATimeServiceThatRunsUntilItConfirms) {
    ops::ScratchFolder run;
    const ops::MachineTime time{run.path()};
    // Where the kernel itself is disciplined, that is the answer, whatever else runs.
    const bool is_disciplined = time.ask() == ports::TimeWord::Confirmed;
    const auto unless_disciplined = [&](ports::TimeWord word) {
        return is_disciplined ? ports::TimeWord::Confirmed : word;
    };
    EXPECT_EQ(time.ask(), unless_disciplined(ports::TimeWord::NobodyToAsk));
    std::filesystem::create_directories(run.path() / "systemd/timesync");
    EXPECT_EQ(time.ask(), unless_disciplined(ports::TimeWord::Unconfirmed));
    std::ofstream{run.path() / "systemd/timesync/synchronized"};
    EXPECT_EQ(time.ask(), ports::TimeWord::Confirmed);
}

TEST(BuildDay, IsNoLaterThanNow) {
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    EXPECT_LE(ops::build_day().ms, now);
    EXPECT_GT(ops::build_day().ms, 1'700'000'000'000);
    EXPECT_EQ(ops::build_day().ms % 86'400'000, 0);
}

}  // namespace
