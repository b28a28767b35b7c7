#include "app/kpi_desk.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <fstream>

#include "net/asio_clock.hpp"
#include "net/manual_clock.hpp"
#include "ops/scratch_folder.hpp"

using namespace bitgrid;
using app::KpiDesk;

namespace {

/// With a program in the place of `bitgrid` that counts how often it was called. Time stands still
/// unless it is moved.
class FiguresDesk : public ::testing::Test {
protected:
    FiguresDesk() { says(R"(echo "{\"called\":\"$*\"}")"); }

    void says(const std::string& script) const {
        const auto path = folder.write(
            "program", "#!/bin/sh\necho x >>\"$(dirname \"$0\")/calls\"\n" + script + "\n");
        ::chmod(path.c_str(), 0755);
    }
    void ask(int days) {
        ++asked;
        desk.ask(days, [this](core::Result<std::string> answer) {
            answers.push_back(answer ? *answer : answer.error().what);
            codes.push_back(answer ? core::ErrorCode{} : answer.error().code);
        });
    }
    void until_answered() {
        while (answers.size() < asked) {
            io.restart();
            ASSERT_GT(io.run_one_for(std::chrono::seconds{120}), 0U);
        }
    }
    std::size_t calls() const {
        std::ifstream file{folder.path() / "calls"};
        return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>{file}, {}, '\n'));
    }

    ops::ScratchFolder folder;
    boost::asio::io_context io;
    net::ManualClock clock{core::UnixTime{1'781'517'600'000}};
    KpiDesk desk{io, clock, (folder.path() / "program").string(), folder.path().string()};
    std::size_t asked{0};
    std::vector<std::string> answers;
    std::vector<core::ErrorCode> codes;
};

TEST_F(FiguresDesk, HasThemComputedOnceForAllWhoAskTheSame) {
    ask(30);
    ask(30);
    EXPECT_TRUE(answers.empty()) << "nobody waits for it";
    until_answered();
    EXPECT_EQ(answers[0], "{\"called\":\"kpi --data " + folder.path().string() +
                              " --range 30d --format json --yield\"}");
    EXPECT_EQ(answers[1], answers[0]);
    ask(30);
    EXPECT_EQ(answers.size(), 3U) << "kept";
    EXPECT_EQ(calls(), 1U);
}

TEST_F(FiguresDesk, ComputesAgainAfterSomeMinutesAndOnAnotherDay) {
    ask(7);
    until_answered();
    clock.advance(KpiDesk::kFreshMs);
    ask(7);
    until_answered();
    EXPECT_EQ(calls(), 2U);
    clock.advance(KpiDesk::kPauseMs);
    clock.jump_wall(86'400'000);
    ask(7);
    until_answered();
    EXPECT_EQ(calls(), 3U);
}

TEST_F(FiguresDesk, StartsOneAtATimeAndNotOneAfterTheOther) {
    ask(7);
    ask(8);
    ASSERT_EQ(codes.size(), 1U);
    EXPECT_EQ(codes[0], core::ErrorCode::Refused);
    until_answered();
    ask(8);
    EXPECT_EQ(codes.back(), core::ErrorCode::Refused) << "a pause after each";
    clock.advance(KpiDesk::kPauseMs);
    ask(8);
    until_answered();
    EXPECT_EQ(calls(), 2U);
}

TEST_F(FiguresDesk, KillsOneThatTakesTooLong) {
    says("exec sleep 1000");
    ask(7);
    clock.advance(60'000);
    until_answered();
    EXPECT_EQ(codes[0], core::ErrorCode::Timeout);
}

TEST_F(FiguresDesk, KnowsNothingRecordedFromTroubleAndBelievesNoHalfAnswer) {
    const std::pair<const char*, core::ErrorCode> ways[] = {
        {"exit 69", core::ErrorCode::NotFound},
        {"exit 1", core::ErrorCode::Unavailable},
        {"printf '{\"schema\":'", core::ErrorCode::Unavailable},
        {"true", core::ErrorCode::Unavailable},
        {"printf '{'; head -c 1100000 /dev/zero; printf '}'", core::ErrorCode::Unavailable}};
    for (const auto& [script, code] : ways) {
        says(script);
        ask(7);
        until_answered();
        EXPECT_EQ(codes.back(), code) << script;
        clock.advance(KpiDesk::kPauseMs);
    }
    KpiDesk without{io, clock, "", folder.path().string()};
    without.ask(7, [&](const core::Result<std::string>& answer) {
        EXPECT_EQ(answer.error().code, core::ErrorCode::Unavailable);
    });
}

TEST_F(FiguresDesk, KeepsAFewRangesOnly) {
    for (int days = 1; days <= static_cast<int>(KpiDesk::kMostKept) + 1; ++days) {
        ask(days);
        until_answered();
        clock.advance(KpiDesk::kPauseMs);
    }
    const std::size_t before = calls();
    ask(static_cast<int>(KpiDesk::kMostKept) + 1);
    EXPECT_EQ(calls(), before);
    ask(1);
    until_answered();
    EXPECT_EQ(calls(), before + 1);
}

}  // namespace
