#include "adapters/nut/nut_reply.hpp"

#include <charconv>

namespace bitgrid::adapters::nut {
namespace {

constexpr std::string_view kNotSupported = "VAR-NOT-SUPPORTED";

core::Error damaged(const std::string& what) { return {core::ErrorCode::Damaged, what}; }

/// What an answer may show of itself in an error: a bounded, printable part.
std::string shown(std::string_view text) {
    std::string result;
    for (const char c : text.substr(0, 60)) result += c >= ' ' && c <= '~' ? c : '?';
    return '\'' + result + '\'';
}

std::string_view next_word(std::string_view& text) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

core::Result<std::string> unquoted(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"')
        return damaged("no quoted value: " + shown(text));
    text = text.substr(1, text.size() - 2);
    std::string value;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"' || (text[i] == '\\' && i + 1 == text.size()))
            return damaged("a quote in the value: " + shown(text));
        if (text[i] == '\\') ++i;
        value += text[i];
    }
    return value;
}

}  // namespace

core::Result<std::string> value_of(std::string_view line, std::string_view ups,
                                   std::string_view variable) {
    if (line.size() > kLongestLine)
        return core::Error{core::ErrorCode::TooLarge, "an answer of more than 512 bytes"};
    std::string_view rest = line;
    const std::string_view kind = next_word(rest);
    if (kind == "ERR")
        return core::Error{core::ErrorCode::Refused, "upsd: " + std::string{next_word(rest)}};
    if (kind != "VAR" || next_word(rest) != ups || next_word(rest) != variable)
        return damaged("not the answer to " + std::string{variable} + ": " + shown(line));
    return unquoted(rest);
}

bool is_not_supported(const core::Error& error) {
    return error.code == core::ErrorCode::Refused && error.what.ends_with(kNotSupported);
}

core::Result<ports::PowerReading> read_status(std::string_view words) {
    ports::PowerReading power;
    bool is_known = false;
    for (std::string_view rest = words; !rest.empty();) {
        const std::string_view word = next_word(rest);
        if (word == "WAIT")
            return core::Error{core::ErrorCode::Unavailable, "upsd: the UPS driver is starting"};
        // An output that is off feeds nobody: as bad as no mains.
        if (word == "OB" || word == "OFF") power.is_on_battery = true;
        else if (word == "LB") power.is_low = true;
        else if (word == "FSD") power.is_forced_shutdown = true;
        else if (word == "OVER") power.is_overloaded = true;
        else if (word == "RB" || word == "ALARM") power.wants_service = true;
        is_known = is_known || word == "OL" || word == "OB" || word == "OFF" || word == "FSD" ||
                   word == "BYPASS";
    }
    if (!is_known) return damaged("ups.status names neither mains nor battery: " + shown(words));
    return power;
}

core::Result<double> read_number(std::string_view text, double most) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || !(number >= 0) ||
        !(number <= most))
        return damaged("no number up to " + std::to_string(static_cast<long>(most)) + ": " +
                       shown(text));
    return number;
}

}  // namespace bitgrid::adapters::nut
