#include "store/live_copy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>

#include "store/schema.hpp"
#include "store/test_bench.hpp"

using namespace bitgrid;
using namespace bitgrid::store;
using testing::HasSubstr;

namespace {

void change(const std::string& path, const std::string& sql) {
    auto database = Database::open(path, Database::Access::WriteExisting);
    ASSERT_TRUE(database);
    const auto done = database->execute(sql);
    ASSERT_TRUE(done) << done.error().what;
}

TEST(LiveCopy, IsWholeWhileTheJournalIsWrittenTo) {
    const TempFolder folder;
    const TempFolder copies;
    Bench bench{folder.path()};
    ASSERT_TRUE(bench.write({note("first")}));
    std::atomic<bool> is_over{false};
    std::vector<CopiedJournal> found;
    std::thread copier{[&] {
        for (int i = 0; i < 10; ++i) {
            auto copied = copy_live(folder.database(), copies.path() + "/" + std::to_string(i));
            if (!copied) ADD_FAILURE() << copied.error().what;
            else found.push_back(std::move(*copied));
        }
        is_over = true;
    }};
    std::int64_t written = 1;
    while (!is_over) {
        const auto receipt = bench.write({note("x"), note(std::string(1'000, 'y'))});
        ASSERT_TRUE(receipt);
        written = receipt->sequence;
    }
    copier.join();
    ASSERT_EQ(found.size(), 10U);
    for (std::size_t i = 1; i < found.size(); ++i)
        EXPECT_GE(found[i].chain.last_sequence, found[i - 1].chain.last_sequence);
    EXPECT_GT(found.back().chain.last_sequence, found.front().chain.last_sequence)
        << "nothing was written meanwhile";
    EXPECT_LE(found.back().chain.last_sequence, written);
}

TEST(LiveCopy, OpensAsTheJournalThatItWas) {
    const TempFolder folder;
    const TempFolder other;
    std::string head;
    {
        Bench bench{folder.path()};
        ports::Checkpoint checkpoint;
        checkpoint.last_block = 77;
        head = bench.write({decision(1, "a")}, checkpoint)->hash;
        ASSERT_TRUE(copy_live(folder.database(), other.database()));
    }
    Bench bench{other.path()};
    EXPECT_EQ(bench.journal->restored().head, head);
    ASSERT_TRUE(bench.journal->restored().checkpoint);
    EXPECT_EQ(bench.journal->restored().checkpoint->last_block, 77);
}

TEST(LiveCopy, LeavesNothingWhereItFails) {
    const TempFolder folder;
    const auto none = copy_live(folder.database(), folder.path() + "/copy");
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().what, HasSubstr("no journal"));
    { Bench bench{folder.path()}; }
    const auto nowhere = copy_live(folder.database(), folder.path() + "/none/copy");
    EXPECT_FALSE(nowhere);
    std::ofstream{folder.path() + "/copy"} << "mine";
    EXPECT_FALSE(copy_live(folder.database(), folder.path() + "/copy"));
    EXPECT_TRUE(std::filesystem::exists(folder.path() + "/copy")) << "what was there stays";
}

TEST(LiveCopy, RefusesWhatIsDamagedNewerForeignOrMeansHarm) {
    const TempFolder folder;
    {
        Bench bench{folder.path()};
        ASSERT_TRUE(bench.write({note("a"), note("b")}));
        bench.journal->stop();
    }
    int number = 0;
    const auto after = [&](const std::string& sql) {
        const std::string path = folder.path() + "/" + std::to_string(number++);
        EXPECT_TRUE(copy_live(folder.database(), path));
        change(path, sql);
        const auto found = check_copy(path);
        EXPECT_FALSE(found) << sql;
        return found ? core::Error{core::ErrorCode::NotFound, ""} : found.error();
    };
    EXPECT_EQ(after("UPDATE journal SET body = replace(body, 'b', 'c') WHERE seq = 2").code,
              core::ErrorCode::Damaged);
    EXPECT_EQ(after("DELETE FROM journal WHERE seq = 2").code, core::ErrorCode::Damaged);
    EXPECT_EQ(after("UPDATE checkpoint SET body = body || ' '").code, core::ErrorCode::Damaged);
    EXPECT_EQ(after("DELETE FROM checkpoint").code, core::ErrorCode::Damaged);
    EXPECT_EQ(after("PRAGMA user_version=99").code, core::ErrorCode::Refused);
    EXPECT_EQ(after("DROP TABLE journal; DROP TABLE chain; PRAGMA application_id=7").code,
              core::ErrorCode::Refused);
    const auto endless = after(
        "CREATE TABLE kept AS SELECT * FROM journal; DROP TABLE journal;"
        "CREATE VIEW journal AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n)"
        " SELECT kept.* FROM kept, n");
    EXPECT_THAT(endless.what, HasSubstr("more than the tables"));
}

}  // namespace
