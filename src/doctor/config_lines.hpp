#pragma once
// Settings in the manner of Unix: a line each, words with spaces between them, `#` for a remark.
// Quotes round a word are taken off. Any bytes in; bounded by the text. Any thread.
#include <string>
#include <string_view>
#include <vector>

namespace bitgrid::doctor {

struct ConfigLine {
    std::string key;                   ///< first word, in small letters
    std::vector<std::string> values;   ///< the others
    const std::string& value() const;  ///< the first of them; empty: none
};

/// `is_assignment`: the key also ends at `=` (`Key=value`, `Key value`).
std::vector<ConfigLine> config_lines(std::string_view text, bool is_assignment = false);

std::string in_small_letters(std::string_view);
std::string_view trimmed(std::string_view);

}  // namespace bitgrid::doctor
