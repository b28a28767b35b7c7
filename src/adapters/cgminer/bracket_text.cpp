#include "adapters/cgminer/bracket_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace bitgrid::adapters::cgminer {
namespace {

constexpr std::size_t kMostEntries = 512;

bool is_key_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string_view word(std::string_view text, std::size_t n) {
    for (;;) {
        const std::size_t begin = text.find_first_not_of(' ');
        if (begin == std::string_view::npos) return {};
        text.remove_prefix(begin);
        const std::size_t end = std::min(text.find(' '), text.size());
        if (n-- == 0) return text.substr(0, end);
        text.remove_prefix(end);
    }
}

}  // namespace

BracketText::BracketText(std::string_view text) {
    std::size_t from = 0;
    while (entries_.size() < kMostEntries) {
        const std::size_t open = text.find('[', from);
        if (open == std::string_view::npos) return;
        const std::size_t close = text.find(']', open);
        if (close == std::string_view::npos) return;
        std::size_t begin = open;
        while (begin > from && is_key_char(text[begin - 1])) --begin;
        if (begin < open)
            entries_.push_back(
                {text.substr(begin, open - begin), text.substr(open + 1, close - open - 1)});
        from = close + 1;
    }
}

std::optional<std::string_view> BracketText::text(std::string_view key) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& entry) { return entry.key == key; });
    if (found == entries_.end()) return std::nullopt;
    return found->value;
}

std::optional<double> BracketText::number(std::string_view key, std::size_t n) const {
    const auto value = text(key);
    return value ? finite_number(word(*value, n)) : std::nullopt;
}

std::optional<double> finite_number(std::string_view text) {
    if (text.ends_with('%')) text.remove_suffix(1);
    double value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc{} || stop != end || !std::isfinite(value))
        return std::nullopt;
    return value;
}

}  // namespace bitgrid::adapters::cgminer
