#include "ops/yaml_reader.hpp"

#include <gmock/gmock.h>

#include "ops/config_file.hpp"
#include "ops/scratch_folder.hpp"

namespace bitgrid::ops {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

enum class Colour : std::uint8_t { Red, Green };

struct Lamp {
    std::string host{"localhost"};
    int port{1883};
    bool operator==(const Lamp&) const = default;
};
template <class Visitor>
void describe(Visitor& v, Lamp& c) {
    v("host", c.host, "where it is");
    v("port", c.port, core::Range{1, 65535}, "where it listens");
}

struct Everything {
    std::string name{"x"};
    std::optional<std::string> nickname;
    bool is_on{false};
    int count{3};
    double share{0.5};
    core::Watts power{100};
    std::optional<core::CentPerKwh> price{core::CentPerKwh{25}};
    std::optional<double> reward;
    Colour colour{Colour::Red};
    std::vector<std::string> topics;
    std::string password;
    Lamp lamp;
    bool operator==(const Everything&) const = default;
};
template <class Visitor>
void describe(Visitor& v, Everything& c) {
    v("name", c.name, "");
    v("nickname", c.nickname, "");
    v("is_on", c.is_on, "");
    v("count", c.count, core::Range{0, 10}, "");
    v("share", c.share, core::Range{0, 1}, "");
    v("power_w", c.power, core::Range{0, 1000}, "");
    v("price_ct_kwh", c.price, core::Range{-100, 100}, "");
    v("reward", c.reward, core::Range{0, 1e20}, "");
    v.choice("colour", c.colour, {"red", "green"}, "");
    v("topics", c.topics, "");
    v.secret("password", c.password, "");
    v.group("lamp", c.lamp, "");
}

class YamlReaderTest : public testing::Test {
protected:
    Everything read(std::string_view text) {
        problems.clear();
        Everything value;
        read_file(folder.write("all.yaml", text), environment, value, problems);
        return value;
    }
    /// One problem, in this line and with these words; and the field keeps its default.
    void expect_refused(const std::string& line, const std::string& words) {
        const Everything value = read("# first line\n" + line + "\n");
        ASSERT_EQ(problems.size(), 1U) << line << '\n' << format(problems);
        EXPECT_EQ(problems[0].line, 2) << line;
        EXPECT_THAT(format(problems), HasSubstr(words)) << line;
        EXPECT_EQ(value, Everything{}) << line;
    }

    ScratchFolder folder;
    Environment environment;
    Problems problems;
};

TEST_F(YamlReaderTest, ReadsEveryKindOfField) {
    const Everything value = read(
        "name: no\nnickname: \"10\"\nis_on: true\ncount: 10\nshare: 1e-3\npower_w: 0\n"
        "price_ct_kwh: null\nreward: 312500000\ncolour: green\ntopics: [a/b, c]\n"
        "lamp: {host: attic, port: 80}\n");
    EXPECT_TRUE(problems.empty()) << format(problems);
    EXPECT_EQ(value.name, "no");
    EXPECT_EQ(value.nickname, "10");
    EXPECT_TRUE(value.is_on);
    EXPECT_EQ(value.count, 10);
    EXPECT_EQ(value.share, 0.001);
    EXPECT_EQ(value.power, core::Watts{0});
    EXPECT_EQ(value.price, std::nullopt);
    EXPECT_EQ(value.reward, 312500000);
    EXPECT_EQ(value.colour, Colour::Green);
    EXPECT_THAT(value.topics, ElementsAre("a/b", "c"));
    EXPECT_EQ(value.lamp, (Lamp{"attic", 80}));
}

TEST_F(YamlReaderTest, KeepsDefaultsWhereTheFileIsMissingOrSaysNothing) {
    EXPECT_EQ(read("# all as it is\n"), Everything{});
    Everything value;
    read_file(folder.path() / "none.yaml", environment, value, problems);
    EXPECT_EQ(value, Everything{});
    EXPECT_TRUE(problems.empty());
}

TEST_F(YamlReaderTest, TakesAFileOfNoBytesForOneThatWasLost) {
    read("");
    EXPECT_THAT(format(problems), HasSubstr("the file is empty; allowed: the whole file, or none"));
}

TEST_F(YamlReaderTest, RefusesTheTrapsOfYaml) {
    expect_refused("is_on: yes", "found \"yes\"; allowed: true or false");
    expect_refused("is_on: True", "true or false");
    expect_refused("is_on: \"true\"", "in quotes");
    expect_refused("is_on: 1", "true or false");
    expect_refused("count: 010", "found \"010\"; allowed: a whole number from 0 to 10");
    expect_refused("count: 0x7", "a whole number");
    expect_refused("count: 1_0", "a whole number");
    expect_refused("count: 5.0", "a whole number");
    expect_refused("count: \"5\"", "found \"5\" in quotes");
    expect_refused("share: .5", "a number from 0 to 1");
    expect_refused("share: 1.", "a number");
    expect_refused("share: +1", "a number");
    expect_refused("share: .inf", "a number");
    expect_refused("share: .nan", "a number");
    expect_refused("share: nan", "a number");
    expect_refused("share: 1e999", "a number");
    expect_refused("power_w: 100W", "found \"100W\"; allowed: a number from 0 to 1000");
    expect_refused("name:", "found nothing; allowed: text");
    expect_refused("price_ct_kwh: none", "a number from -100 to 100, or null");
}

TEST_F(YamlReaderTest, RefusesWrongShapesAndWhatIsOutOfRange) {
    expect_refused("count: 11", "found \"11\"; allowed: a whole number from 0 to 10");
    expect_refused("count: -1", "a whole number from 0 to 10");
    expect_refused("share: 1.0000001", "a number from 0 to 1");
    expect_refused("share: [1]", "found a list");
    expect_refused("name: {a: 1}", "found a map");
    expect_refused("name: \"a\\nb\"", "text on one line");
    expect_refused("colour: blue", "found \"blue\"; allowed: one of red, green");
    expect_refused("topics: a", "a list of words");
    expect_refused("lamp: 1", "lamp: found \"1\"; allowed: keys with values");
    expect_refused("lamp: {port: 0}", "lamp.port: found \"0\"");
    expect_refused("lamp: {hots: a}", "did you mean host?");
    expect_refused("shere: 1", "unknown key; did you mean share?");
    expect_refused("weather: 1", "unknown key; allowed: name, nickname");
    expect_refused("- name: x", "found a list; allowed: keys with values");
}

TEST_F(YamlReaderTest, LetsTheEnvironmentBeatTheFileByTheSameRules) {
    environment = {{"BITGRID_ALL_COUNT", "7"},
                   {"BITGRID_ALL_PRICE_CT_KWH", "null"},
                   {"BITGRID_ALL_LAMP_PORT", "81"},
                   {"BITGRID_OTHER_KEY", "1"}};
    const Everything value = read("count: 1\nprice_ct_kwh: 3\n");
    EXPECT_TRUE(problems.empty()) << format(problems);
    EXPECT_EQ(value.count, 7);
    EXPECT_EQ(value.price, std::nullopt);
    EXPECT_EQ(value.lamp.port, 81);

    environment = {{"BITGRID_ALL_COUNT", "many"}, {"BITGRID_ALL_COLOR", "green"}};
    read("# nothing\n");
    EXPECT_EQ(
        format(problems),
        "2 problems in the configuration:\n"
        "  environment BITGRID_ALL_COUNT: count: found \"many\"; allowed: a whole number from "
        "0 to 10\n"
        "  environment: BITGRID_ALL_COLOR: unknown variable; did you mean "
        "BITGRID_ALL_COLOUR?\n");
}

TEST_F(YamlReaderTest, TakesSecretsFromAFileOrTheEnvironmentOnly) {
    expect_refused("password: hunter2",
                   "password: a secret in the configuration; allowed: "
                   "password_file: PATH, or BITGRID_ALL_PASSWORD");
    EXPECT_THAT(format(problems), testing::Not(HasSubstr("hunter2")));

    const std::string path = folder.write("token", "abc\n").string();
    EXPECT_EQ(read("password_file: " + path).password, "abc");
    EXPECT_TRUE(problems.empty());
    expect_refused("password_file: " + path + "x", "is no file");

    environment = {{"BITGRID_ALL_PASSWORD", "xyz"}};
    EXPECT_EQ(read("password_file: " + path).password, "xyz");
}

TEST_F(YamlReaderTest, ReadsAListAndNamesTheItem) {
    std::vector<Lamp> lamps;
    const auto path = folder.write("lamps.yaml", "- host: a\n- host: b\n  port: 0\n- 7\n");
    read_list(path, environment, lamps, 8, problems);
    ASSERT_EQ(problems.size(), 2U) << format(problems);
    EXPECT_EQ(lamps.size(), 3U);
    EXPECT_THAT(format(problems), HasSubstr("lamps.yaml:3: lamps[1].port: found \"0\""));
    EXPECT_THAT(format(problems), HasSubstr("lamps.yaml:4: lamps[2]: found \"7\""));

    problems.clear();
    read_list(path, environment, lamps, 2, problems);
    EXPECT_THAT(format(problems), HasSubstr("found 3 items; allowed: at most 2"));
}

}  // namespace
}  // namespace bitgrid::ops
