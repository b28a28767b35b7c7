#include "research/decide_line.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

using bitgrid::research::decide_line;
using Json = nlohmann::json;

namespace {

Json sunny() {
    return Json::parse(
        R"({"state":{"load_running":false,"pv_power_w":3000,"house_load_w":500,"grid_import_w":0,
        "battery_soc_pct":80},"memory":{},"now":"2026-06-15T10:00:00Z"})");
}
Json answer(const Json& line) { return Json::parse(*decide_line(line.dump())); }

TEST(DecideLine, AnswersWithCodeLevelVotesAndValidity) {
    const Json a = answer(sunny());
    EXPECT_EQ(a["action"], "START");
    EXPECT_EQ(a["decision_code"], "START_R1_SURPLUS_OK");
    EXPECT_EQ(a["reason"], "SURPLUS_OK");
    EXPECT_EQ(a["target_level"], "full");
    EXPECT_EQ(a["valid_until"], "2026-06-15T10:20:00.000Z");
    EXPECT_EQ(a["votes"].size(), 5u);
    EXPECT_DOUBLE_EQ(a["params"]["surplus_kw"], 2.5);
}

TEST(DecideLine, NamesTheWattsOfALimit) {
    Json line = sunny();
    line["memory"]["override"] = {{"action", "LIMIT"}, {"watts", 800}};
    EXPECT_EQ(answer(line)["target_level"], 800);
    EXPECT_EQ(answer(line)["decision_code"], "THROTTLE_OVERRIDE");
}

TEST(DecideLine, TreatsAbsentNullNonFiniteAndImplausibleAlike) {
    for (const char* odd :
         {"null", "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e6", "-101"}) {
        std::string line = sunny().dump();
        line.replace(line.find("3000"), 4, odd);
        const auto a = decide_line(line);
        ASSERT_TRUE(a) << odd << ": " << a.error().what;
        EXPECT_EQ(Json::parse(*a)["decision_code"], "STOP_R3_MISSING_TELEMETRY") << odd;
        EXPECT_EQ(Json::parse(*a)["params"]["missing"], Json::parse(R"(["pv_power_w"])")) << odd;
    }
}

TEST(DecideLine, RefusesThresholdsThatAreNotFinite) {
    for (const char* key : {"price_max_ct_kwh", "soc_hard_min_pct"})
        for (const char* odd : {"NaN", "-Infinity", "1e999"}) {
            const std::string line = R"({"config":{")" + std::string{key} + R"(": )" + odd + "}," +
                                     sunny().dump().substr(1);
            EXPECT_FALSE(decide_line(line)) << line;
        }
}

TEST(DecideLine, NamesWhatIsWrongWithALine) {
    const auto error = [](const Json& line) { return decide_line(line.dump()).error().what; };
    const auto with = [](const char* part, const char* key, Json value) {
        Json line = sunny();
        line[part][key] = std::move(value);
        return line;
    };
    EXPECT_EQ(error(with("config", "surplus_min", 1)), "config: unknown key \"surplus_min\"");
    EXPECT_EQ(error(with("config", "surplus_min_kw", "1")),
              "config: \"surplus_min_kw\" must be a finite number");
    EXPECT_EQ(error(with("config", "strategy", "plans")),
              "config: \"strategy\" must be one of surplus soc_band");
    EXPECT_EQ(error(with("config", "site", Json{{"batery", true}})),
              "site: unknown key \"batery\"");
    EXPECT_EQ(error(with("state", "temp_c", "hot")), "\"state.temp_c\" must be a number or null");
    EXPECT_EQ(error(with("memory", "autonomy", "GOD")),
              "\"memory.autonomy\" must be one of its words");
    EXPECT_EQ(error(with("memory", "override", Json{{"action", "LIMIT"}})),
              "\"override.watts\" must be 0 to 100000 for LIMIT");
    EXPECT_EQ(error(with("state", "load_running", nullptr)),
              "\"state.load_running\" must be true or false");
    Json without_now = sunny();
    without_now.erase("now");
    EXPECT_FALSE(decide_line(without_now.dump()));
    EXPECT_FALSE(decide_line("[1]"));
    EXPECT_FALSE(decide_line("not json"));
    EXPECT_FALSE(decide_line(std::string(2'000'000, ' ') + "{}"));
    EXPECT_TRUE(decide_line(with("more", "from", "elsewhere").dump()))
        << "unknown top-level keys are ignored";
}

}  // namespace
