#include "store/backup_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "store/test_bench.hpp"
#include "wire/backup_json.hpp"

using namespace bitgrid;
using namespace bitgrid::store;
using testing::HasSubstr;

namespace {

constexpr core::UnixTime kNow{1'781'517'600'000};
constexpr std::int64_t kHour = 3'600'000;

void leave(const std::string& folder, const wire::BackupNote& note) {
    std::ofstream{folder + "/backup.json"} << wire::backup_json(note).dump();
}

TEST(BackupWatch, IsSilentWhereNobodyEverMadeABackup) {
    const TempFolder folder;
    EXPECT_EQ(BackupWatch{folder.path()}.look(kNow), "");
}

TEST(BackupWatch, WarnsWhenTheNewestGoodOneIsOlderThanTwoDays) {
    const TempFolder folder;
    const BackupWatch watch{folder.path()};
    leave(folder.path(), {kNow + -1'000 * kHour, kNow + -47 * kHour, kNow, "/nas", "full"});
    EXPECT_EQ(watch.look(kNow), "") << "one failure is no reason yet";
    EXPECT_THAT(watch.look(kNow + 2 * kHour), HasSubstr("full"));
    leave(folder.path(), {kNow + -1'000 * kHour, kNow, kNow, "/nas", ""});
    EXPECT_EQ(watch.look(kNow + 2 * kHour), "") << "there is a new one";
}

TEST(BackupWatch, WarnsWhenTheFirstNeverSucceeds) {
    const TempFolder folder;
    leave(folder.path(), {kNow, {}, kNow, "/nas", "no such folder"});
    const BackupWatch watch{folder.path()};
    EXPECT_EQ(watch.look(kNow + 48 * kHour), "");
    EXPECT_THAT(watch.look(kNow + 49 * kHour), HasSubstr("no such folder"));
}

TEST(BackupWatch, BelievesNoNoteThatIsDamaged) {
    const TempFolder folder;
    std::ofstream{folder.path() + "/backup.json"} << R"({"since":"yesterday"})";
    EXPECT_THAT(BackupWatch{folder.path()}.look(kNow), HasSubstr("\"since\""));
}

TEST(BackupWatch, IsHeardInTheHealthOfTheJournal) {
    const TempFolder folder;
    leave(folder.path(), {{1}, {}, {1}, "/nas", "no such folder"});
    Bench bench{folder.path()};
    EXPECT_TRUE(bench.loop.run_until([&] { return !bench.health.backup.empty(); }));
    EXPECT_EQ(bench.health.backup.front().first, ports::Condition::Warn);
}

}  // namespace
