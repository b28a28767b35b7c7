#pragma once
// Topic names and filters: what matches what, and what may be a name at all. Pure.
#include <string_view>

namespace bitgrid::adapters {

/// Wildcards: + for one level, # for all that follow (and the level above it).
constexpr bool topic_matches(std::string_view filter, std::string_view topic) {
    for (;;) {
        const auto filter_end = filter.find('/');
        const auto topic_end = topic.find('/');
        const std::string_view want = filter.substr(0, filter_end);
        if (want == "#") return true;
        if (want != "+" && want != topic.substr(0, topic_end)) return false;
        const bool is_filter_done = filter_end == std::string_view::npos;
        if (topic_end == std::string_view::npos)
            return is_filter_done || filter.substr(filter_end + 1) == "#";
        if (is_filter_done) return false;
        filter.remove_prefix(filter_end + 1);
        topic.remove_prefix(topic_end + 1);
    }
}

constexpr bool has_wildcard(std::string_view filter) {
    return filter.find_first_of("+#") != std::string_view::npos;
}

/// The level at `index`, counted from 0; empty where there is none.
constexpr std::string_view topic_level(std::string_view topic, int index) {
    for (; index > 0; --index) {
        const auto end = topic.find('/');
        if (end == std::string_view::npos) return {};
        topic.remove_prefix(end + 1);
    }
    return topic.substr(0, topic.find('/'));
}

}  // namespace bitgrid::adapters
