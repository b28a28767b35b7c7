#include "ops/yaml_tree.hpp"

#include <gmock/gmock.h>

namespace bitgrid::ops {
namespace {

using testing::HasSubstr;

struct Parsed {
    YamlNode root;
    Problems problems;
};

Parsed parse(std::string_view text) {
    Parsed parsed;
    parsed.root = parse_yaml(text, "a.yaml", parsed.problems);
    return parsed;
}

void expect_refused(std::string_view text, const std::string& words) {
    const Parsed parsed = parse(text);
    ASSERT_EQ(parsed.problems.size(), 1U) << text.substr(0, 60) << '\n' << format(parsed.problems);
    EXPECT_THAT(format(parsed.problems), HasSubstr(words));
}

TEST(YamlTree, KeepsLinesQuotesAndOrder) {
    const Parsed parsed = parse("b: 1\na: \"1\"\n\nlist: [x, ~]\nnone:\n");
    EXPECT_TRUE(parsed.problems.empty()) << format(parsed.problems);
    ASSERT_EQ(parsed.root.entries.size(), 4U);
    EXPECT_EQ(parsed.root.entries[0].key, "b");
    EXPECT_FALSE(parsed.root.entries[0].value.is_quoted);
    EXPECT_TRUE(parsed.root.entries[1].value.is_quoted);
    EXPECT_EQ(parsed.root.entries[2].line, 4);
    EXPECT_EQ(parsed.root.entries[2].value.items[1].kind, YamlNode::Kind::Null);
    EXPECT_EQ(parsed.root.entries[3].value.kind, YamlNode::Kind::Null);
}

TEST(YamlTree, KnowsWhereAQuoteEnds) {
    const Parsed parsed = parse("\xef\xbb\xbf# é\r\na: 'it''s'\r\nb: \"a \\\" b\"\nc: |\n  'x\n");
    EXPECT_TRUE(parsed.problems.empty()) << format(parsed.problems);
    ASSERT_EQ(parsed.root.entries.size(), 3U);
    EXPECT_EQ(parsed.root.entries[0].value.text, "it's");
    EXPECT_EQ(parsed.root.entries[1].value.text, "a \" b");
    EXPECT_EQ(parsed.root.entries[2].value.text, "'x\n");
}

TEST(YamlTree, TakesAnEmptyTextForNothing) {
    EXPECT_EQ(parse("").root.kind, YamlNode::Kind::Null);
    EXPECT_EQ(parse("# only words\n").root.kind, YamlNode::Kind::Null);
    EXPECT_TRUE(parse("---\n").problems.empty());
}

TEST(YamlTree, NamesBothLinesOfAKeyThatIsGivenTwice) {
    expect_refused("eta: 1\nname: x\neta: 0.9\n", "a.yaml:3: eta: given twice, first in line 1");
}

TEST(YamlTree, RefusesWhatLetsASmallTextGrow) {
    expect_refused("a: &x [1]\nb: *x\n", "an anchor or alias");
    expect_refused("a: [&x]\n", "an anchor or alias");
    expect_refused("a: !!binary abc\n", "a tag");
    expect_refused("a: !<tag:x> {}\n", "a tag");
}

TEST(YamlTree, RefusesWhatIsTooDeepTooLongOrTooMuch) {
    expect_refused(std::string(100'000, '['), "a bracket that is not closed");
    std::string dashes;
    for (int depth = 0; depth < 10'000; ++depth) dashes += "- ";
    expect_refused(dashes, "nested too deeply");
    expect_refused("a: " + std::string(40, '[') + std::string(40, ']'), "nested too deeply");
    std::string steps;
    for (int depth = 0; depth < 40; ++depth) steps += std::string(depth, ' ') + "a:\n";
    expect_refused(steps, "nested too deeply");
    expect_refused(std::string(kMaxYamlBytes + 1, ' '), "too large");
    std::string many;
    for (int i = 0; i < 30'000; ++i) many += "- 1\n";
    expect_refused(many, "too many values");
}

TEST(YamlTree, RefusesWhatIsNoTextNoYamlOrMoreThanOne) {
    expect_refused("a: \xff\xfe", "bytes that are no text");
    expect_refused(std::string_view{"a: \0b", 5}, "bytes that are no text");
    expect_refused("a: 1\n b: 2\n", "a.yaml:2");
    expect_refused("a: 'it''s open\nb: 1\n", "a.yaml:1: a quote that is not closed");
    expect_refused(
        "\xef\xbb\xbf"
        "a: 1\nb: \"open\\\"\n",
        "a.yaml:2: a quote that is not closed");
    expect_refused("{a: 1, b\n", "a bracket that is not closed");
    expect_refused("a: 1\n---\nb: 1\n", "more than one document");
    expect_refused("[a, b]: 1\n", "a list or a map as key");
}

}  // namespace
}  // namespace bitgrid::ops
