#include "app/backup_runner.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <fstream>
#include <sstream>

#include "net/manual_clock.hpp"
#include "ops/scratch_folder.hpp"

using namespace bitgrid;
using namespace bitgrid::app;
using testing::HasSubstr;

namespace {

constexpr core::UnixTime kRunnerNow{1'781'517'600'000};

struct RunnerHealth final : ports::HealthSink {
    void health(std::string_view, ports::Condition, std::string_view) override {}
    void coded(std::string_view part, ports::Condition level, std::string_view word,
               std::string_view words) override {
        EXPECT_EQ(part, "restore_test");
        condition = level;
        code = word;
        reason = words;
    }
    void rejected(std::string_view, const core::Error&) override {}
    std::optional<ports::Condition> condition;
    std::string code, reason;
};

/// With a program in the place of `bitgrid` that writes down how it was called.
class Runner : public testing::Test {
protected:
    Runner() {
        says("");
        leave_backup(kRunnerNow);
    }
    void says(const std::string& script) const {
        const auto path = folder.write(
            "program", "#!/bin/sh\necho \"$@\" >>\"$(dirname \"$0\")/called\"\n" + script);
        ::chmod(path.c_str(), 0755);
    }
    void leave_backup(core::UnixTime made, bool is_in_folder = true) const {
        wire::BackupNote note{made, made, made, "/nas", ""};
        if (is_in_folder)
            note.again = wire::BackupAgain{"/nas", "/etc/bitgrid", 7, {"age1abc"}, ""};
        folder.write("backup.json", wire::backup_json(note).dump());
    }
    void leave_test(core::UnixTime time, const std::string& trouble) const {
        folder.write("restore_test.json",
                     wire::restore_test_json({time, "/nas/bitgrid-x", 5, trouble}).dump());
    }
    void until_called(const std::string& lines) {
        for (int i = 0; i < 6'000 && called() != lines; ++i) {
            io.restart();
            io.run_one_for(std::chrono::milliseconds{10});
        }
        EXPECT_EQ(called(), lines);
        // And until its end was heard.
        io.restart();
        io.run_one_for(std::chrono::seconds{60});
    }
    std::string called() const {
        std::ostringstream text;
        text << std::ifstream{folder.path() / "called"}.rdbuf();
        return text.str();
    }
    std::string verify() const { return "backup verify --data " + data() + "\n"; }
    std::string again() const { return "backup --again --data " + data() + "\n"; }
    std::string data() const { return folder.path().string(); }

    ops::ScratchFolder folder;
    boost::asio::io_context io;
    net::ManualClock clock{kRunnerNow};
    RunnerHealth heard;
    BackupRunner runner{{io, clock, heard}, (folder.path() / "program").string(), data()};
};

constexpr std::int64_t kRunnerMinute = 60'000;

TEST_F(Runner, HasTheNewestBackupTriedOnceAWeek) {
    says("echo '" +
         wire::restore_test_json({kRunnerNow + kRunnerMinute, "/nas/bitgrid-x", 5, ""}).dump() +
         "' >\"$4/restore_test.json\"\n");
    runner.start();
    clock.advance(kRunnerMinute);
    until_called(verify());
    EXPECT_EQ(heard.condition, ports::Condition::Ok);
    EXPECT_THAT(heard.reason, HasSubstr("bitgrid-x was restored"));
    leave_backup(kRunnerNow + 2 * kRunnerMinute);
    clock.advance(BackupRunner::kWeekMs - 20 * kRunnerMinute);
    EXPECT_EQ(called(), verify()) << "again within a week";
    clock.advance(40 * kRunnerMinute);
    until_called(verify() + verify());
}

TEST_F(Runner, SaysInHealthThatATestFailedAndTriesTheNextBackupADayLater) {
    says("echo '" +
         wire::restore_test_json({kRunnerNow + kRunnerMinute, "/nas/bitgrid-x", 5, "cut"}).dump() +
         "' >\"$4/restore_test.json\"\nexit 1\n");
    runner.start();
    clock.advance(kRunnerMinute);
    until_called(verify());
    EXPECT_EQ(heard.condition, ports::Condition::Warn);
    EXPECT_EQ(heard.code, "RESTORE_FAILED");
    EXPECT_THAT(heard.reason, HasSubstr("cut"));
    leave_backup(kRunnerNow + 2 * kRunnerMinute);
    clock.advance(BackupRunner::kDayMs + 20 * kRunnerMinute);
    until_called(verify() + verify());
}

TEST_F(Runner, RemembersAFailureOverARestart) {
    leave_test(kRunnerNow, "cut");
    runner.start();
    EXPECT_EQ(heard.condition, ports::Condition::Warn);
}

TEST_F(Runner, SaysThatATestLeftNothing) {
    says("exit 3\n");
    runner.start();
    clock.advance(kRunnerMinute);
    until_called(verify());
    EXPECT_EQ(heard.code, "RESTORE_FAILED");
    EXPECT_THAT(heard.reason, HasSubstr("ended with 3"));
}

TEST_F(Runner, DoesNothingWhereNobodyMakesBackupsThatItCouldMake) {
    leave_backup(kRunnerNow, false);
    runner.start();
    runner.config_changed();
    clock.advance(BackupRunner::kWeekMs);
    EXPECT_EQ(heard.condition, std::nullopt);
    EXPECT_EQ(called(), "");
}

TEST_F(Runner, HasABackupMadeOnceAChangeHasSettledAndAtMostOneInAWhile) {
    leave_test(kRunnerNow, "");
    runner.start();
    clock.advance(2 * kRunnerMinute);
    runner.config_changed();
    clock.advance(BackupRunner::kSettleMs - 1'000);
    runner.config_changed();
    clock.advance(BackupRunner::kSettleMs - 1'000);
    EXPECT_EQ(called(), "") << "while it still changed";
    clock.advance(1'000);
    until_called(again());
    runner.config_changed();
    clock.advance(BackupRunner::kPauseMs - BackupRunner::kSettleMs - kRunnerMinute);
    EXPECT_EQ(called(), again()) << "the second came too soon";
    clock.advance(2 * BackupRunner::kPauseMs);
    until_called(again() + again());
    clock.advance(BackupRunner::kDayMs);
    EXPECT_EQ(called(), again() + again()) << "of a change that is in it already";
}

TEST_F(Runner, RestsWhileTheHostLivesOnItsBatteryAndMakesUpForIt) {
    leave_test(kRunnerNow, "");
    runner.start();
    runner.rest(true);
    runner.config_changed();
    clock.advance(2 * BackupRunner::kPauseMs);
    EXPECT_EQ(called(), "");
    runner.rest(false);
    clock.advance(2 * BackupRunner::kPauseMs);
    until_called(again());
}

TEST_F(Runner, TellsWhatRunsToEndAndDoesItAgain) {
    leave_test(kRunnerNow, "");
    says("exec sleep 600\n");
    runner.start();
    runner.config_changed();
    clock.advance(kRunnerMinute);
    for (int i = 0; i < 6'000 && called().empty(); ++i) {
        io.restart();
        io.run_one_for(std::chrono::milliseconds{10});
    }
    ASSERT_EQ(called(), again());
    runner.rest(true);
    io.restart();
    ASSERT_GT(io.run_one_for(std::chrono::seconds{60}), 0U) << "it went on";
    says("");
    runner.rest(false);
    clock.advance(3 * BackupRunner::kPauseMs);
    until_called(again() + again());
}

}  // namespace
