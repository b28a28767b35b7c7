#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "research/decide_line.hpp"

using bitgrid::research::decide_line;
using Json = nlohmann::json;

namespace {

std::vector<std::filesystem::path> files() {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator("scenarios/decide"))
        if (entry.path().extension() == ".jsonl") found.push_back(entry.path());
    std::ranges::sort(found);
    return found;
}

/// scenarios/decide/*.jsonl: situations, one a line, each with what it must bring.
class Scenario : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Scenario, DecidesAsExpected) {
    std::ifstream in{GetParam()};
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        const Json situation = Json::parse(line);
        const std::string place = GetParam().filename().string() + ":" + std::to_string(++number) +
                                  " " + situation.value("title", "");
        const auto text = decide_line(line);
        ASSERT_TRUE(text) << place << ": " << text.error().what;
        const Json answer = Json::parse(*text);
        ASSERT_FALSE(situation["expected"].empty()) << place;
        for (const auto& [key, value] : situation["expected"].items())
            EXPECT_EQ(answer[key], value) << place << ": " << key;
    }
    EXPECT_GT(number, 0);
}

INSTANTIATE_TEST_SUITE_P(Files, Scenario, testing::ValuesIn(files()),
                         [](const auto& file) { return file.param.stem().string(); });

}  // namespace
