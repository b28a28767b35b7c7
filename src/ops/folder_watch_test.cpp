#include "ops/folder_watch.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include "ops/scratch_folder.hpp"

namespace bitgrid::ops {
namespace {

namespace fs = std::filesystem;

class FolderWatchTest : public testing::Test {
protected:
    /// The kernel tells before the call that changed something returns.
    bool has_news() {
        pollfd waits{watch->descriptor(), POLLIN, 0};
        return poll(&waits, 1, 0) == 1 && watch->read();
    }

    ScratchFolder folder;
    core::Result<FolderWatch> watch{FolderWatch::on(folder.path())};
};

TEST_F(FolderWatchTest, HearsOfAFileThatIsWrittenRenamedOrGone) {
    ASSERT_TRUE(watch);
    EXPECT_FALSE(has_news());
    folder.write("rules.yaml", "eta: 1\n");
    EXPECT_TRUE(has_news());
    EXPECT_FALSE(watch->is_being_written());
    folder.write("rules.yaml~", "eta: 1\n");
    EXPECT_FALSE(has_news()) << "what an editor puts beside it";
    fs::rename(folder.path() / "rules.yaml~", folder.path() / "rules.yaml");
    EXPECT_TRUE(has_news());
    fs::remove(folder.path() / "rules.yaml");
    EXPECT_TRUE(has_news());
}

TEST_F(FolderWatchTest, KnowsThatAFileIsStillBeingWritten) {
    ASSERT_TRUE(watch);
    const int file = open((folder.path() / "rules.yaml").c_str(), O_CREAT | O_WRONLY, 0600);
    ASSERT_EQ(write(file, "eta: 1\n", 7), 7);
    EXPECT_TRUE(has_news());
    EXPECT_TRUE(watch->is_being_written());
    close(file);
    EXPECT_TRUE(has_news());
    EXPECT_FALSE(watch->is_being_written());
}

TEST_F(FolderWatchTest, KnowsThatItsFolderIsGone) {
    ASSERT_TRUE(watch);
    fs::rename(folder.path(), folder.path().string() + ".old");
    EXPECT_FALSE(has_news());
    EXPECT_TRUE(watch->has_ended());
    fs::remove_all(folder.path().string() + ".old");
    EXPECT_FALSE(FolderWatch::on(folder.path()));
}

}  // namespace
}  // namespace bitgrid::ops
