#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "mirror/files.hpp"
#include "mirror/outlet.hpp"

using namespace bitgrid;
using namespace bitgrid::mirror;
namespace fs = std::filesystem;

namespace {

class FolderOutletTest : public testing::Test {
protected:
    FolderOutletTest() {
        std::string name = (fs::temp_directory_path() / "bitgrid-outlet-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        setup_.target = (folder_ / "target").string();
        setup_.rate_kbit_s = 1'000'000;
    }
    ~FolderOutletTest() override { fs::remove_all(folder_); }

    fs::path folder_;
    OutletSetup setup_;
    const std::string bytes_ = std::string(40'000, 'a');
    const Parcel parcel_{"0123", "0000000001.bgm1", bytes_};
};

TEST_F(FolderOutletTest, PutsAWholeFileThereTwiceIfNeedBe) {
    fs::create_directory(setup_.target);
    auto outlet = make_outlet(setup_);
    ASSERT_TRUE(outlet);
    for (int i = 0; i < 2; ++i) ASSERT_TRUE((*outlet)->deliver(parcel_));
    Files files;
    EXPECT_EQ(*files.read(folder_ / "target/0123/0000000001.bgm1", 100'000), bytes_);
    EXPECT_EQ(files.names_in(folder_ / "target/0123").size(), 1U);
}

// An empty mount point belongs to the disk below.
TEST_F(FolderOutletTest, DoesNotMakeAFolderThatIsNotThere) {
    auto outlet = make_outlet(setup_);
    ASSERT_TRUE(outlet);
    const auto sent = (*outlet)->deliver(parcel_);
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, core::ErrorCode::Unreachable);
    EXPECT_FALSE(fs::exists(setup_.target));
}

TEST_F(FolderOutletTest, StopsWhenItIsToldToAndLeavesNothing) {
    fs::create_directory(setup_.target);
    int asked = 0;
    setup_.goes_on = [&] { return ++asked < 2; };
    auto outlet = make_outlet(setup_);
    const auto sent = (*outlet)->deliver(parcel_);
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, core::ErrorCode::Timeout);
    EXPECT_TRUE(Files{}.names_in(folder_ / "target/0123").empty());
}

TEST_F(FolderOutletTest, WantsWhatProvesTheOtherSide) {
    for (const char* target :
         {"sftp://a@b/c", "https://b/c", "http://b/c", "ftp://b", "relative"}) {
        OutletSetup setup;
        setup.target = target;
        const auto outlet = make_outlet(setup);
        ASSERT_FALSE(outlet) << target;
        EXPECT_EQ(outlet.error().code, core::ErrorCode::BadInput);
    }
}

}  // namespace
