#include "app/power_notice.hpp"

#include <gmock/gmock.h>

#include "ops/scratch_folder.hpp"

using namespace bitgrid;
using namespace bitgrid::app;

namespace {

constexpr core::UnixTime kNoticeTime{1'781'517'600'000};

TEST(PowerNotice, HoldsWhileItIsRenewedAndNoLonger) {
    const ops::ScratchFolder folder;
    const std::string data = folder.path().string();
    EXPECT_EQ(why_rest(data, kNoticeTime), "");
    publish_power(data, true, kNoticeTime);
    EXPECT_THAT(why_rest(data, kNoticeTime), testing::HasSubstr("UPS"));
    EXPECT_THAT(why_rest(data, kNoticeTime + kNoticeHoldsMs), testing::HasSubstr("UPS"));
    EXPECT_EQ(why_rest(data, kNoticeTime + kNoticeHoldsMs + 1), "") << "who wrote it is gone";
    EXPECT_EQ(why_rest(data, kNoticeTime + (-kNoticeHoldsMs - 1)), "") << "it is of another time";
    publish_power(data, true, kNoticeTime + kNoticeHoldsMs);
    EXPECT_NE(why_rest(data, kNoticeTime + kNoticeHoldsMs + 1), "");
    publish_power(data, false, kNoticeTime);
    EXPECT_EQ(why_rest(data, kNoticeTime), "");
    publish_power(data, false, kNoticeTime);
}

TEST(PowerNotice, HoldsNothingUpThatIsNoNotice) {
    const ops::ScratchFolder folder;
    for (const char* text : {"", "{", "[]", "{}", R"({"time":5})", R"({"time":"soon"})"}) {
        folder.write("on_battery.json", text);
        EXPECT_EQ(why_rest(folder.path().string(), kNoticeTime), "") << text;
    }
}

}  // namespace
