#pragma once
// YAML text as a tree that keeps what a strict reader needs: lines, quotes, the order of keys.
// Bounded: depth, nodes and size have limits, and what lets a small text grow (anchors, aliases,
// tags) is refused. Never throws on bad text.
#include <string>
#include <string_view>
#include <vector>

#include "ops/problem.hpp"

namespace bitgrid::ops {

inline constexpr std::size_t kMaxYamlBytes = 1 << 20;
inline constexpr std::size_t kMaxYamlNodes = 20'000;
inline constexpr std::size_t kMaxYamlDepth = 16;

struct YamlEntry;

struct YamlNode {
    enum class Kind { Null, Scalar, Map, List };
    Kind kind{Kind::Null};
    std::string text;                ///< of a scalar
    bool is_quoted{false};           ///< "1" is text, 1 is a number
    int line{0};                     ///< from 1
    std::vector<YamlEntry> entries;  ///< of a map, as written; keys are unique
    std::vector<YamlNode> items;     ///< of a list
};

struct YamlEntry {
    std::string key;
    int line{0};
    YamlNode value;
};

/// The one document in `text`; Null where it is empty or where a problem was found and added.
/// `file` is for problems.
YamlNode parse_yaml(std::string_view text, const std::string& file, Problems& problems);

}  // namespace bitgrid::ops
