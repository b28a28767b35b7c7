#include "app/run_program.hpp"

#include <gmock/gmock.h>
#include <signal.h>

using namespace bitgrid;
using app::run_program;
using app::RunOrder;
using testing::HasSubstr;

namespace {

std::vector<std::string> shell(const char* text) { return {"/bin/sh", "-c", text}; }

TEST(RunProgram, HandsOverWhatItSaysLineByLine) {
    std::vector<std::string> lines;
    RunOrder order{shell("echo one; printf two; echo wrong >&2; exit 3")};
    order.on_line = [&](std::string_view line) { lines.emplace_back(line); };
    const auto ran = run_program(order);
    ASSERT_TRUE(ran);
    EXPECT_EQ(ran->code, 3);
    EXPECT_EQ(ran->complained, "wrong\n");
    EXPECT_THAT(lines, testing::ElementsAre("one", "two"));
}

TEST(RunProgram, KeepsTheEndOfMuchThatIsSaid) {
    std::size_t lines = 0;
    RunOrder order{shell("seq 1 200000; seq 1 200000 >&2")};
    order.on_line = [&](std::string_view) { ++lines; };
    const auto ran = run_program(order);
    ASSERT_TRUE(ran);
    EXPECT_EQ(lines, 200'000u);
    EXPECT_THAT(ran->complained, testing::EndsWith("199999\n200000\n"));
    EXPECT_LE(ran->complained.size(), 2'000u);
}

TEST(RunProgram, DoesNotWaitForWhatItLeavesRunning) {
    const auto ran = run_program({shell("sleep 300 & echo $! >&2; exit 0")});
    ASSERT_TRUE(ran);
    EXPECT_EQ(ran->code, 0);
    ::kill(std::stoi(ran->complained), SIGKILL);
}

TEST(RunProgram, KillsWhatIsNotDoneInTime) {
    RunOrder order{shell("sleep 300")};
    order.limit_s = 1;
    const auto ran = run_program(order);
    ASSERT_FALSE(ran);
    EXPECT_EQ(ran.error().code, core::ErrorCode::Timeout);
}

TEST(RunProgram, SaysWhatCannotBeStarted) {
    const auto ran = run_program({{"/nowhere/at-all"}});
    ASSERT_FALSE(ran);
    EXPECT_THAT(ran.error().what, HasSubstr("/nowhere/at-all cannot be started"));
}

TEST(RunProgram, TellsTheSignalThatEndedIt) {
    const auto ran = run_program({shell("kill -9 $$")});
    ASSERT_TRUE(ran);
    EXPECT_EQ(ran->code, 128 + 9);
}

}  // namespace
