#include "backup/shelf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "backup/tree.hpp"

using namespace bitgrid;
using namespace bitgrid::backup;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

namespace {

class Shelf : public testing::Test {
protected:
    Shelf() {
        std::string name = (fs::temp_directory_path() / "bitgrid-shelf-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~Shelf() override { fs::remove_all(folder_); }

    /// A whole one with two files.
    std::string put(const std::string& name) const {
        const std::string path = folder_ + "/" + name;
        Manifest manifest{"0.1.0", 2, {1}, 0, "", {}};
        for (const std::string file : {"config/site.yaml", kJournal}) {
            EXPECT_TRUE(make_folders(fs::path{path + "/" + file}.parent_path().string()));
            EXPECT_TRUE(write_file(path + "/" + file, file));
            manifest.files.push_back(
                {file, static_cast<std::int64_t>(file.size()), crypto::sha256(file)});
        }
        EXPECT_TRUE(write_file(path + "/" + kManifest, manifest_text(manifest)));
        return path;
    }
    std::string folder_;
};

TEST_F(Shelf, NamesABackupByItsTime) {
    EXPECT_EQ(backup_name({1'781'517'600'123}), "bitgrid-20260615T100000Z");
}

TEST_F(Shelf, KeepsTheNewestAndTouchesNothingElse) {
    for (const char* const name :
         {"bitgrid-20260613T031700Z", "bitgrid-20260615T031700Z", "bitgrid-20260614T031700Z",
          "bitgrid-20260601T031700Z.unfinished", "bitgrid-20260101T031700Z-of-mine", "photos"})
        put(name);
    fs::create_directory_symlink(folder_ + "/photos", folder_ + "/bitgrid-20200101T000000Z");
    EXPECT_THAT(backups_in(folder_),
                ElementsAre("bitgrid-20260613T031700Z", "bitgrid-20260614T031700Z",
                            "bitgrid-20260615T031700Z"));
    EXPECT_THAT(remove_beyond(folder_, 2), ElementsAre("bitgrid-20260613T031700Z"));
    EXPECT_THAT(remove_beyond(folder_, 2), IsEmpty());
    sweep(folder_);
    EXPECT_FALSE(fs::exists(folder_ + "/bitgrid-20260601T031700Z.unfinished"));
    EXPECT_TRUE(fs::exists(folder_ + "/bitgrid-20260101T031700Z-of-mine/manifest.json"));
    EXPECT_TRUE(fs::exists(folder_ + "/photos/manifest.json"));
    EXPECT_TRUE(check_files(folder_ + "/bitgrid-20260614T031700Z"));
}

TEST_F(Shelf, NamesEveryFileThatIsNotAsItWas) {
    const std::string path = put("bitgrid-20260615T031700Z");
    const auto good = check_files(path);
    ASSERT_TRUE(good) << good.error().what;
    EXPECT_EQ(good->files.size(), 2U);
    const auto refused = [&](core::ErrorCode code, const std::string& says) {
        const auto found = check_files(path);
        ASSERT_FALSE(found) << says;
        EXPECT_EQ(found.error().code, code) << found.error().what;
        EXPECT_THAT(found.error().what, HasSubstr(says));
    };
    std::ofstream{path + "/config/more.yaml"} << "x";
    refused(core::ErrorCode::Damaged, "config/more.yaml is not in the manifest");
    fs::remove(path + "/config/more.yaml");

    std::ofstream{path + "/config/site.yaml"} << "config/sity.yaml";
    refused(core::ErrorCode::Damaged, "config/site.yaml is not as it was written");
    fs::remove(path + "/config/site.yaml");
    refused(core::ErrorCode::Damaged, "config/site.yaml is missing");

    fs::create_symlink("/etc/hostname", path + "/config/site.yaml");
    refused(core::ErrorCode::Refused, "config/site.yaml");
    fs::remove(path + "/config/site.yaml");
    ASSERT_EQ(::mkfifo((path + "/config/site.yaml").c_str(), 0600), 0);
    refused(core::ErrorCode::Refused, "config/site.yaml");
    fs::remove(path + "/manifest.json");
    refused(core::ErrorCode::NotFound, "no manifest.json");
}

}  // namespace
