#include "sim/story.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "sim/commands.hpp"
#include "sim/recording.hpp"

namespace bitgrid::sim {
namespace {

using core::Error;
using core::ErrorCode;

std::optional<std::int64_t> day_ms_of(const std::string& text) {
    int h = 0, m = 0, s = 0;
    char end = 0;
    const int fields = std::sscanf(text.c_str(), "%2d:%2d:%2d%c", &h, &m, &s, &end);
    const bool is_whole = (fields == 2 && text.size() == 5) || (fields == 3 && text.size() == 8);
    if (!is_whole || h < 0 || m < 0 || m > 59 || s < 0 || s > 59) return std::nullopt;
    return ((h * 60LL + m) * 60 + s) * 1000;
}

core::Result<void> take_line(const std::string& line, Story& story) {
    std::istringstream words{line};
    std::string first, rest;
    words >> first;
    std::getline(words >> std::ws, rest);
    while (!rest.empty() && std::isspace(static_cast<unsigned char>(rest.back()))) rest.pop_back();
    if (first == "day") {
        const auto day = parse_day(rest);
        if (!day) return day.error();
        story.day = *day;
        return {};
    }
    const auto time = day_ms_of(first);
    if (!time) return Error{ErrorCode::BadInput, "'" + first + "' is no time of day (HH:MM[:SS])"};
    const auto known = check_order(rest);
    if (!known) return known.error();
    story.entries.push_back({*time, rest});
    return {};
}

}  // namespace

core::Result<Story> parse_story(std::string_view text, std::string_view name) {
    Story story;
    std::istringstream lines{std::string{text}};
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        line.erase(std::find(line.begin(), line.end(), '#'), line.end());
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        if (const auto taken = take_line(line, story); !taken)
            return Error{ErrorCode::BadInput, std::string{name} + ":" + std::to_string(number) +
                                                  ": " + taken.error().what};
    }
    std::stable_sort(story.entries.begin(), story.entries.end(),
                     [](const auto& a, const auto& b) { return a.day_ms < b.day_ms; });
    return story;
}

core::Result<Story> read_story(const std::filesystem::path& path) {
    std::ifstream file{path};
    if (!file) return Error{ErrorCode::NotFound, path.string() + ": cannot be opened"};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    return parse_story(text, path.string());
}

}  // namespace bitgrid::sim
