#include "wire/top_level.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace bitgrid::wire {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

class Cursor {
public:
    explicit Cursor(std::string_view text) : text_{text} {}

    bool is_at_end() { return skip_blank(), at_ == text_.size(); }
    bool take(char wanted) {
        skip_blank();
        if (at_ >= text_.size() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }
    /// A string with its quotes; empty where there is none.
    std::string_view take_string() {
        skip_blank();
        const std::size_t begin = at_;
        if (at_ >= text_.size() || text_[at_] != '"' || !skip_string()) return {};
        return text_.substr(begin, at_ - begin);
    }
    /// Whatever stands before the next comma or end of the object; empty where nothing does.
    std::string_view take_value() {
        skip_blank();
        const std::size_t begin = at_;
        std::size_t depth = 0;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '"') {
                if (!skip_string()) return {};
                continue;
            }
            if (c == '{' || c == '[') ++depth;
            else if (depth > 0 && (c == '}' || c == ']')) --depth;
            else if (depth == 0 && (c == ',' || c == '}')) break;
            ++at_;
        }
        std::string_view value = text_.substr(begin, at_ - begin);
        while (!value.empty() && kBlank.find(value.back()) != kBlank.npos) value.remove_suffix(1);
        return value;
    }

private:
    void skip_blank() {
        while (at_ < text_.size() && kBlank.find(text_[at_]) != kBlank.npos) ++at_;
    }
    bool skip_string() {
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '\\') ++at_;
            else if (text_[at_] == '"') return ++at_, true;
        }
        return false;
    }

    std::string_view text_;
    std::size_t at_{0};
};

}  // namespace

std::optional<TopLevel> TopLevel::of(std::string_view json) {
    TopLevel found;
    Cursor cursor{json};
    if (!cursor.take('{')) return std::nullopt;
    for (bool is_first = true; !cursor.take('}'); is_first = false) {
        if (!is_first && !cursor.take(',')) return std::nullopt;
        const std::string_view key = cursor.take_string();
        if (key.empty() || !cursor.take(':')) return std::nullopt;
        const std::string_view value = cursor.take_value();
        if (value.empty()) return std::nullopt;
        found.members_.emplace_back(key.substr(1, key.size() - 2), value);
    }
    if (!cursor.is_at_end()) return std::nullopt;
    return found;
}

std::string_view TopLevel::raw(std::string_view key) const {
    const auto found = std::find_if(members_.rbegin(), members_.rend(),
                                    [&](const auto& member) { return member.first == key; });
    return found == members_.rend() ? std::string_view{} : found->second;
}

std::optional<std::string> TopLevel::text(std::string_view key) const {
    const std::string_view value = raw(key);
    if (value.empty() || value.front() != '"') return std::nullopt;
    if (value.find('\\') == value.npos) return std::string{value.substr(1, value.size() - 2)};
    const auto unescaped = nlohmann::json::parse(value, nullptr, false);
    if (!unescaped.is_string()) return std::nullopt;
    return unescaped.get<std::string>();
}

std::optional<std::int64_t> TopLevel::integer(std::string_view key) const {
    const std::string_view value = raw(key);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.begin(), value.end(), number);
    if (value.empty() || error != std::errc{} || end != value.end()) return std::nullopt;
    return number;
}

}  // namespace bitgrid::wire
