#include "research/report/html_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "wire/time_text.hpp"

namespace bitgrid::research {
namespace {

constexpr const char* kThinSpace = "\u202f";

}  // namespace

std::string escaped(std::string_view text) {
    std::string safe;
    for (const char c : text) switch (c) {
            case '&':
                safe += "&amp;";
                break;
            case '<':
                safe += "&lt;";
                break;
            case '>':
                safe += "&gt;";
                break;
            case '"':
                safe += "&quot;";
                break;
            case '\'':
                safe += "&#39;";
                break;
            default:
                safe += c;
        }
    return safe;
}

std::string shown(double value, int digits, bool is_german) {
    std::array<char, 352> room{};  // the largest double in full
    const auto [end, error] = std::to_chars(room.data(), room.data() + room.size(), value,
                                            std::chars_format::fixed, digits);
    std::string text{room.data(), error == std::errc{} ? end : room.data()};
    if (text.find_first_not_of("-0.") == std::string::npos && text.starts_with('-'))
        text.erase(0, 1);  // no -0.0
    const std::size_t point = std::min(text.find('.'), text.size());
    if (is_german && point < text.size()) text[point] = ',';
    const std::size_t first = text.starts_with('-') ? 1 : 0;
    if (point - first > 4)
        for (std::size_t i = point; i > first + 3;) text.insert(i -= 3, kThinSpace);
    return text;
}

std::string shown_day(core::UnixTime time, bool is_german) {
    const std::string iso = wire::time_text(time).substr(0, 10);
    if (!is_german) return iso;
    return iso.substr(8, 2) + "." + iso.substr(5, 2) + "." + iso.substr(0, 4);
}

}  // namespace bitgrid::research
