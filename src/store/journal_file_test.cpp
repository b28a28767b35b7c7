#include "store/journal_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <future>

#include "store/testing_scribe.hpp"
#include "store/testing_storage.hpp"

using namespace bitgrid;
using namespace bitgrid::store;
using testing::HasSubstr;

namespace {

/// A disk with as much room as the test says.
struct Room final : Files {
    std::int64_t bytes{1'000'000'000};
    std::int64_t usable{2'000'000'000};
    std::optional<std::int64_t> free_bytes(const std::string&) override { return bytes; }
    std::optional<std::int64_t> usable_bytes(const std::string&) override { return usable; }
};

std::string read_whole(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

TEST(DiskWatch, WarnsWhileThereIsStillTime) {
    const TempFolder folder;
    Room room;
    DiskWatch disk{folder.path(), room, {0, 500'000'000, 0}};
    EXPECT_EQ(disk.look(), "");
    room.bytes = 312'000'000;
    EXPECT_THAT(disk.look(), HasSubstr("only 312 MB free"));
    room.bytes = 500'000'000;
    EXPECT_EQ(disk.look(), "");
}

TEST(DiskWatch, WarnsBelowAFifthOfTheDisk) {
    const TempFolder folder;
    Room room;
    room.usable = 100'000'000'000;
    room.bytes = 20'000'000'000;
    DiskWatch disk{folder.path(), room, {0.20, 500'000'000, 0}};
    EXPECT_EQ(disk.look(), "");
    room.bytes = 19'900'000'000;
    EXPECT_THAT(disk.look(), HasSubstr("only 19 % (19900 MB) free"));
    EXPECT_THAT(disk.look(), HasSubstr("(wanted: 20 %)"));
    room.bytes = 400'000'000;
    EXPECT_THAT(disk.look(), HasSubstr("only 400 MB free"));
    DiskWatch never{folder.path(), room, {0, 0, 0}};
    EXPECT_EQ(never.look(), "");
    room.usable = 0;  // nobody knows
    room.bytes = 600'000'000;
    EXPECT_EQ(disk.look(), "");
}

TEST(DiskWatch, AsksTheRealDiskAsDfDoes) {
    const TempFolder folder;
    const auto free = real_files().free_bytes(folder.path());
    const auto usable = real_files().usable_bytes(folder.path());
    ASSERT_TRUE(free && usable);
    EXPECT_GT(*usable, 0);
    EXPECT_LE(*free, *usable);
    EXPECT_EQ(real_files().usable_bytes("/nowhere/at/all"), std::nullopt);
}

TEST(DiskWatch, GivesItsReserveOnceAndMakesANewOneWhenThereIsRoom) {
    const TempFolder folder;
    Room room;
    const std::string reserve = folder.path() + "/bitgrid.reserve";
    DiskWatch disk{folder.path(), room, {0, 0, 100'000}};
    EXPECT_EQ(disk.look(), "");
    EXPECT_EQ(std::filesystem::file_size(reserve), 100'000u);
    EXPECT_TRUE(disk.give_up_reserve());
    EXPECT_FALSE(disk.give_up_reserve());
    EXPECT_FALSE(std::filesystem::exists(reserve));
    room.bytes = 150'000;
    EXPECT_THAT(disk.look(), HasSubstr("only what matters"));
    EXPECT_TRUE(disk.is_short());
    room.bytes = 250'000;
    EXPECT_EQ(disk.look(), "");
    EXPECT_FALSE(disk.is_short());
    EXPECT_TRUE(std::filesystem::exists(reserve));
}

TEST(JournalFile, GetsTheReserveBackOnAFullDisk) {
    const TempFolder folder{memory_folder()};
    Storage storage;
    Scribe scribe{folder.path(), storage.files()};
    ASSERT_TRUE(scribe.open() && scribe.write_next());
    EXPECT_EQ(scribe.file().look_at_disk().reason, "");
    ASSERT_TRUE(std::filesystem::exists(folder.path() + "/bitgrid.reserve"));
    storage.fail(1, Storage::Fault::Full, false);
    EXPECT_FALSE(scribe.write_next());
    EXPECT_FALSE(std::filesystem::exists(folder.path() + "/bitgrid.reserve"));
    EXPECT_TRUE(scribe.file().is_short());
    EXPECT_TRUE(scribe.write_waiting()) << scribe.error();
    EXPECT_EQ(scribe.file().look_at_disk().reason, "") << "there is room again";
    EXPECT_FALSE(scribe.file().is_short());
}

TEST(JournalFile, NeverLetsAReaderGrowItsLogWithoutBound) {
    const TempFolder folder{memory_folder()};
    Scribe scribe{folder.path(), real_files()};
    ASSERT_TRUE(scribe.open() && scribe.write_next());
    auto reader = Database::open(folder.database(), Database::Access::Read);
    ASSERT_TRUE(reader && reader->execute("BEGIN") && reader->number("SELECT last_seq FROM chain"));
    bool is_warned = false;
    for (int i = 0; i < 1'000 && scribe.write_next(); ++i)
        is_warned = is_warned || !scribe.file().warning().reason.empty();
    EXPECT_TRUE(is_warned);
    EXPECT_THAT(scribe.error(), HasSubstr("end that program"));
    const auto log = std::filesystem::file_size(folder.database() + "-wal");
    EXPECT_LT(log, (1u << 20) + 65'536);
    ASSERT_TRUE(reader->execute("COMMIT"));
    EXPECT_TRUE(scribe.write_waiting()) << scribe.error();
    EXPECT_TRUE(scribe.write_next());
    EXPECT_EQ(scribe.file().warning().reason, "");
    EXPECT_LE(std::filesystem::file_size(folder.database() + "-wal"), log) << "it begins anew";
    EXPECT_TRUE(holds(folder.path(), scribe.acknowledged()));
}

TEST(JournalFile, SetsADamagedFileAsideWhileItRunsAndWritesOnInANewOne) {
    const TempFolder folder{memory_folder()};
    Storage storage;
    Scribe scribe{folder.path(), storage.files()};
    ASSERT_TRUE(scribe.open() && scribe.write_next());
    ASSERT_TRUE(scribe.write_next());
    storage.fail(1, Storage::Fault::Error, false);
    ASSERT_FALSE(scribe.write_next());
    std::filesystem::remove(folder.database() + "-wal");
    std::ofstream{folder.database()} << std::string(20'000, '?');
    EXPECT_TRUE(scribe.write_waiting()) << scribe.error();
    EXPECT_THAT(scribe.file().warning().reason, HasSubstr("damaged-1"));
    EXPECT_EQ(std::filesystem::file_size(folder.database() + ".damaged-1"), 20'000u);
    const auto chain = verify(folder.database());
    ASSERT_TRUE(chain) << chain.error().what;
    EXPECT_EQ(chain->rows, 3) << "the batch that waited, and no other";
}

TEST(JournalFile, KnowsThatItsMemoryIsLostAlsoWhereSettingAsideWasInterrupted) {
    const TempFolder folder{memory_folder()};
    {
        Scribe scribe{folder.path(), real_files()};
        ASSERT_TRUE(scribe.open() && scribe.write_next());
        std::filesystem::copy(folder.database() + "-wal", folder.path() + "/log");
        std::filesystem::copy(folder.database(), folder.path() + "/file");
    }
    std::filesystem::remove(folder.database());
    std::filesystem::rename(folder.path() + "/log", folder.database() + "-wal");
    const std::string log = read_whole(folder.database() + "-wal");
    Scribe scribe{folder.path(), real_files()};
    ASSERT_TRUE(scribe.open()) << scribe.error();
    EXPECT_TRUE(scribe.file().restored().is_memory_lost);
    EXPECT_EQ(read_whole(folder.database() + ".damaged-1-wal"), log) << "kept";
}

TEST(JournalFile, OfANewerProgramIsNotTouched) {
    const TempFolder folder{memory_folder()};
    {
        Scribe scribe{folder.path(), real_files()};
        ASSERT_TRUE(scribe.open() && scribe.write_next());
        scribe.close();
        auto database = Database::open(folder.database(), Database::Access::Write);
        ASSERT_TRUE(database && database->execute("PRAGMA user_version=99"));
    }
    const std::string before = read_whole(folder.database());
    Scribe scribe{folder.path(), real_files()};
    EXPECT_FALSE(scribe.open());
    EXPECT_THAT(scribe.error(), HasSubstr("start a newer program"));
    EXPECT_EQ(read_whole(folder.database()), before);
}

TEST(SqliteJournal, KeepsNobodyWaitingForASlowDisk) {
    const TempFolder folder{memory_folder()};
    Storage storage;
    Bench bench{folder.path()};
    ASSERT_TRUE(bench.write({note("well")}));
    std::promise<void> begun;
    std::promise<void> ended;
    storage.before_sync = [&, is_first = true]() mutable {
        if (!std::exchange(is_first, false)) return;
        begun.set_value();
        ended.get_future().wait();
    };
    bench.append({decision(1, "a")});
    begun.get_future().wait();
    bench.append({decision(2, "b")});
    EXPECT_EQ(bench.results.size(), 1u) << "append() is back although the disk is not";
    ended.set_value();
    ASSERT_TRUE(bench.loop.run_until([&] { return bench.results.size() == 3; }));
    EXPECT_TRUE(bench.results[1] && bench.results[2]);
    bench.journal->stop();
}

}  // namespace
