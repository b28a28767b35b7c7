#include "store/sqlite_journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "store/test_bench.hpp"

using namespace bitgrid;
using namespace bitgrid::store;
using testing::HasSubstr;

namespace {

/// Lets this process write no file beyond `bytes`, as a full disk would, until it goes.
class FullDisk {
public:
    explicit FullDisk(rlim_t bytes) {
        signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
    ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

private:
    rlimit before_{};
};

TEST(SqliteJournal, WritesABatchAndSaysWhereItStands) {
    const TempFolder folder;
    Bench bench{folder.path()};
    const auto first = bench.write({decision(1, "a"), note("x")});
    const auto second = bench.write({note("y")});
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->sequence, 2);
    EXPECT_EQ(second->sequence, 3);
    EXPECT_NE(first->hash, second->hash);
    EXPECT_EQ(verify(folder.database()).value().head, second->hash);
}

TEST(SqliteJournal, OwesNothingToWhoDoesNotAsk) {
    const TempFolder folder;
    Bench bench{folder.path()};
    bench.journal->append({decision(1, "a")}, {}, nullptr);
    EXPECT_EQ(bench.journal->under_way(), 0u);
    EXPECT_EQ(bench.write({note("x")})->sequence, 2) << "it is written all the same";
    bench.journal->stop();
    bench.journal->append({note("y")}, {}, nullptr);
    EXPECT_EQ(bench.journal->under_way(), 0u);
}

TEST(SqliteJournal, RestoresWhatTheRunBeforeLeft) {
    const TempFolder folder;
    std::string head;
    {
        Bench bench{folder.path()};
        EXPECT_FALSE(bench.journal->restored().checkpoint) << "a new journal remembers nothing";
        ports::Checkpoint checkpoint;
        checkpoint.last_block = 41;
        ASSERT_TRUE(bench.write({decision(42, "a")}, checkpoint));
    }
    {
        Bench bench{folder.path()};
        const Restored& restored = bench.journal->restored();
        ASSERT_TRUE(restored.checkpoint);
        EXPECT_EQ(restored.checkpoint->last_block, 42) << "the newest decided block counts";
        EXPECT_FALSE(restored.was_clean());
        EXPECT_EQ(restored.last_sequence, 1);
        ports::Checkpoint checkpoint;
        checkpoint.is_stopped = true;
        head = bench.write({note("bye")}, checkpoint).value().hash;
    }
    Bench bench{folder.path()};
    EXPECT_TRUE(bench.journal->restored().was_clean());
    EXPECT_EQ(bench.journal->restored().head, head);
    EXPECT_EQ(bench.journal->restored().warning, "");
}

TEST(SqliteJournal, EmptiesTheWalWhenItStops) {
    const TempFolder folder;
    {
        Bench bench{folder.path()};
        ASSERT_TRUE(bench.write({note("x")}));
        EXPECT_TRUE(std::filesystem::exists(folder.database() + "-wal"));
    }
    EXPECT_FALSE(std::filesystem::exists(folder.database() + "-wal"));
}

TEST(SqliteJournal, DecidesNoBlockTwice) {
    const TempFolder folder;
    Bench bench{folder.path()};
    ASSERT_TRUE(bench.write({decision(7, "a")}));
    const auto again = bench.write({decision(7, "b"), note("with it")});
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, core::ErrorCode::Refused);
    EXPECT_THAT(again.error().what, HasSubstr("block 7 of load miner was decided before"));
    EXPECT_TRUE(bench.write({decision(7, "c", "heater")})) << "another load is another decision";
    EXPECT_EQ(bench.write({decision(8, "d")}).value().sequence, 3)
        << "nothing of the refused batch";
    EXPECT_TRUE(verify(folder.database()));
}

TEST(SqliteJournal, OneRefusedBatchHarmsNoneOfThoseWrittenWithIt) {
    const TempFolder folder;
    Bench bench{folder.path()};
    for (const char* id : {"a", "b", "b", "c"}) bench.append({decision(id[0], id)});
    ASSERT_TRUE(bench.loop.run_until([&] { return bench.results.size() == 4; }));
    EXPECT_TRUE(bench.results[1]);
    EXPECT_FALSE(bench.results[2]);
    EXPECT_EQ(bench.results[3].value().sequence, 3);
}

TEST(SqliteJournal, AnswersAtOnceOnAFullDiskAndWritesAllInOrderWhenThereIsRoom) {
    const TempFolder folder;
    Bench bench{folder.path()};
    ASSERT_TRUE(bench.write({decision(1, "a")}));
    {
        const FullDisk disk{4'096};
        for (int block = 2; block <= 20; ++block) {
            const auto failed = bench.write({decision(block, "id" + std::to_string(block))});
            ASSERT_FALSE(failed);
            EXPECT_EQ(failed.error().code, core::ErrorCode::Unavailable);
        }
        EXPECT_TRUE(bench.health.is(ports::Condition::Error));
    }
    ASSERT_TRUE(bench.loop.run_until([&] { return bench.health.is(ports::Condition::Ok); }));
    EXPECT_EQ(bench.write({decision(21, "last")}).value().sequence, 21);
    EXPECT_TRUE(verify(folder.database()));
}

TEST(SqliteJournal, WaitsForAnotherWriterWithoutLosingAnything) {
    const TempFolder folder;
    Bench bench{folder.path()};
    auto other = Database::open(folder.database(), Database::Access::Write);
    ASSERT_TRUE(other && other->execute("BEGIN IMMEDIATE"));
    const auto failed = bench.write({decision(1, "a")});
    ASSERT_FALSE(failed);
    EXPECT_THAT(failed.error().what, HasSubstr("locked"));
    ASSERT_TRUE(other->execute("COMMIT"));
    ASSERT_TRUE(bench.loop.run_until([&] { return bench.health.is(ports::Condition::Ok); }));
    EXPECT_EQ(bench.write({decision(2, "b")}).value().sequence, 2);
}

TEST(SqliteJournal, NoticesThatItsFileWasTakenAwayAndGoesOnWhenItIsBack) {
    const TempFolder folder;
    Bench bench{folder.path()};
    ASSERT_TRUE(bench.write({decision(1, "a")}));
    std::filesystem::rename(folder.database(), folder.database() + ".away");
    EXPECT_FALSE(bench.write({decision(2, "b")}));
    std::filesystem::rename(folder.database() + ".away", folder.database());
    ASSERT_TRUE(bench.loop.run_until([&] { return bench.health.is(ports::Condition::Ok); }));
    EXPECT_EQ(bench.write({decision(3, "c")}).value().sequence, 3);
}

TEST(SqliteJournal, KeepsDecisionsAndReportsWhatGaveWayWhenItsQueueIsFull) {
    const TempFolder folder;
    {
        Bench bench{folder.path(), 100};
        const auto disk = std::make_unique<FullDisk>(4'096);
        ASSERT_FALSE(bench.write({health_note(1)}));
        for (int i = 0; i < 150; ++i) bench.append({health_note(i)});
        for (int i = 0; i < 50; ++i) bench.append({decision(i, "id" + std::to_string(i))});
        ASSERT_TRUE(bench.loop.run_until([&] { return bench.journal->under_way() == 0; }));
        EXPECT_THAT(bench.health.reports.back().second, HasSubstr("gave way"));
    }
    auto database = Database::open(folder.database(), Database::Access::Read);
    ASSERT_TRUE(database);
    EXPECT_EQ(database->number("SELECT count(*) FROM journal WHERE load_id = 'miner'").value(), 50);
    EXPECT_EQ(database->number("SELECT count(*) FROM journal").value(), 100);
}

TEST(SqliteJournal, SaysHowManyEventsItCouldNotWriteAtTheEnd) {
    const TempFolder folder;
    Bench bench{folder.path()};
    const FullDisk disk{4'096};
    EXPECT_FALSE(bench.write({decision(1, "a"), note("x")}));
    EXPECT_EQ(bench.journal->stop(50), 2u);
    EXPECT_FALSE(bench.write({note("too late")}));
}

TEST(SqliteJournal, SetsAChangedJournalAsideAndSaysThatItsMemoryIsLost) {
    for (const char* const change :
         {"UPDATE journal SET body = '{}'", "UPDATE journal SET block_id = 9",
          "UPDATE checkpoint SET body = replace(body, 'FULL', 'SEMI')",
          "UPDATE checkpoint SET seq = 0", "DELETE FROM checkpoint", "DELETE FROM journal",
          "DELETE FROM chain", "UPDATE chain SET last_seq = 0", "DROP TABLE chain",
          "DROP TABLE journal", "PRAGMA application_id=1"}) {
        const TempFolder folder;
        {
            Bench bench{folder.path()};
            ASSERT_TRUE(bench.write({decision(1, "a")}));
        }
        {
            auto database = Database::open(folder.database(), Database::Access::Write);
            ASSERT_TRUE(database && database->execute(change));
        }
        Bench bench{folder.path()};
        const Restored& restored = bench.journal->restored();
        EXPECT_THAT(restored.warning, HasSubstr("bitgrid.sqlite.damaged-1")) << change;
        EXPECT_TRUE(restored.is_memory_lost) << change;
        EXPECT_FALSE(restored.checkpoint);
        EXPECT_TRUE(std::filesystem::exists(folder.database() + ".damaged-1")) << "kept";
        EXPECT_EQ(bench.write({note("anew")}).value().sequence, 1);
        EXPECT_EQ(bench.health.reports.back().first, ports::Condition::Warn);
    }
}

TEST(SqliteJournal, KeepsEveryKindOfEventAndFindsItWhole) {
    const TempFolder folder;
    Bench bench{folder.path()};
    const core::Override wish{core::OverrideAction::Limit, core::Watts{800}, false, {9}, {}};
    ASSERT_TRUE(bench.write(
        {decision(1, "a"),
         {{1},
          core::DeadbandActivated{"miner", core::Code::Noop_R5_DEADBAND_ACTIVE,
                                  core::Code::Stop_R1_INSUFFICIENT_SURPLUS}},
         {{2}, core::SafetyTripped{"miner", core::Code::Stop_R3_OVERTEMP, {}, {}}},
         {{3}, core::SafetyCleared{"miner", core::LockoutReason::Overtemp}},
         {{4}, core::OverrideSet{"o", "miner", wish, "mqtt"}},
         {{5}, core::OverrideEnded{"o", "miner", core::OverrideEnd::Expired, ""}},
         {{6}, core::OverrideEnded{"o", "miner", core::OverrideEnd::Beaten, "STOP_R3_OVERTEMP"}},
         {{7}, core::OverrideRejected{"miner", "REJECTED_R3_OVERTEMP", "mqtt", {}}},
         {{8},
          core::CommandReported{core::CommandState::Failed, "c", "miner", core::kOff, 3, "\xff"}},
         {{9}, core::EnergyPathDecided{1, {}}},
         health_note(10),
         {{11}, core::ConfigLoaded{"v", "{}"}},
         {{12}, core::Started{"0.1.0", "v", true}}}));
    const auto chain = verify(folder.database());
    ASSERT_TRUE(chain) << chain.error().what;
    EXPECT_EQ(chain->rows, 13);
}

TEST(SqliteJournal, RestoresWhatTheRulesRemember) {
    const TempFolder folder;
    ports::Checkpoint checkpoint;
    checkpoint.memory.autonomy = core::AutonomyLevel::Semi;
    checkpoint.memory.loads.push_back({});
    checkpoint.memory.loads[0].target = {core::Level::Limited, core::Watts{800.5}};
    checkpoint.memory.loads[0].lockout =
        core::Lockout{core::LockoutReason::Overtemp, {42}, true, false};
    checkpoint.memory.loads[0].wish =
        core::Override{core::OverrideAction::Start, {}, true, {43}, core::kEco};
    checkpoint.load_ids = {"miner"};
    checkpoint.override_ids = {"o1"};
    checkpoint.actors = {"token:phone"};
    {
        Bench bench{folder.path()};
        ASSERT_TRUE(bench.write({note("x")}, checkpoint));
    }
    Bench bench{folder.path()};
    const auto& restored = bench.journal->restored().checkpoint;
    ASSERT_TRUE(restored) << bench.journal->restored().warning;
    EXPECT_EQ(restored->memory, checkpoint.memory);
    EXPECT_EQ(restored->load_ids, checkpoint.load_ids);
    EXPECT_EQ(restored->override_ids, checkpoint.override_ids);
    EXPECT_EQ(restored->actors, checkpoint.actors);
}

}  // namespace
