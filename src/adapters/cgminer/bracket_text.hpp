#pragma once
// The text in which Avalons hide their measurements: `Name[value] Name[value] …`, values with
// blanks, colons and commas inside.
#include <optional>
#include <string_view>
#include <vector>

namespace bitgrid::adapters::cgminer {

/// Looks into a text that must outlive it. A key that stands twice counts once, the first. Pure and
/// bounded: at most 512 keys are seen.
class BracketText {
public:
    explicit BracketText(std::string_view);

    std::optional<std::string_view> text(std::string_view key) const;
    /// A finite number; a `%` behind it is allowed, anything else behind it is not.
    std::optional<double> number(std::string_view key) const { return number(key, 0); }
    /// The n-th of several numbers apart by blanks.
    std::optional<double> number(std::string_view key, std::size_t n) const;
    bool is_empty() const { return entries_.empty(); }

private:
    struct Entry {
        std::string_view key;
        std::string_view value;
    };
    std::vector<Entry> entries_;
};

/// The whole of `text` as a finite number, a `%` behind it allowed.
std::optional<double> finite_number(std::string_view text);

}  // namespace bitgrid::adapters::cgminer
