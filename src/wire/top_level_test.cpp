#include "wire/top_level.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace bitgrid::wire {
namespace {

TEST(TopLevel, FindsWhatAParserFinds) {
    const std::string text =
        R"({"a":"x","deep":{"a":"no","list":[1,{"}":"]"}]},"n":-42,"quote":"say \"a\": }","e":"\u00e9\\"})";
    const auto found = TopLevel::of(text);
    ASSERT_TRUE(found);
    const auto json = nlohmann::json::parse(text);
    for (const char* key : {"a", "quote", "e"}) EXPECT_EQ(found->text(key), json[key]) << key;
    EXPECT_EQ(found->integer("n"), -42);
    EXPECT_TRUE(found->has("deep"));
    EXPECT_FALSE(found->has("list"));
    EXPECT_FALSE(found->text("deep"));
    EXPECT_FALSE(found->text("n"));
    EXPECT_FALSE(found->integer("a"));
    EXPECT_FALSE(found->text("absent"));
}

TEST(TopLevel, AllowsBlanksAndTakesTheLastOfAName) {
    const auto found = TopLevel::of(" { \"a\" : 1 ,\n\"a\": 2 } ");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->integer("a"), 2);
    EXPECT_TRUE(TopLevel::of("{}"));
}

TEST(TopLevel, RefusesWhatIsNoObject) {
    for (const char* text : {"", "[]", "\"a\"", "{", "{\"a\"", "{\"a\":", "{\"a\":}", "{\"a\":1",
                             "{\"a\":1,", "{\"a\":1,}", "{\"a\":\"", "{\"a\":\"\\", "{a:1}",
                             "{\"a\":1}}", "{\"a\":1}{", "{\"a\":{}", "{\"a\":1 \"b\":2}"})
        EXPECT_FALSE(TopLevel::of(text) && TopLevel::of(text)->integer("a")) << text;
}

TEST(TopLevel, IsNoNumberWhatIsTooLargeOrHasAFraction) {
    const auto found = TopLevel::of(R"({"a":9223372036854775808,"b":1.5,"c":1e3,"d":true})");
    ASSERT_TRUE(found);
    for (const char* key : {"a", "b", "c", "d"}) EXPECT_FALSE(found->integer(key)) << key;
}

}  // namespace
}  // namespace bitgrid::wire
