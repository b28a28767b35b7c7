#include "doctor/config_lines.hpp"

#include <algorithm>

namespace bitgrid::doctor {
namespace {

bool is_space(char one) { return one == ' ' || one == '\t' || one == '\r'; }

std::vector<std::string> words_of(std::string_view line, bool is_assignment) {
    std::vector<std::string> words;
    std::size_t at = 0;
    const auto ends_word = [&](char one) {
        return is_space(one) || (is_assignment && words.empty() && one == '=');
    };
    while (at < line.size()) {
        if (is_space(line[at]) || (is_assignment && words.size() == 1 && line[at] == '=')) {
            ++at;
            continue;
        }
        std::string word;
        if (line[at] == '"') {
            const std::size_t end = std::min(line.find('"', at + 1), line.size());
            word = line.substr(at + 1, end - at - 1);
            at = end + 1;
        } else {
            const std::size_t begin = at;
            while (at < line.size() && !ends_word(line[at])) ++at;
            if (at == begin) ++at;  // a line that begins with `=`
            word = line.substr(begin, at - begin);
        }
        words.push_back(std::move(word));
    }
    return words;
}

}  // namespace

const std::string& ConfigLine::value() const {
    static const std::string none;
    return values.empty() ? none : values.front();
}

std::string in_small_letters(std::string_view text) {
    std::string small{text};
    for (char& one : small)
        if (one >= 'A' && one <= 'Z') one = static_cast<char>(one - 'A' + 'a');
    return small;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

std::vector<ConfigLine> config_lines(std::string_view text, bool is_assignment) {
    std::vector<ConfigLine> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#') continue;
        auto words = words_of(line, is_assignment);
        if (words.empty()) continue;
        ConfigLine one{in_small_letters(words.front()), {}};
        one.values.assign(words.begin() + 1, words.end());
        lines.push_back(std::move(one));
    }
    return lines;
}

}  // namespace bitgrid::doctor
