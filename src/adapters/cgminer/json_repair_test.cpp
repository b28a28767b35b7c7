#include "adapters/cgminer/json_repair.hpp"

#include <gmock/gmock.h>

#include <random>

#include "wire/bounded_json.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters::cgminer;
using namespace std::string_literals;
using nlohmann::json;

namespace {

json parsed(const std::string& text) {
    const auto value = wire::parse_json(text, {kMostReplyBytes * 8, 40});
    EXPECT_TRUE(value) << text;
    return value ? *value : json{};
}

// What the mended text means; it must be flagged as repaired.
json mended(const std::string& broken) {
    const auto result = mend_json(broken);
    EXPECT_TRUE(result) << broken << ": " << (result ? "" : result.error().what);
    if (!result) return {};
    EXPECT_TRUE(result->is_repaired) << broken;
    return parsed(result->text);
}

TEST(JsonRepair, LeavesWholeJsonAloneAndTakesTheClosingNul) {
    const std::string whole =
        R"({"STATUS":[{"STATUS":"S","When":1795422000,"Msg":"a \"b\" ü \u00e4"}],"N":-1.5e-3,"E":[],"O":{},"T":[true,false,null,""],"id":1})";
    for (const std::string& text : {whole, whole + "\0"s, " " + whole + "\n\0"s}) {
        const auto result = mend_json(text);
        ASSERT_TRUE(result) << result.error().what;
        EXPECT_FALSE(result->is_repaired);
        EXPECT_EQ(parsed(result->text), json::parse(whole));
    }
}

TEST(JsonRepair, NewlinesInsideOfAString) {
    EXPECT_EQ(mended("{\"a\":\"x\ny\",\n\"b\":1}"), json::parse(R"({"a":"xy","b":1})"));
}

TEST(JsonRepair, ACommaBeforeAClosingBracket) {
    EXPECT_EQ(mended(R"({"a":1,})"), json::parse(R"({"a":1})"));
    EXPECT_EQ(mended(R"({"a":[1,2,]})"), json::parse(R"({"a":[1,2]})"));
}

TEST(JsonRepair, AMissingCommaBetweenObjects) {
    EXPECT_EQ(mended(R"([{"a":1}{"b":2}])"), json::parse(R"([{"a":1},{"b":2}])"));
}

TEST(JsonRepair, ACommaAfterAnOpeningBracket) {
    EXPECT_EQ(mended(R"({"S":[,{"a":1}]})"), json::parse(R"({"S":[{"a":1}]})"));
}

TEST(JsonRepair, AMissingCommaBetweenTwoStrings) {
    EXPECT_EQ(mended(R"({"fan":"45""temp0":"61"})"), json::parse(R"({"fan":"45","temp0":"61"})"));
}

TEST(JsonRepair, WordsWhereNumbersBelongAreNullAndNeverZero) {
    EXPECT_EQ(mended(R"({"a":"inf","b":"nan","c":"-nan","d":inf,"e":NaN,"f":-Infinity,"g":7})"),
              json::parse(R"({"a":null,"b":null,"c":null,"d":null,"e":null,"f":null,"g":7})"));
    EXPECT_EQ(mended(R"({"a":1e999,"b":-1e999,"c":007,"d":.5})"),
              json::parse(R"({"a":null,"b":null,"c":null,"d":null})"));
}

TEST(JsonRepair, AReplyThatBeginsWithAComma) {
    EXPECT_EQ(mended(R"(,"STATS":[{"a":1}],"id":1})"),
              json::parse(R"({"STATS":[{"a":1}],"id":1})"));
}

TEST(JsonRepair, ATornTailIsCutBackToTheLastWholeElement) {
    EXPECT_EQ(mended(R"({"a":1,"b":[{"c":2,"d":"torn of)"),
              json::parse(R"({"a":1,"b":[{"c":2}]})"));
    EXPECT_EQ(mended(R"({"a":1,"b":[{"c":)"), json::parse(R"({"a":1})"));
    // 72 may be the beginning of 7210.
    EXPECT_EQ(mended(R"({"a":1,"Elapsed":72)"), json::parse(R"({"a":1})"));
    EXPECT_EQ(mended(R"({"a":[{"b":1}],"c")"), json::parse(R"({"a":[{"b":1}]})"));
}

TEST(JsonRepair, AListThatIsWrittenLikeAnObject) {
    EXPECT_EQ(mended(R"({"error_code":["111":"2026-01-01","112":"2026-01-02"]})"),
              json::parse(R"({"error_code":{"111":"2026-01-01","112":"2026-01-02"}})"));
}

TEST(JsonRepair, BytesThatAreNoUtf8) {
    EXPECT_EQ(mended("{\"User\":\"M\xFCller\",\"b\":1}")["b"], 1);
    EXPECT_EQ(mended("{\"User\":\"\xED\xA0\x80 \xC0\xAF\",\"b\":1}")["b"], 1);
}

TEST(JsonRepair, AConnectionThatFailedBehindAProxyIsNoAnswer) {
    const auto result = mend_json("Socket connect failed: Connection refused\n");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, core::ErrorCode::Unreachable);
}

TEST(JsonRepair, QuotesInsideOfPoolNames) {
    EXPECT_EQ(mended(R"({"User":"my "best" rig","Pass":"x"})"),
              json::parse(R"({"User":"my \"best\" rig","Pass":"x"})"));
    EXPECT_EQ(mended(R"({"User":"my "rig"","Pass":"x"})"),
              json::parse(R"({"User":"my \"rig\"","Pass":"x"})"));
}

TEST(JsonRepair, EscapesThatAreNone) {
    EXPECT_EQ(mended(R"({"a":"C:\pools","b":"\ud800x"})")["a"], "C:\\pools");
}

TEST(JsonRepair, SeveralFaultsAtOnce) {
    EXPECT_EQ(mended("{\"STATUS\":[{\"When\":1,}{\"b\":\"nan\"\n}],\"STATS\":[,{\"T\":5,}],\"i"),
              json::parse(R"({"STATUS":[{"When":1},{"b":null}],"STATS":[{"T":5}]})"));
}

TEST(JsonRepair, WhatIsNoJsonStaysNoJson) {
    for (const std::string& text :
         {""s, "\0"s, "   "s, "hello"s, "STATUS=S,When=1|"s, "{"s, "["s, "{\"a\""s, "{\"a\":"s,
          "{1:2}"s, "]"s, "{\"a\":1,:2}"s, ","s, ",,"s, "<html></html>"s})
        EXPECT_FALSE(mend_json(text)) << text;
}

TEST(JsonRepair, BoundsSizeAndDepth) {
    EXPECT_EQ(mend_json(std::string(kMostReplyBytes + 1, ' ')).error().code,
              core::ErrorCode::TooLarge);
    EXPECT_FALSE(mend_json(std::string(100'000, '[')));
    EXPECT_FALSE(mend_json(std::string(100'000, '{')));
}

const std::string kReply =
    R"({"STATUS":[{"STATUS":"S","When":1795422000,"Code":70,"Msg":"CGMiner stats"}],"STATS":[{"STATS":0,"ID":"AVALON0","Elapsed":7210,"MM ID0":"Ver[Q] TMax[74] x\"y ü"}],"id":1})";

TEST(JsonRepair, AReplyCutAtAnyByteIsMendedOrRefusedAndNeverChanged) {
    const json whole = json::parse(kReply);
    for (std::size_t n = 0; n < kReply.size(); ++n) {
        const auto result = mend_json(kReply.substr(0, n));
        if (!result) continue;
        // Every value that is left is one that was sent.
        const json patch = json::diff(parsed(result->text), whole);
        for (const json& step : patch) EXPECT_EQ(step["op"], "add") << n << ": " << result->text;
    }
}

TEST(JsonRepair, RandomDamageYieldsJsonOrAnError) {
    std::mt19937 random{11};
    const std::string alphabet = "{}[],:\"\\ n1.e-\n\0\xFF"s;
    for (int round = 0; round < 20'000; ++round) {
        std::string text = kReply;
        for (unsigned i = 0; i < 1 + random() % 6; ++i) {
            const std::size_t at = random() % text.size();
            if (random() % 2) text[at] = alphabet[random() % alphabet.size()];
            else text.erase(at, random() % 20);
            if (text.empty()) text = "{";
        }
        const auto result = mend_json(text);
        EXPECT_TRUE(!result || json::accept(result->text)) << text;
    }
}

}  // namespace
