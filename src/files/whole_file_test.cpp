#include "files/whole_file.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace bitgrid;
using namespace bitgrid::files;
using testing::HasSubstr;

namespace {

namespace fs = std::filesystem;

class WholeFile : public testing::Test {
protected:
    WholeFile() {
        std::string name = (fs::temp_directory_path() / "bitgrid-files-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~WholeFile() override { fs::remove_all(folder_); }

    std::string at(const std::string& name) const { return folder_ + "/" + name; }
    static std::string content(const std::string& path) {
        std::ostringstream text;
        text << std::ifstream{path, std::ios::binary}.rdbuf();
        return text.str();
    }
    static mode_t mode_of(const std::string& path) {
        struct stat file {};
        return ::stat(path.c_str(), &file) == 0 ? file.st_mode & 07777 : 0;
    }
    std::size_t names() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator{folder_}, fs::directory_iterator{}));
    }

    std::string folder_;
};

TEST_F(WholeFile, TakesThePlaceOfWhatStoodThereAndLeavesNothingBesideIt) {
    ASSERT_TRUE(write_whole(at("a"), "old"));
    ASSERT_TRUE(write_whole(at("a"), "new"));
    EXPECT_EQ(content(at("a")), "new");
    EXPECT_EQ(names(), 1U);
}

TEST_F(WholeFile, IsForItsOwnerAloneUnlessToldOtherwise) {
    ASSERT_TRUE(write_whole(at("a"), "secret"));
    EXPECT_EQ(mode_of(at("a")), 0600U);
    ASSERT_TRUE(write_whole(at("b"), "open", {".new", 0644}));
    EXPECT_EQ(mode_of(at("b")) & 0600U, 0600U);
    EXPECT_EQ(mode_of(at("b")) & 0133U, 0U);
}

TEST_F(WholeFile, GoesPastWhatAnEarlierAttemptLeft) {
    std::ofstream{at("a.new")} << "half of something much longer";
    ASSERT_TRUE(write_whole(at("a"), "whole", {".new"}));
    EXPECT_EQ(content(at("a")), "whole");
    EXPECT_FALSE(fs::exists(at("a.new")));
}

TEST_F(WholeFile, NeverWritesThroughALinkThatLiesBesideIt) {
    std::ofstream{at("victim")} << "mine";
    fs::create_symlink(at("victim"), at("a.unfinished"));
    ASSERT_TRUE(write_whole(at("a"), "text"));
    EXPECT_EQ(content(at("victim")), "mine");
    EXPECT_EQ(content(at("a")), "text");
}

TEST_F(WholeFile, KeepsWhatStoodThereWhereTheDiskTakesNoMore) {
    ASSERT_TRUE(write_whole(at("a"), "old"));
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto signal = std::signal(SIGXFSZ, SIG_IGN);  // then write() fails with EFBIG
    const rlimit small{1'000, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto written = write_whole(at("a"), std::string(100'000, 'x'));
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, signal);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, core::ErrorCode::Unavailable);
    EXPECT_THAT(written.error().what, HasSubstr(at("a.unfinished")));
    EXPECT_EQ(content(at("a")), "old");
    EXPECT_EQ(names(), 1U) << "half of a file stays";
}

TEST_F(WholeFile, NamesTheFileWhereThereIsNoFolder) {
    const auto written = write_whole(at("none/a"), "text");
    ASSERT_FALSE(written);
    EXPECT_THAT(written.error().what, HasSubstr(at("none/a.unfinished")));
}

TEST_F(WholeFile, MakesTheFoldersThatAreMissing) {
    ASSERT_TRUE(make_folders(at("x/y/z"), 0700));
    ASSERT_TRUE(make_folders(at("x/y/z"), 0700));
    EXPECT_EQ(mode_of(at("x")), 0700U);
    std::ofstream{at("file")} << "no folder";
    EXPECT_FALSE(make_folders(at("file/below")));
}

TEST(FolderOf, IsTheCurrentOneWhereAPathNamesNone) {
    EXPECT_EQ(folder_of("a"), ".");
    EXPECT_EQ(folder_of("/x/a"), "/x");
}

}  // namespace
