// Backups of a real journal, to real folders, and the way back.
#include "app/make_backup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "app/backup_tool.hpp"
#include "app/restore_backup.hpp"
#include "backup/tree.hpp"
#include "store/schema.hpp"
#include "store/test_bench.hpp"
#include "wire/backup_json.hpp"

using namespace bitgrid;
using namespace bitgrid::app;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
namespace fs = std::filesystem;

namespace {

constexpr core::UnixTime kNight{1'781'493'420'000};  // 2026-06-15T03:17:00Z
constexpr const char* kPart = "parquet/decisions/date=2026-06-14/part-0.parquet";

std::string read(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}
void write(const std::string& path, const std::string& text) {
    fs::create_directories(fs::path{path}.parent_path());
    std::ofstream{path, std::ios::binary} << text;
}
ino_t inode_of(const std::string& path) {
    struct stat file {};
    return ::stat(path.c_str(), &file) == 0 ? file.st_ino : 0;
}

class Backups : public testing::Test {
protected:
    Backups() {
        write(at("config/site.yaml"), "name: home\n");
        write(at("data/keys/device.key"), "secret\n");
        write(at("data/" + std::string{kPart}), std::string(3'000, 'p'));
        write(at("data/parquet/decisions/date=2026-06-14/.part-1.parquet.unfinished"), "half");
        write(at("data/heads.txt"), "the heads\n");
        fs::create_directory(at("nas"));
        bench.emplace(at("data"));
        ports::Checkpoint checkpoint;
        checkpoint.last_block = 77;
        head = bench->write({store::decision(1, "a"), store::note("b")}, checkpoint)->hash;
    }
    std::string at(const std::string& name) const { return root.path() + "/" + name; }
    BackupOrder order(std::int64_t minutes = 0) const {
        BackupOrder order;
        order.data = at("data");
        order.config = at("config");
        order.shelf = at("nas");
        order.now = kNight + minutes * 60'000;
        return order;
    }
    RestoreOrder back(const std::string& folder) const {
        RestoreOrder order;
        order.backup = folder;
        order.data = at("new/data");
        order.config = at("new/config");
        return order;
    }
    /// A backup as it should be, which is not changed by what a test does to it later.
    std::string made(std::int64_t minutes = 0) const {
        const auto made = make_backup(order(minutes));
        EXPECT_TRUE(made) << made.error().what;
        return made ? made->folder : "";
    }
    wire::BackupNote note() const {
        const auto note =
            wire::backup_from_json(nlohmann::json::parse(read(at("data/backup.json"))));
        EXPECT_TRUE(note);
        return note ? *note : wire::BackupNote{};
    }
    /// Nothing but what was there before and the whole backups.
    void expect_tidy(const std::vector<std::string>& shelf) const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator{at("nas")})
            names.push_back(entry.path().filename().string());
        std::ranges::sort(names);
        EXPECT_EQ(names, shelf);
        EXPECT_FALSE(fs::exists(at("data/backup.unfinished")));
    }
    void expect_nothing_restored() const {
        EXPECT_FALSE(fs::exists(at("new/data")));
        EXPECT_FALSE(fs::exists(at("new/config")));
        EXPECT_FALSE(fs::exists(at("new/data.restoring")));
        EXPECT_FALSE(fs::exists(at("new/config.restoring")));
    }

    store::TempFolder root;
    std::optional<store::Bench> bench;
    std::string head;
};

TEST_F(Backups, HoldWhatIsNeededAndNothingSecret) {
    const auto made = make_backup(order());
    ASSERT_TRUE(made) << made.error().what;
    EXPECT_EQ(made->folder, at("nas/bitgrid-20260615T031700Z"));
    const auto files = backup::files_below(made->folder);
    ASSERT_TRUE(files);
    EXPECT_THAT(*files, ElementsAre("config/site.yaml", "data/bitgrid.sqlite", "data/heads.txt",
                                    "data/" + std::string{kPart}, "manifest.json"));
    EXPECT_TRUE(made->leaves_out_keys);
    EXPECT_FALSE(made->has_keys);
    EXPECT_EQ(made->manifest.last_event, 2);
    EXPECT_EQ(made->manifest.head, head);
    EXPECT_EQ(note().last_good, kNight);
    EXPECT_EQ(note().trouble, "");
    expect_tidy({"bitgrid-20260615T031700Z"});
}

TEST_F(Backups, LeaveOutWhatHoldsASecretWhereNobodyIsNamedToReadIt) {
    write(at("config/devices.yaml"), "- type: shelly1_relay\n  password: hunter2\n");
    write(at("config/mqtt.password"), "hunter2\n");
    const auto made = make_backup(order());
    ASSERT_TRUE(made) << made.error().what;
    EXPECT_THAT(made->manifest.left_out,
                ElementsAre("config/devices.yaml", "config/mqtt.password", "data/keys/device.key"));
    const auto files = backup::files_below(made->folder);
    for (const std::string& file : *files)
        EXPECT_THAT(read(made->folder + "/" + file), Not(HasSubstr("hunter2"))) << file;
    const auto restored = restore_backup(back(made->folder));
    ASSERT_TRUE(restored) << restored.error().what;
    EXPECT_EQ(restored->config_files, 1U);
    EXPECT_EQ(restored->manifest.left_out.size(), 3U);
}

TEST_F(Backups, NoteHowToMakeSuchAOneAgain) {
    EXPECT_TRUE(make_backup(order()));
    ASSERT_TRUE(note().again);
    EXPECT_EQ(*note().again, (wire::BackupAgain{at("nas"), at("config"), 7, {}, ""}));
    const auto pair = crypto::age::make_key_pair();
    BackupOrder sealed = order(1);
    sealed.lock.recipients = {pair.recipient};
    sealed.keep = 3;
    EXPECT_TRUE(make_backup(sealed));
    ASSERT_TRUE(note().again);
    EXPECT_EQ(*note().again, (wire::BackupAgain{at("nas"), at("config"), 3, {pair.recipient}, ""}));
    BackupOrder bad = order(2);
    bad.shelf = at("none");
    EXPECT_FALSE(make_backup(bad));
    EXPECT_TRUE(note().again) << "the good one is still the last";
    BackupOrder handed = order(3);
    handed.shelf.clear();
    handed.hand_over = [](const std::string&, const std::string&) { return core::Result<void>{}; };
    EXPECT_TRUE(make_backup(handed));
    EXPECT_FALSE(note().again) << "there is no folder to repeat it in";
}

TEST_F(Backups, RestoreTheSameHouse) {
    const auto restored = restore_backup(back(made()));
    ASSERT_TRUE(restored) << restored.error().what;
    EXPECT_EQ(restored->config_files, 1U);
    EXPECT_EQ(read(at("new/config/site.yaml")), "name: home\n");
    EXPECT_EQ(read(at("new/data/heads.txt")), "the heads\n");
    EXPECT_EQ(read(at("new/data/" + std::string{kPart})), std::string(3'000, 'p'));
    EXPECT_FALSE(fs::exists(at("new/config.restoring")));
    store::Bench again{at("new/data")};
    EXPECT_EQ(again.journal->restored().head, head);
    ASSERT_TRUE(again.journal->restored().checkpoint);
    EXPECT_EQ(again.journal->restored().checkpoint->last_block, 77);
    EXPECT_EQ(again.write({store::note("c")})->sequence, 3) << "the chain goes on";
}

TEST_F(Backups, EncryptConfigurationAndKeysToWhomYouName) {
    const auto pair = crypto::age::make_key_pair();
    BackupOrder sealed = order();
    sealed.lock.recipients = {pair.recipient};
    const auto made = make_backup(sealed);
    ASSERT_TRUE(made) << made.error().what;
    EXPECT_TRUE(made->has_keys);
    EXPECT_FALSE(fs::exists(made->folder + "/config"));
    EXPECT_THAT(read(made->folder + "/secrets.age"), Not(HasSubstr("secret\n")));
    RestoreOrder order = back(made->folder);
    const auto without = restore_backup(order);
    ASSERT_FALSE(without);
    EXPECT_THAT(without.error().what, HasSubstr("--identity"));
    expect_nothing_restored();
    order.key.identities = {crypto::age::make_key_pair().identity};
    ASSERT_FALSE(restore_backup(order));
    expect_nothing_restored();
    order.key.identities = {pair.identity};
    const auto restored = restore_backup(order);
    ASSERT_TRUE(restored) << restored.error().what;
    EXPECT_TRUE(restored->has_keys);
    EXPECT_EQ(read(at("new/data/keys/device.key")), "secret\n");
    EXPECT_EQ(read(at("new/config/site.yaml")), "name: home\n");
    struct stat key {};
    ASSERT_EQ(::stat(at("new/data/keys/device.key").c_str(), &key), 0);
    EXPECT_EQ(key.st_mode & 07777, 0600U);
    ASSERT_EQ(::stat(at("new/data/keys").c_str(), &key), 0);
    EXPECT_EQ(key.st_mode & 07777, 0700U);
}

TEST_F(Backups, BringThePastBackWhereTheKeyIsLost) {
    BackupOrder sealed = order();
    sealed.lock.passphrase = "hush";
    sealed.lock.work_factor = 1;
    const auto made = make_backup(sealed);
    ASSERT_TRUE(made) << made.error().what;
    RestoreOrder order = back(made->folder);
    order.is_without_secrets = true;
    const auto restored = restore_backup(order);
    ASSERT_TRUE(restored) << restored.error().what;
    EXPECT_TRUE(store::verify(at("new/data/bitgrid.sqlite")));
    EXPECT_FALSE(fs::exists(at("new/data/keys")));
}

TEST_F(Backups, ShareSealedFilesAndCopyThemWhereTheOldOnesAreDamaged) {
    const std::string first = made(0);
    const std::string second = made(1);
    const std::string part = "/data/" + std::string{kPart};
    EXPECT_EQ(inode_of(first + part), inode_of(second + part));
    EXPECT_NE(inode_of(first + part), inode_of(at("data/" + std::string{kPart})))
        << "what harms the house must not harm the backup";
    write(second + part, std::string(3'000, 'q'));
    const std::string third = made(2);
    EXPECT_NE(inode_of(second + part), inode_of(third + part));
    EXPECT_EQ(read(third + part), std::string(3'000, 'p'));
}

TEST_F(Backups, KeepTheNewestAndSayWhichTheyRemoved) {
    for (std::int64_t i = 0; i < 3; ++i) (void)made(i);
    BackupOrder fourth = order(3);
    fourth.keep = 2;
    const auto done = make_backup(fourth);
    ASSERT_TRUE(done);
    EXPECT_THAT(done->removed, ElementsAre("bitgrid-20260615T031700Z", "bitgrid-20260615T031800Z"));
    expect_tidy({"bitgrid-20260615T031900Z", "bitgrid-20260615T032000Z"});
    EXPECT_TRUE(check_backup(back(done->folder)));
}

TEST_F(Backups, RefusePlacesThatAreNoneAndKeepTheOldOnes) {
    const std::string good = made();
    const auto refused = [&](const std::string& shelf, const char* says) {
        BackupOrder wrong = order(1);
        wrong.shelf = shelf;
        const auto made = make_backup(wrong);
        ASSERT_FALSE(made) << shelf;
        EXPECT_EQ(made.error().code, core::ErrorCode::BadInput);
        EXPECT_THAT(made.error().what, HasSubstr(says));
        EXPECT_THAT(note().trouble, HasSubstr(says));
    };
    refused(at("nowhere"), "no such folder");
    refused(at("config/site.yaml"), "no such folder");
    refused(at("data"), "is inside");
    refused(at("data/parquet"), "is inside");
    refused(at("config"), "is inside");
    fs::create_directory_symlink(at("data/parquet"), at("way-in"));
    refused(at("way-in"), "is inside");
    EXPECT_EQ(note().last_good, kNight) << "the good one still counts";
    EXPECT_TRUE(check_backup(back(good)));
    expect_tidy({"bitgrid-20260615T031700Z"});
}

TEST_F(Backups, RefuseLinksInWhatTheyCopy) {
    for (const std::string link :
         {"config/link.yaml", "data/parquet/link.parquet", "data/keys/link"}) {
        fs::create_symlink("/etc/hostname", at(link));
        const auto made = make_backup(order());
        ASSERT_FALSE(made) << link;
        EXPECT_EQ(made.error().code, core::ErrorCode::Refused);
        EXPECT_THAT(made.error().what, HasSubstr(link));
        fs::remove(at(link));
        expect_tidy({});
    }
}

TEST_F(Backups, AreMadeOneAtATime) {
    BackupOrder outer = order();
    std::string words;
    outer.hand_over = [&](const std::string&, const std::string&) -> core::Result<void> {
        const auto inner = make_backup(order(1));
        if (!inner) words = inner.error().what;
        return {};
    };
    ASSERT_TRUE(make_backup(outer));
    EXPECT_THAT(words, HasSubstr("under way"));
}

TEST_F(Backups, LeaveNothingWhereTheDiskIsFull) {
    const std::string good = made();
    bench->journal->stop();
    signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    for (const rlim_t bytes : {rlim_t{100}, rlim_t{2'000}, rlim_t{20'000}}) {
        const rlimit limit{bytes, before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
        const auto made = make_backup(order(1));
        setrlimit(RLIMIT_FSIZE, &before);
        ASSERT_FALSE(made) << bytes;
        EXPECT_EQ(made.error().code, core::ErrorCode::Unavailable);
        expect_tidy({"bitgrid-20260615T031700Z"});
        EXPECT_EQ(note().last_good, kNight);
    }
    EXPECT_TRUE(check_backup(back(good)));
}

TEST_F(Backups, TakeWhatACrashLeftAway) {
    write(at("nas/bitgrid-20260614T031700Z.unfinished/data/bitgrid.sqlite"), "half");
    write(at("data/backup.unfinished/bitgrid.sqlite"), "half");
    (void)made();
    expect_tidy({"bitgrid-20260615T031700Z"});
}

TEST_F(Backups, AreNotMadeOfADamagedJournal) {
    const std::string good = made();
    bench->journal->stop();
    auto database =
        store::Database::open(at("data/bitgrid.sqlite"), store::Database::Access::WriteExisting);
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->execute("UPDATE journal SET body = body || ' ' WHERE seq = 1"));
    const auto made = make_backup(order(1));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, core::ErrorCode::Damaged);
    EXPECT_THAT(made.error().what, HasSubstr("journal row 1"));
    expect_tidy({"bitgrid-20260615T031700Z"});
}

TEST_F(Backups, AreNotMadeOfNothing) {
    BackupOrder wrong = order();
    wrong.data = at("new");
    fs::create_directory(at("new"));
    const auto made = make_backup(wrong);
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().what, HasSubstr("no journal"));
    EXPECT_TRUE(fs::is_empty(at("new"))) << "it is somebody else's folder";
}

TEST_F(Backups, AreHandedToNobodyWhoIsNotInstalled) {
    const std::string path = std::getenv("PATH");
    ASSERT_EQ(::setenv("PATH", at("nas").c_str(), 1), 0);
    for (const auto tool : {BackupTool::Restic, BackupTool::Borg}) {
        const auto handed = hand_to(tool, "repository", at("nas"), "name");
        EXPECT_FALSE(handed);
        EXPECT_EQ(handed.error().code, core::ErrorCode::NotFound);
        EXPECT_THAT(handed.error().what, HasSubstr("apt-get install"));
    }
    ::setenv("PATH", path.c_str(), 1);
}

class Restoring : public Backups {
protected:
    Restoring() : folder{made()} {}
    void expect_refused(core::ErrorCode code, const std::string& says) const {
        const auto restored = restore_backup(back(folder));
        ASSERT_FALSE(restored) << says;
        EXPECT_EQ(restored.error().code, code) << restored.error().what;
        EXPECT_THAT(restored.error().what, HasSubstr(says));
        expect_nothing_restored();
        EXPECT_FALSE(check_backup(back(folder)));
    }
    /// Changes the manifest; the rest must be caught all the same.
    void forge(const std::string& was, const std::string& is) const {
        std::string text = read(folder + "/manifest.json");
        const auto found = text.find(was);
        ASSERT_NE(found, std::string::npos) << was;
        write(folder + "/manifest.json", text.replace(found, was.size(), is));
    }
    /// Changes the journal and makes the manifest fit.
    void forge_journal(const std::string& sql) const {
        const std::string path = folder + "/data/bitgrid.sqlite";
        const auto before = backup::look_at_file(path);
        {
            auto database = store::Database::open(path, store::Database::Access::WriteExisting);
            ASSERT_TRUE(database);
            ASSERT_TRUE(database->execute(sql));
        }
        const auto after = backup::look_at_file(path);
        forge(crypto::hex(before->sha256), crypto::hex(after->sha256));
        forge(std::to_string(before->bytes), std::to_string(after->bytes));
    }
    const std::string folder;
};

TEST_F(Restoring, RefusesAFolderThatIsNotEmptyAndLeavesItAlone) {
    for (const std::string taken : {"new/data/mine", "new/config/mine"}) {
        write(at(taken), "mine");
        const auto restored = restore_backup(back(folder));
        ASSERT_FALSE(restored);
        EXPECT_EQ(restored.error().code, core::ErrorCode::Refused);
        EXPECT_THAT(restored.error().what, HasSubstr("not empty"));
        EXPECT_EQ(read(at(taken)), "mine");
        fs::remove_all(at("new"));
    }
    RestoreOrder nested = back(folder);
    nested.config = nested.data + "/config";
    EXPECT_FALSE(restore_backup(nested));
    expect_nothing_restored();
}

TEST_F(Restoring, FillsEmptyFoldersAndKeepsTheirMode) {
    fs::create_directories(at("new/data"));
    fs::create_directories(at("new/config"));
    ASSERT_EQ(::chmod(at("new/data").c_str(), 0750), 0);
    const auto restored = restore_backup(back(folder));
    ASSERT_TRUE(restored) << restored.error().what;
    struct stat data {};
    ASSERT_EQ(::stat(at("new/data").c_str(), &data), 0);
    EXPECT_EQ(data.st_mode & 07777, 0750U);
}

TEST_F(Restoring, RefusesWhereAControllerRuns) {
    RestoreOrder order = back(folder);
    order.data = at("data");
    const auto restored = restore_backup(order);
    ASSERT_FALSE(restored);
    EXPECT_THAT(restored.error().what, HasSubstr("in use by process"));
}

TEST_F(Restoring, FinishesWhatACrashInterrupted) {
    write(at("new/data.restoring/bitgrid.sqlite"), "half");
    write(at("new/config.restoring/x.yaml"), "half");
    ASSERT_TRUE(restore_backup(back(folder)));
    EXPECT_FALSE(fs::exists(at("new/config/x.yaml")));
}

TEST_F(Restoring, RefusesEveryFlippedByteOfAFile) {
    for (const std::string path : {"config/site.yaml", "data/heads.txt", "data/bitgrid.sqlite"}) {
        const std::string good = read(folder + "/" + path);
        std::string bent = good;
        bent[bent.size() / 2] ^= 1;
        write(folder + "/" + path, bent);
        expect_refused(core::ErrorCode::Damaged, path);
        write(folder + "/" + path, good);
    }
    EXPECT_TRUE(check_backup(back(folder)));
}

TEST_F(Restoring, RefusesMissingAndAdditionalFiles) {
    fs::rename(folder + "/data/heads.txt", at("heads"));
    expect_refused(core::ErrorCode::Damaged, "data/heads.txt is missing");
    fs::rename(at("heads"), folder + "/data/heads.txt");
    write(folder + "/config/more.yaml", "x");
    expect_refused(core::ErrorCode::Damaged, "config/more.yaml is not in the manifest");
}

TEST_F(Restoring, RefusesPathsAndLinksThatLeaveIt) {
    const std::string manifest = read(folder + "/manifest.json");
    for (const char* const path : {"../../escaped", "/tmp/escaped", "config/../../escaped"}) {
        forge("config/site.yaml", path);
        expect_refused(core::ErrorCode::BadInput, "is none that a backup has");
        write(folder + "/manifest.json", manifest);
    }
    fs::rename(folder + "/config/site.yaml", at("site"));
    fs::create_symlink(at("site"), folder + "/config/site.yaml");
    expect_refused(core::ErrorCode::Refused, "config/site.yaml");
    fs::remove_all(folder + "/config");
    fs::create_directory(at("elsewhere"));
    fs::rename(at("site"), at("elsewhere/site.yaml"));
    fs::create_directory_symlink(at("elsewhere"), folder + "/config");
    expect_refused(core::ErrorCode::Refused, "config");
}

TEST_F(Restoring, RefusesAJournalThatIsNotWholeWhateverTheManifestSays) {
    forge_journal("UPDATE journal SET body = replace(body, 'b', 'c') WHERE seq = 2");
    expect_refused(core::ErrorCode::Damaged, "journal row 2");
}

TEST_F(Restoring, RefusesANewerDatabaseWithClearWords) {
    forge_journal("PRAGMA user_version=99");
    expect_refused(core::ErrorCode::Refused, "start a newer program or restore an older backup");
}

TEST_F(Restoring, RefusesAnotherJournalThanThatOfTheManifest) {
    forge("\"last_event\": 2", "\"last_event\": 1");
    expect_refused(core::ErrorCode::Damaged, "another journal");
}

TEST_F(Restoring, RefusesWhatIsNoBackup) {
    const auto restored = restore_backup(back(at("nas")));
    ASSERT_FALSE(restored);
    EXPECT_THAT(restored.error().what, HasSubstr("no manifest.json"));
    EXPECT_FALSE(restore_backup(back(at("nowhere"))));
    expect_nothing_restored();
}

}  // namespace
