#pragma once
// The first level of a JSON object's text, member by member, without building what lies below: a
// million events are looked through for a handful of short members each. Views into the text; any
// thread. Only the brackets and strings are followed; who must know that all of it is JSON parses
// it.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bitgrid::wire {

class TopLevel {
public:
    /// Nothing where the text is no object, or ends too early or too late.
    static std::optional<TopLevel> of(std::string_view json);

    bool has(std::string_view key) const { return !raw(key).empty(); }
    /// A member that is a text, unescaped; nothing where there is none or it is something else.
    std::optional<std::string> text(std::string_view key) const;
    /// A member that is a whole number.
    std::optional<std::int64_t> integer(std::string_view key) const;

private:
    /// The last one of that name, as a parser takes it; empty: there is none.
    std::string_view raw(std::string_view key) const;

    std::vector<std::pair<std::string_view, std::string_view>> members_;  ///< keys without quotes
};

}  // namespace bitgrid::wire
