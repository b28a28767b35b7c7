#include "adapters/cgminer/bracket_text.hpp"

#include <gmock/gmock.h>

#include <string>

using namespace bitgrid::adapters::cgminer;
using testing::Optional;

namespace {

const std::string kText =
    "Ver[Q-26010101_aa] SYSTEMSTATU[Work: In Work, Hash Board: 1 ] Elapsed[7214] ITemp[27] "
    "TMax[74] TAvg[66] Fan1[1380] FanR[43%] PS[0 1216 2248 36 812 2250 838] GHSspd[54010.20] "
    "MTmax[74 73  70] WORKMODE[0] SoftOFF[0]";

TEST(BracketText, FindsTextAndNumbers) {
    const BracketText text{kText};
    EXPECT_THAT(text.text("SYSTEMSTATU"),
                Optional(std::string_view{"Work: In Work, Hash Board: 1 "}));
    EXPECT_THAT(text.number("TMax"), Optional(74.0));
    EXPECT_THAT(text.number("GHSspd"), Optional(54010.20));
    EXPECT_THAT(text.number("FanR"), Optional(43.0));
    EXPECT_THAT(text.number("PS", 6), Optional(838.0));
    EXPECT_THAT(text.number("MTmax", 2), Optional(70.0));
    EXPECT_FALSE(text.number("PS", 7));
    EXPECT_FALSE(text.number("Ver"));
    EXPECT_FALSE(text.text("Max"));
}

TEST(BracketText, TakesTheFirstOfAKeyThatStandsTwice) {
    EXPECT_THAT(BracketText{"TMax[70] TMax[20]"}.number("TMax"), Optional(70.0));
}

TEST(BracketText, KnowsAPrefixInFront) {
    EXPECT_THAT(BracketText{"'STATS':{Ver[Q] TMax[70]}"}.number("TMax"), Optional(70.0));
}

TEST(BracketText, NumbersThatAreNoneAreAbsent) {
    for (const char* bad : {"T[nan]", "T[inf]", "T[-inf]", "T[1e999]", "T[]", "T[ ]", "T[12x]",
                            "T[0x1F]", "T[--1]", "T[%]", "T", "T[", "T]", "[5]"})
        EXPECT_FALSE(BracketText{bad}.number("T")) << bad;
    EXPECT_THAT(BracketText{"T[-273]"}.number("T"), Optional(-273.0));
}

TEST(BracketText, SurvivesHostileText) {
    EXPECT_TRUE(BracketText{std::string(100'000, '[')}.is_empty());
    EXPECT_TRUE(BracketText{std::string(100'000, ']')}.is_empty());
    std::string many;
    for (int i = 0; i < 10'000; ++i) many += "K" + std::to_string(i) + "[1]";
    EXPECT_THAT(BracketText{many}.number("K0"), Optional(1.0));
    EXPECT_FALSE(BracketText{many}.number("K9999"));
    for (std::size_t n = 0; n <= kText.size(); ++n) {
        const auto value = BracketText{std::string_view{kText}.substr(0, n)}.number("TMax");
        EXPECT_TRUE(!value || *value == 74) << n;
    }
}

}  // namespace
