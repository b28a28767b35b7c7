#pragma once
// Words of broken JSON, one at a time: where a string ends, what of it can be written again, what a
// bare word means. For mend_json().
#include <cstddef>
#include <string>
#include <string_view>

namespace bitgrid::adapters::cgminer {

struct JsonWord {
    std::string text;    ///< valid JSON; `null` for what has no value
    std::size_t end{0};  ///< first byte after it in the reply
    bool is_repaired{false};
    bool is_torn{false};  ///< the reply ended inside of it
};

/// The string that begins at `begin`, its opening quote. Quotes that stand inside without a
/// backslash are told from the closing one by what follows them.
JsonWord read_string(std::string_view reply, std::size_t begin);

/// The number or word that begins at `begin`. Torn where nothing follows: a number may go on.
JsonWord read_bare(std::string_view reply, std::size_t begin);

/// Whether a string's text, quotes included, spells infinity or not-a-number.
bool is_no_number(std::string_view text);

inline bool is_blank(char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }

/// The first byte from `at` on that is not blank; the size of `reply` where there is none.
std::size_t skip_blanks(std::string_view reply, std::size_t at);

}  // namespace bitgrid::adapters::cgminer
