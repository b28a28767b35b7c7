#include "ops/face_folder.hpp"

#include <gmock/gmock.h>

#include "ops/scratch_folder.hpp"

namespace bitgrid::ops {
namespace {

namespace fs = std::filesystem;

class FaceFolderTest : public testing::Test {
protected:
    fs::path put_face(const std::string& folder) const {
        fs::create_directories(scratch.path() / folder);
        scratch.write(folder + "/index.html", "<!doctype html>");
        return scratch.path() / folder;
    }
    ScratchFolder scratch;
};

TEST_F(FaceFolderTest, IsFoundInTheTreeThatTheProgramWasBuiltIn) {
    const fs::path face = put_face("ui/dist");
    EXPECT_EQ(find_face({}, scratch.path() / "build/bin/bitgrid"), face);
    EXPECT_EQ(find_face({}, scratch.path() / "build/asan/bin/bitgrid"), face);
}

TEST_F(FaceFolderTest, IsFoundBesideAnInstalledProgramFirst) {
    put_face("ui/dist");
    const fs::path face = put_face("usr/share/bitgridai/ui");
    EXPECT_EQ(find_face({}, scratch.path() / "usr/bin/bitgrid"), face);
}

TEST_F(FaceFolderTest, IsTheWantedFolderOrNone) {
    put_face("ui/dist");
    const fs::path other = put_face("other");
    const fs::path program = scratch.path() / "build/bin/bitgrid";
    EXPECT_EQ(find_face(other, program), other);
    EXPECT_EQ(find_face(scratch.path() / "empty", program), std::nullopt);
    EXPECT_EQ(find_face({}, "/nowhere/bin/bitgrid"), std::nullopt);
    EXPECT_TRUE(fs::exists(this_program()));
}

}  // namespace
}  // namespace bitgrid::ops
