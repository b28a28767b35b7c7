#pragma once
// What is wrong in a configuration: all problems are gathered first and reported at once.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bitgrid::ops {

struct Problem {
    std::string file;     ///< path, or `environment`
    int line{0};          ///< from 1; 0: the whole file, or no file
    std::string key;      ///< empty: the whole file
    std::string what;     ///< what was found
    std::string allowed;  ///< what would be right; empty where `what` says it
    friend bool operator==(const Problem&, const Problem&) = default;
};

using Problems = std::vector<Problem>;

/// One report for people, a line per problem: `rules.yaml:3: surplus_min_kw: found "high"; allowed:
/// a number …`.
std::string format(const Problems& problems);

/// The word that was probably meant; nothing where none is near.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> words);

/// In quotes and on one line, control characters made visible, cut where it is long.
std::string in_quotes(std::string_view text);

}  // namespace bitgrid::ops
