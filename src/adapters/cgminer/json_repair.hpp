#pragma once
// CGMiner and its descendants send JSON that is none: torn, with commas missing or too many, with
// words where numbers belong. This mends what is known and says that it did; it never invents a
// value: what has no number becomes null.
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace bitgrid::adapters::cgminer {

inline constexpr std::size_t kMostReplyBytes = 1 << 20;

struct MendedJson {
    std::string text;
    bool is_repaired{false};  ///< more than the closing NUL and blanks had to go
};

/// Knows: NUL at the end; control characters and line breaks inside; `,}` and `[,{`; missing commas
/// as in `}{` and `""temp0`; inf and nan, bare or quoted, as null; a reply that begins with a
/// comma; a list written like an object; bytes that are no UTF-8; quotes inside of quotes; a torn
/// tail, cut back to the last whole element. TooLarge above 1 MiB; Unreachable where the text tells
/// of a failed connection; Damaged where there is no JSON to mend. Pure; time and memory grow with
/// the size of the text, and nesting is not followed deeper than 32.
core::Result<MendedJson> mend_json(std::string_view reply);

}  // namespace bitgrid::adapters::cgminer
