#pragma once
// What happens to the house, and when: plain text, one order a line.
//     # a comment
//     day 2024-05-21          the day that the story is made for (optional, before the first order)
//     13:20 hot_miner         time of day in UTC, then an order of commands.hpp
//     30:00 car_leaves        hours above 23 are the next day's
// Pure; a bad line is named by number, and then nothing of the story is taken.
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"

namespace bitgrid::sim {

struct StoryEntry {
    std::int64_t day_ms{};  ///< since the midnight (UTC) before the start
    std::string order;
};

struct Story {
    std::optional<core::UnixTime> day;
    std::vector<StoryEntry> entries;  ///< in the order of their times
};

/// `name` is what an error calls the text.
core::Result<Story> parse_story(std::string_view text, std::string_view name);
core::Result<Story> read_story(const std::filesystem::path&);

}  // namespace bitgrid::sim
