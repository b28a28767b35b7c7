#include "update/places.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace bitgrid;
using update::Places;
using update::Version;
namespace fs = std::filesystem;

namespace {

class UpdatePlaces : public ::testing::Test {
protected:
    UpdatePlaces() {
        std::string name = (fs::temp_directory_path() / "bitgrid-places-XXXXXX").string();
        root_ = ::mkdtemp(name.data());
    }
    ~UpdatePlaces() override {
        std::error_code ignored;
        fs::remove_all(root_, ignored);
    }
    Version make(std::string_view text) const {
        const Version version = *update::read_version(text);
        fs::create_directories(fs::path{Places{root_}.folder_of(version)} / "bin");
        return version;
    }
    std::string root_;
};

TEST_F(UpdatePlaces, SwitchesInOneStepAndKnowsWhatIsThere) {
    const Places places{root_ + "/opt"};
    EXPECT_FALSE(places.current());
    ASSERT_TRUE(places.prepare());
    EXPECT_TRUE(places.installed().empty());
    fs::create_directories(root_ + "/opt/versions/1.0.0/bin");
    fs::create_directories(root_ + "/opt/versions/1.1.0/bin");
    const Version old = *update::read_version("1.0.0"), next = *update::read_version("1.1.0");
    ASSERT_TRUE(places.switch_to(old));
    EXPECT_EQ(places.current(), old);
    ASSERT_TRUE(places.keep_as_previous(old));
    ASSERT_TRUE(places.switch_to(next));
    EXPECT_EQ(places.current(), next);
    EXPECT_EQ(places.previous(), old);
    EXPECT_EQ(fs::read_symlink(root_ + "/opt/current"), "versions/1.1.0");
    EXPECT_FALSE(fs::exists(fs::symlink_status(root_ + "/opt/current.new")));
}

TEST_F(UpdatePlaces, GoesOnWhereASwitchWasCutOff) {
    const Places places{root_};
    const Version old = make("1.0.0");
    fs::create_symlink("versions/9.9.9", root_ + "/current.new");
    ASSERT_TRUE(places.switch_to(old));
    EXPECT_EQ(places.current(), old);
}

TEST_F(UpdatePlaces, BelievesNoLinkThatLeadsElsewhere) {
    const Places places{root_};
    make("1.0.0");
    for (const char* to : {"/etc", "versions/../../etc", "versions/2.0.0", "versions/1.0.0/bin"}) {
        fs::remove(root_ + "/current");
        fs::create_symlink(to, root_ + "/current");
        EXPECT_FALSE(places.current()) << to;
    }
}

TEST_F(UpdatePlaces, RefusesAVersionThatIsNotThereAndAFolderInPlaceOfTheLink) {
    const Places places{root_};
    EXPECT_EQ(places.switch_to(*update::read_version("3.0.0")).error().code,
              core::ErrorCode::NotFound);
    const Version old = make("1.0.0");
    fs::create_directory(root_ + "/current");
    EXPECT_EQ(places.switch_to(old).error().code, core::ErrorCode::Refused);
}

TEST_F(UpdatePlaces, KeepsTheCurrentAndThePreviousAlone) {
    const Places places{root_};
    make("0.9.0");
    const Version old = make("1.0.0"), next = make("1.1.0");
    fs::create_directory(root_ + "/versions/.unpacking-abc");
    fs::create_directory(root_ + "/versions/of-somebody");
    ASSERT_TRUE(places.switch_to(next));
    ASSERT_TRUE(places.keep_as_previous(old));
    const auto gone = places.remove_older();
    ASSERT_EQ(gone.size(), 1u);
    EXPECT_EQ(update::text_of(gone[0]), "0.9.0");
    places.remove_unfinished();
    EXPECT_FALSE(fs::exists(root_ + "/versions/.unpacking-abc"));
    EXPECT_TRUE(fs::exists(root_ + "/versions/of-somebody"));
    EXPECT_EQ(places.installed().size(), 2u);
}

}  // namespace
