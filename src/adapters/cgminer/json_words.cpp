#include "adapters/cgminer/json_words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace bitgrid::adapters::cgminer {
namespace {

constexpr std::string_view kUnreadable = "\xEF\xBF\xBD";  // U+FFFD

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// Whether the quote at `at` ends its string: what follows must look like JSON going on.
bool is_closing(std::string_view reply, std::size_t at) {
    std::size_t next = skip_blanks(reply, at + 1);
    if (next == reply.size() || is_one_of(reply[next], ":}]")) return true;
    if (reply[next] == '"') {
        // Either a comma is missing between two strings, or the quoted word ends its string.
        const std::size_t after = skip_blanks(reply, next + 1);
        return after < reply.size() && !is_one_of(reply[after], ",:}]");
    }
    if (reply[next] != ',') return false;
    next = skip_blanks(reply, next + 1);
    return next == reply.size() || is_one_of(reply[next], "\"{[}],-0123456789tfniN");
}

// Length of the UTF-8 sequence at `at`, 0 where it is none (overlong, surrogate, beyond U+10FFFF).
std::size_t utf8_length(std::string_view s, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return at + i < s.size() ? static_cast<unsigned char>(s[at + i]) : 0U;
    };
    const unsigned first = byte(0);
    const auto is_tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return is_tail(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        if (!is_tail(1) || !is_tail(2)) return 0;
        if (first == 0xE0 && byte(1) < 0xA0) return 0;
        return first == 0xED && byte(1) > 0x9F ? 0 : 3;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if (!is_tail(1) || !is_tail(2) || !is_tail(3)) return 0;
        if (first == 0xF0 && byte(1) < 0x90) return 0;
        return first == 0xF4 && byte(1) > 0x8F ? 0 : 4;
    }
    return 0;
}

// The code unit of `\uXXXX` at `at`, or -1.
int code_unit(std::string_view s, std::size_t at) {
    if (at + 6 > s.size() || s[at] != '\\' || s[at + 1] != 'u') return -1;
    int value = 0;
    const auto [end, error] = std::from_chars(s.data() + at + 2, s.data() + at + 6, value, 16);
    return error == std::errc{} && end == s.data() + at + 6 && s[at + 2] != '-' ? value : -1;
}

// Copies the escape at `at`, or writes what can be written instead; returns its length.
std::size_t copy_escape(std::string_view s, std::size_t at, JsonWord& word) {
    if (at + 1 < s.size() && is_one_of(s[at + 1], "\"\\/bfnrt")) {
        word.text += s.substr(at, 2);
        return 2;
    }
    const int unit = code_unit(s, at);
    if (unit >= 0 && (unit < 0xD800 || unit > 0xDFFF)) {
        word.text += s.substr(at, 6);
        return 6;
    }
    const int low = unit >= 0xD800 && unit < 0xDC00 ? code_unit(s, at + 6) : -1;
    if (low >= 0xDC00 && low <= 0xDFFF) {
        word.text += s.substr(at, 12);
        return 12;
    }
    word.is_repaired = true;
    word.text += unit >= 0 ? kUnreadable : "\\\\";
    return unit >= 0 ? 6 : 1;
}

bool is_json_number(std::string_view s) {
    std::size_t i = 0;
    const auto digits = [&] {
        const std::size_t from = i;
        while (i < s.size() && s[i] >= '0' && s[i] <= '9') ++i;
        return i - from;
    };
    if (i < s.size() && s[i] == '-') ++i;
    const bool has_zero = i < s.size() && s[i] == '0';
    const std::size_t whole = digits();
    if (whole == 0 || (has_zero && whole > 1)) return false;
    if (i < s.size() && s[i] == '.') {
        ++i;
        if (digits() == 0) return false;
    }
    if (i < s.size() && lower(s[i]) == 'e') {
        ++i;
        if (i < s.size() && is_one_of(s[i], "+-")) ++i;
        if (digits() == 0) return false;
    }
    double value = 0;
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
    return i == s.size() && error == std::errc{} && std::isfinite(value);
}

}  // namespace

std::size_t skip_blanks(std::string_view reply, std::size_t at) {
    while (at < reply.size() && is_blank(reply[at])) ++at;
    return at;
}

bool is_no_number(std::string_view text) {
    std::string word;
    for (const char c : text.substr(0, 16))
        if (!is_one_of(c, "\"+- ")) word += lower(c);
    return text.size() <= 16 &&
           (word == "inf" || word == "infinity" || word == "nan" || word == "nanq");
}

JsonWord read_string(std::string_view reply, std::size_t begin) {
    JsonWord word{"\"", begin + 1, false, false};
    while (word.end < reply.size()) {
        const char c = reply[word.end];
        if (c == '"' && is_closing(reply, word.end)) {
            word.text += '"';
            ++word.end;
            return word;
        }
        if (c == '\\') {
            word.end += copy_escape(reply, word.end, word);
            continue;
        }
        const std::size_t length = utf8_length(reply, word.end);
        word.is_repaired = word.is_repaired || c == '"' || length == 0 || is_blank(c) != (c == ' ');
        if (c == '"') word.text += "\\\"";
        else if (length == 0) word.text += kUnreadable;
        else if (!is_blank(c) || c == ' ') word.text += reply.substr(word.end, length);
        word.end += std::max<std::size_t>(length, 1);
    }
    word.is_torn = true;
    return word;
}

JsonWord read_bare(std::string_view reply, std::size_t begin) {
    std::size_t end = begin;
    while (end < reply.size() && !is_blank(reply[end]) && !is_one_of(reply[end], ",:{}[]\"")) ++end;
    const std::string_view raw = reply.substr(begin, end - begin);
    JsonWord word{std::string{raw}, end, false, skip_blanks(reply, end) == reply.size()};
    if (raw == "true" || raw == "false" || raw == "null" || is_json_number(raw)) return word;
    word.text = "null";
    word.is_repaired = true;
    return word;
}

}  // namespace bitgrid::adapters::cgminer
