#include "update/version.hpp"

#include <gmock/gmock.h>

using namespace bitgrid::update;

namespace {

Version version(std::string_view text) {
    const auto read = read_version(text);
    EXPECT_TRUE(read) << text;
    return read ? *read : Version{};
}

TEST(UpdateVersion, IsReadAndWrittenAsItStands) {
    for (const char* text : {"0.1.0", "10.20.3000", "1.5.0-rc.1", "9999.9999.9999"})
        EXPECT_EQ(text_of(version(text)), text);
}

TEST(UpdateVersion, RefusesWhatIsNone) {
    for (const char* text : {"", "1", "1.2", "1.2.3.4", "v1.2.3", "1.02.3", "-1.2.3", "1.2.-3",
                             "1.2.3-", "1.2.3-RC", "1.2.3-../x", "1.2.3 ", "1.2.3-.", "10000.0.0",
                             "99999999999.0.0", "1.2.3-aaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
        EXPECT_FALSE(read_version(text)) << text;
}

TEST(UpdateVersion, IsOrderedAsReleasesFollow) {
    EXPECT_LT(version("0.9.9"), version("0.10.0"));
    EXPECT_LT(version("1.5.0-rc.1"), version("1.5.0"));
    EXPECT_LT(version("1.5.0-rc.1"), version("1.5.0-rc.2"));
    EXPECT_GT(version("2.0.0"), version("1.99.99"));
}

TEST(UpdateVersion, TellsHowFarAWayBackIs) {
    const auto way = [](const char* from, const char* to) {
        return way_between(version(from), version(to));
    };
    EXPECT_EQ(way("1.4.2", "1.4.3"), Way::Newer);
    EXPECT_EQ(way("1.4.2", "1.4.2"), Way::Same);
    EXPECT_EQ(way("1.4.2", "1.4.0"), Way::MinorBack);
    EXPECT_EQ(way("1.4.2", "1.3.9"), Way::MinorBack);
    EXPECT_EQ(way("1.4.2", "1.2.9"), Way::TooFarBack);
    EXPECT_EQ(way("2.0.0", "1.9.9"), Way::TooFarBack);
}

}  // namespace
