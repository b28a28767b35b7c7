#include "store/chain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "store/test_bench.hpp"

using namespace bitgrid;
using namespace bitgrid::store;
using testing::HasSubstr;

namespace {

class ChainTest : public testing::Test {
protected:
    void SetUp() override {
        Bench bench{folder_.path()};
        for (int i = 1; i <= 5; ++i)
            ASSERT_TRUE(bench.write({decision(i, "id" + std::to_string(i)), note("n")}));
    }
    void tamper(const std::string& sql) {
        auto database = Database::open(folder_.database(), Database::Access::Write);
        ASSERT_TRUE(database);
        const auto done = database->execute(sql);
        ASSERT_TRUE(done) << done.error().what;
    }
    std::string complaint() {
        const auto chain = verify(folder_.database());
        return chain ? "" : chain.error().what;
    }
    TempFolder folder_;
};

TEST_F(ChainTest, IsWholeAsItWasWritten) {
    const auto chain = verify(folder_.database());
    ASSERT_TRUE(chain) << chain.error().what;
    EXPECT_EQ(chain->first_sequence, 1);
    EXPECT_EQ(chain->last_sequence, 10);
    EXPECT_EQ(chain->rows, 10);
    EXPECT_EQ(chain->head.size(), 64u);
}

TEST_F(ChainTest, NamesTheRowWhoseTextWasChanged) {
    tamper("UPDATE journal SET body = replace(body, 'miner', 'heater') WHERE seq = 7");
    EXPECT_EQ(complaint(), "journal row 7: its text does not match its hash");
}

TEST_F(ChainTest, NamesTheRowThatWasRehashedWithoutItsFollowers) {
    tamper("UPDATE journal SET hash = zeroblob(32) WHERE seq = 3");
    EXPECT_EQ(complaint(), "journal row 3: its text does not match its hash");
}

TEST_F(ChainTest, NamesTheRowThatWasRemoved) {
    tamper("DELETE FROM journal WHERE seq = 4");
    EXPECT_EQ(complaint(), "journal row 4: is missing");
}

TEST_F(ChainTest, NamesRowsThatWereSwapped) {
    tamper(
        "UPDATE journal SET seq = 100 WHERE seq = 2; UPDATE journal SET seq = 2 WHERE seq = 3;"
        "UPDATE journal SET seq = 3 WHERE seq = 100");
    EXPECT_EQ(complaint(), "journal row 2: does not follow the row before it");
}

TEST_F(ChainTest, MissesRowsThatWereCutOffAtTheEnd) {
    tamper("DELETE FROM journal WHERE seq > 8");
    EXPECT_EQ(complaint(), "journal row 9: is missing at the end");
}

TEST_F(ChainTest, NamesARowThatWasAddedAtTheEnd) {
    tamper(
        "INSERT INTO journal SELECT 11, time_ms, type, NULL, NULL, NULL, NULL, NULL, body, hash,"
        " hash FROM journal WHERE seq = 10");
    EXPECT_EQ(complaint(), "journal row 11: its text does not match its hash");
}

TEST_F(ChainTest, NamesARowWhoseColumnsTellAnotherStoryThanItsText) {
    tamper("UPDATE journal SET code = 'START_R1_SURPLUS_OK' WHERE seq = 5");
    EXPECT_EQ(complaint(), "journal row 5: its columns do not match its text");
}

TEST_F(ChainTest, NamesARowThatWasDatedAnew) {
    tamper("UPDATE journal SET time_ms = time_ms + 1 WHERE seq = 2");
    EXPECT_EQ(complaint(), "journal row 2: its columns do not match its text");
}

TEST_F(ChainTest, BeginsLaterOnceRowsWereArchived) {
    {
        auto database = Database::open(folder_.database(), Database::Access::Write);
        ASSERT_TRUE(database);
        ASSERT_TRUE(prune(*database, 6));
        EXPECT_FALSE(prune(*database, 6)) << "row 6 is gone already";
    }
    const auto chain = verify(folder_.database());
    ASSERT_TRUE(chain) << chain.error().what;
    EXPECT_EQ(chain->first_sequence, 7);
    EXPECT_EQ(chain->last_sequence, 10);
}

TEST_F(ChainTest, GrowsOnAfterRowsWereArchived) {
    {
        auto database = Database::open(folder_.database(), Database::Access::Write);
        ASSERT_TRUE(database && prune(*database, 10));
    }
    {
        Bench bench{folder_.path()};
        EXPECT_EQ(bench.journal->restored().warning, "");
        const auto receipt = bench.write({note("later")});
        ASSERT_TRUE(receipt);
        EXPECT_EQ(receipt->sequence, 11);
    }
    EXPECT_EQ(complaint(), "");
}

TEST_F(ChainTest, EveryFlippedByteOfTheTextsIsFound) {
    std::string bytes;
    {
        std::ifstream file{folder_.database(), std::ios::binary};
        bytes.assign(std::istreambuf_iterator<char>{file}, {});
    }
    const std::size_t begin = bytes.find("INSUFFICIENT_SURPLUS");
    ASSERT_NE(begin, std::string::npos);
    for (std::size_t at = begin; at < begin + 40; ++at) {
        std::string flipped = bytes;
        flipped[at] = static_cast<char>(flipped[at] ^ 1);
        std::ofstream{folder_.database(), std::ios::binary | std::ios::trunc} << flipped;
        EXPECT_THAT(complaint(), HasSubstr("journal row")) << "byte " << at;
    }
}

TEST(Chain, RefusesAFileThatIsNoJournal) {
    TempFolder folder;
    std::ofstream{folder.database()} << "this is not a database, but long enough to look like one";
    EXPECT_FALSE(verify(folder.database()));
    EXPECT_FALSE(verify(folder.path() + "/absent.sqlite"));
}

}  // namespace
