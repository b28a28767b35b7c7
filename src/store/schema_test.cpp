#include "store/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/test_bench.hpp"

using namespace bitgrid;
using namespace bitgrid::store;
using testing::HasSubstr;

namespace {

Database open_file(const std::string& path) {
    auto database = Database::open(path, Database::Access::Write);
    EXPECT_TRUE(database);
    return std::move(*database);
}

TEST(Schema, MigratesAnOlderFileAndKeepsACopyOfIt) {
    const TempFolder folder;
    const char* const newer[] = {migrations()[0], migrations()[1],
                                 "ALTER TABLE checkpoint ADD COLUMN note TEXT"};
    {
        Database database = open_file(folder.database());
        ASSERT_TRUE(migrate(database, folder.database()));
        ASSERT_TRUE(database.execute("INSERT INTO checkpoint VALUES (1, 0, '{}', NULL)"));
    }
    Database database = open_file(folder.database());
    ASSERT_TRUE(migrate(database, folder.database(), newer));

    EXPECT_EQ(database.number("PRAGMA user_version").value(), 3);
    EXPECT_EQ(database.number("SELECT count(*) FROM checkpoint WHERE note IS NULL").value(), 1);
    Database copy = open_file(folder.database() + ".v2.backup");
    EXPECT_EQ(copy.number("PRAGMA user_version").value(), 2);
    EXPECT_EQ(copy.number("SELECT count(*) FROM checkpoint").value(), 1);
}

TEST(Schema, LeavesTheFileAsItWasWhereAStepFails) {
    const TempFolder folder;
    Database database = open_file(folder.database());
    ASSERT_TRUE(migrate(database, folder.database()));
    const char* const broken[] = {migrations()[0], migrations()[1], "CREATE TABLE half (x)",
                                  "CREATE NONSENSE"};

    EXPECT_FALSE(migrate(database, folder.database(), broken));

    EXPECT_EQ(database.number("PRAGMA user_version").value(), 2);
    EXPECT_EQ(database.number("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").value(), 0);
}

TEST(Schema, RefusesANewerFileWithClearWords) {
    const TempFolder folder;
    {
        Database database = open_file(folder.database());
        ASSERT_TRUE(migrate(database, folder.database()));
        ASSERT_TRUE(database.execute("PRAGMA user_version=99"));
    }
    Loop loop;
    const auto opened = SqliteJournal::open({folder.path()}, test_codec(), loop.post());
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, core::ErrorCode::Refused);
    EXPECT_THAT(opened.error().what,
                HasSubstr("has version 99, this program knows versions up to 2"));
}

TEST(Schema, RefusesAnotherProgramsFile) {
    const TempFolder folder;
    Database database = open_file(folder.database());
    ASSERT_TRUE(database.execute("CREATE TABLE foreign_table (x)"));
    const auto refused = migrate(database, folder.database());
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().what, HasSubstr("another program"));
}

}  // namespace
