// The disk and what is on it: faults 21 to 34.
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>

#include <fstream>

#include "faults/harness/faults.hpp"

namespace bitgrid::faults {
namespace {

using fmt::format;

// The daemon in a mount namespace of its own, its data on a small file system that only it has.
std::vector<std::string> on_small_disk(const std::string& options) {
    return {"unshare",
            "-m",
            "--propagation",
            "private",
            "sh",
            "-c",
            "for w in \"$@\"; do [ \"$p\" != --data ] || d=$w; p=$w; done; "
            "mkdir -p \"$d\" && mount -t tmpfs -o " +
                options + " small \"$d\" && exec \"$@\"",
            "sh"};
}

bool may_unshare_mounts() {
    const ops::ScratchFolder folder;
    Child child{{{"unshare", "-m", "sh", "-c", "mount -t tmpfs small " + folder.path().string()},
                 folder.path(),
                 "try"}};
    return child.wait(10'000) == 0;
}

constexpr const char* kNoMounts =
    "this machine does not let us make a mount namespace (needs root or CAP_SYS_ADMIN)";

// Blocks may have passed before it could be written: each has its row.
bool is_stop_written(Home& home) {
    return home.until([&] { return home.journal("code = 'STOP_R3_OVERTEMP'") >= 1; }, 600)
        .has_value();
}

// The daemon's data folder as it sees it.
std::filesystem::path inside(Home& home) {
    return "/proc/" + std::to_string(home.daemon().pid()) + "/root" + home.data().string();
}

TEST_F(Faults, No21AFullDiskStopsNoStop) {
    if (!may_unshare_mounts()) NOT_INJECTABLE(kNoMounts);
    Home home{{.before_daemon = on_small_disk("size=2m")}};
    ASSERT_TRUE(home.runs());
    const auto filler = inside(home) / "filler";
    { std::ofstream{filler, std::ios::binary} << std::string(4'000'000, 'x'); }
    // Wishes make events, and events need room.
    const auto told = home.until(
        [&] {
            home.act("autonomy", {{"level", "SEMI"}});
            return home.health("database").first == "error";
        },
        300);
    ASSERT_TRUE(told);
    home.order("report miner.temp_c 96");
    const auto off = home.until([&] { return !home.is_on("miner"); }, 60);
    ASSERT_TRUE(off);
    std::filesystem::remove(filler);
    const auto back = home.until([&] { return home.health("database").first != "error"; }, 600);
    ASSERT_TRUE(back);
    saw("told: the disk is full; a stop for heat goes on; written when there is room",
        format("off {:.0f} s after the heat (polled every 10 s); whole again {:.0f} s after there "
               "was room",
               *off, *back));
}

TEST_F(Faults, No22WithoutInodesNothingIsLost) {
    if (!may_unshare_mounts()) NOT_INJECTABLE(kNoMounts);
    Home home{{.before_daemon = on_small_disk("size=64m,nr_inodes=12")}};
    ASSERT_TRUE(home.runs());
    int made = 0;
    while (std::ofstream{inside(home) / ("filler" + std::to_string(made))} && made < 100) ++made;
    home.order("report miner.temp_c 96");
    const auto off = home.until([&] { return !home.is_on("miner"); }, 60);
    ASSERT_TRUE(off);
    EXPECT_NE(home.health("database").first, "error") << "its files are there already";
    saw(format("no file can be made any more ({} could): the journal goes on in those that it has",
               made),
        format("off {:.0f} s after the heat (polled every 10 s)", *off));
}

TEST_F(Faults, No23AReadOnlyDiskIsToldAndStopsNoStop) {
    Home home{{.has_bad_disk = true}};
    ASSERT_TRUE(home.runs());
    home.disk({.write_error = EROFS});
    home.act("autonomy", {{"level", "SEMI"}});
    const Stopwatch watch;
    ASSERT_TRUE(home.until([&] { return home.health("database").first == "error"; }, 200));
    const double told_s = watch.s();
    const std::string reason = home.health("database").second;
    home.order("report miner.temp_c 96");
    const auto off = home.until([&] { return !home.is_on("miner"); }, 60);
    ASSERT_TRUE(off);
    home.disk({});
    ASSERT_TRUE(home.until([&] { return home.health("database").first != "error"; }, 1'200));
    ASSERT_TRUE(is_stop_written(home));
    EXPECT_EQ(home.verify(), "");
    saw("told (" + reason + "); a stop for heat; all written when it can be written again",
        format(
            "told after {:.1f} s of this machine; off {:.0f} s after the heat (polled every 10 s)",
            told_s, *off));
}

TEST_F(Faults, No24AnotherProgramMayHoldTheDatabaseForAWhile) {
    Home home;
    ASSERT_TRUE(home.runs());
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open((home.data() / "bitgrid.sqlite").c_str(), &other), SQLITE_OK);
    sqlite3_busy_timeout(other, 5'000);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    home.order("report miner.temp_c 96");
    const auto off = home.until([&] { return !home.is_on("miner"); }, 60);
    home.order("thaw");
    EXPECT_TRUE(
        home.always([&] { return get(home.api_port(), "/api/v1/health/live").status == 200; }, 60));
    sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
    sqlite3_close(other);
    ASSERT_TRUE(off);
    ASSERT_TRUE(is_stop_written(home));
    EXPECT_EQ(home.verify(), "");
    saw("a stop for heat while a stranger holds the database; journalled when it lets go",
        format("off {:.0f} s after the heat (polled every 10 s); 0 lost", *off));
}

TEST_F(Faults, No25ADamagedDatabaseIsSetAsideAndNothingRuns) {
    Home home;
    ASSERT_TRUE(home.runs());
    home.daemon().kill();
    ASSERT_TRUE(home.is_on("miner"));
    const auto file = home.data() / "bitgrid.sqlite";
    std::filesystem::remove(file.string() + "-wal");
    const auto size = std::filesystem::file_size(file);
    {
        std::fstream database{file, std::ios::binary | std::ios::in | std::ios::out};
        database.seekp(4'096);
        database << std::string(size - 4'096, '?');
    }
    home.start_daemon();
    const auto off = home.until([&] { return !home.is_on("miner"); }, 60);
    ASSERT_TRUE(off);
    EXPECT_LE(*off, 60);
    EXPECT_EQ(std::filesystem::file_size(file.string() + ".damaged-1"), size) << "is kept whole";
    ASSERT_TRUE(home.until([&] { return home.health("database").first == "warn"; }, 60));
    EXPECT_EQ(home.load("miner")["lockout"]["needs_ack"], true) << home.why("miner");
    EXPECT_EQ(home.verify(), "");
    is_proved_by("store_test", "FlippedBytes.*");
    saw("set aside, a new one begun, every load off and locked until somebody looks; every byte "
        "of a journal turned: found, or without a meaning",
        format("off {:.0f} s of the house after the start", *off));
}

TEST_F(Faults, No26KillAtAnyMomentLosesNothing) {
    is_proved_by("store_test", "SqliteJournalUnderKill.*");
    saw("killed at random moments while it writes", "0 acknowledged decisions lost, chain whole");
}

TEST_F(Faults, No27APowerCutTakesNothingThatWasAcknowledged) {
    is_proved_by("store_test", "PowerCut.*:Storage.*");
    saw("power cut at every sync: files as they may lie then, none, all or some of what was not "
        "synced, torn",
        "0 acknowledged decisions lost, chain whole");
}

TEST_F(Faults, No28APowerCutDuringAnArchiveLeavesNoTornFile) {
    Home home;
    ASSERT_TRUE(home.runs());
    home.daemon().kill();
    const Child::Wish seal{{(programs() / "bitgrid").string(), "seal", "--data",
                            home.data().string(), "--until", "9999-12-31"},
                           home.folder(),
                           "seal"};
    const auto heads = home.data() / "heads.txt";
    int cut = 0;
    for (int real_ms = 50; real_ms <= 800; real_ms += 50) {
        std::filesystem::remove(heads);  // everything is to be sealed again
        std::filesystem::remove_all(home.data() / "parquet");
        {
            Child dying{seal};
            if (!dying.wait(real_ms)) ++cut;
            dying.kill();
        }
        Child next{seal};
        ASSERT_EQ(next.wait(60'000), 0) << next.complained();
        ASSERT_EQ(home.verify(), "") << "cut after " << real_ms << " ms";
        ASSERT_TRUE(std::filesystem::exists(heads));
    }
    ASSERT_GT(cut, 0);
    is_proved_by("archive_test", "SealerTest.ClearsAwayWhatASealingThatDiedLeft");
    saw("killed while it seals; the next sealing clears away what no record names and does it "
        "again",
        format("{} cut, 0 torn", cut));
}

TEST_F(Faults, No29AFailedSyncIsNeverTrusted) {
    Home home{{.has_bad_disk = true}};
    ASSERT_TRUE(home.runs());
    home.disk({.sync_error = EIO});
    home.act("autonomy", {{"level", "SEMI"}});
    ASSERT_TRUE(home.until([&] { return home.health("database").first == "error"; }, 200));
    home.disk({});
    ASSERT_TRUE(home.until([&] { return home.health("database").first != "error"; }, 1'200));
    EXPECT_EQ(home.verify(), "");
    saw("told as an error; opened anew, looked at, and written again; chain whole", "0 lost");
}

TEST_F(Faults, No30AShortWriteIsNoWrite) {
    is_proved_by("store_test", "*StorageFaults.*");
    saw("the n-th call to the disk fails, is torn or finds it full, once or for good, for every n",
        "chain whole and nothing acknowledged lost at every n");
}

TEST_F(Faults, No31AReaderThatNeverEndsIsBounded) {
    Home home{{.speed = 60}};
    ASSERT_TRUE(home.runs());
    sqlite3* reader = nullptr;
    ASSERT_EQ(sqlite3_open_v2((home.data() / "bitgrid.sqlite").c_str(), &reader,
                              SQLITE_OPEN_READONLY, nullptr),
              SQLITE_OK);
    sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM journal", nullptr, nullptr, nullptr);
    EXPECT_TRUE(home.always([&] { return home.is_on("miner"); }, 600));
    const auto log_kib = std::filesystem::file_size(home.data() / "bitgrid.sqlite-wal") / 1024;
    sqlite3_close(reader);
    EXPECT_LT(log_kib, 64u * 1024);
    saw("a read transaction that stays open for ten minutes of blocks of one minute: the house "
        "goes on",
        format("log of {} KiB", log_kib));
}

TEST_F(Faults, No32EveryAlterationIsFound) {
    is_proved_by("store_test", "ChainTest.*");
    saw("texts and hashes changed, rows removed, swapped, added, dated anew, every byte turned",
        "each named with its row");
}

TEST_F(Faults, No33ASlowCardDelaysNoStop) {
    Home home{{.has_bad_disk = true}};
    ASSERT_TRUE(home.runs());
    home.disk({.sync_delay_ms = 5'000});
    home.act("autonomy", {{"level", "SEMI"}});
    home.order("report miner.temp_c 96");
    const auto off = home.until([&] { return !home.is_on("miner"); }, 60);
    home.disk({});
    ASSERT_TRUE(off);
    EXPECT_LE(*off, 60);
    ASSERT_TRUE(is_stop_written(home));
    saw("every fsync of the daemon takes 5 s; a stop for heat goes out before it is written",
        format("off {:.0f} s after the heat (polled every 10 s)", *off));
}

TEST_F(Faults, No34ANewerDatabaseIsRefusedAndNotTouched) {
    Home home;
    ASSERT_TRUE(home.until([&] { return home.state().is_object(); }, 60));
    home.daemon().signal(SIGTERM);
    ASSERT_EQ(home.daemon().wait(30'000), 0);
    const auto file = home.data() / "bitgrid.sqlite";
    sqlite3* database = nullptr;
    sqlite3_open(file.c_str(), &database);
    sqlite3_exec(database, "PRAGMA journal_mode=DELETE; PRAGMA user_version=99", nullptr, nullptr,
                 nullptr);
    sqlite3_close(database);
    const auto content = [&] {
        std::ifstream in{file, std::ios::binary};
        return std::string{std::istreambuf_iterator<char>{in}, {}};
    };
    const std::string before = content();
    home.start_daemon();
    EXPECT_EQ(home.daemon().wait(30'000), 69);
    EXPECT_NE(home.daemon().complained().find("version 99"), std::string::npos);
    EXPECT_EQ(content(), before);
    saw("refused in words with both versions, exit 69", "not one byte written");
}

}  // namespace
}  // namespace bitgrid::faults
