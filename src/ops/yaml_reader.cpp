#include "ops/yaml_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "ops/field_table.hpp"
#include "ops/text_file.hpp"
#include "ops/utf8.hpp"

namespace bitgrid::ops {
namespace {

constexpr std::size_t kMaxText = 1024;
constexpr std::size_t kMaxSecret = 4096;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The numbers of JSON and no others: YAML's 010, 0x1f, 1_000, .5 and .inf surprise people.
std::optional<double> plain_number(std::string_view text, bool is_whole) {
    std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
    if (digits.empty() || !is_digit(digits.front()) || !is_digit(digits.back())) return {};
    if (digits.size() > 1 && digits[0] == '0' && is_digit(digits[1])) return {};
    if (is_whole && !std::ranges::all_of(digits, is_digit)) return {};
    const std::size_t point = digits.find('.');
    if (point != std::string_view::npos && !is_digit(digits[point + 1])) return {};
    double value{};
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
        return {};
    return value;
}

std::string joined(std::initializer_list<std::string_view> words) {
    return fmt::format("{}", fmt::join(words, ", "));
}

std::string described(const YamlNode& node) {
    switch (node.kind) {
        case YamlNode::Kind::Null:
            return "found nothing";
        case YamlNode::Kind::Map:
            return "found a map";
        case YamlNode::Kind::List:
            return "found a list";
        case YamlNode::Kind::Scalar:
            break;
    }
    return "found " + in_quotes(node.text) + (node.is_quoted ? " in quotes" : "");
}

bool is_plain_scalar(const YamlNode& node) {
    return node.kind == YamlNode::Kind::Scalar && !node.is_quoted;
}

bool is_printable(std::string_view text) {
    return std::ranges::none_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

}  // namespace

YamlReader::YamlReader(const YamlNode& node, Reading& reading, std::string prefix, std::string path)
    : node_{node}, reading_{reading}, prefix_{std::move(prefix)}, path_{std::move(path)} {
    if (node.kind == YamlNode::Kind::Map || node.kind == YamlNode::Kind::Null) return;
    reading_.problems.push_back({reading_.file, node.line, path_.substr(0, path_.find_last_of('.')),
                                 described(node), "keys with values (key: value)"});
}

void YamlReader::operator()(std::string_view key, std::string& value, std::string_view) {
    const Found found = find(key);
    if (auto text = text_of(key, found)) value = std::move(*text);
}

void YamlReader::operator()(std::string_view key, std::optional<std::string>& value,
                            std::string_view) {
    const Found found = find(key);
    if (found.node != nullptr && found.node->kind == YamlNode::Kind::Null) {
        value.reset();
    } else if (auto text = text_of(key, found)) {
        value = std::move(*text);
    }
}

void YamlReader::operator()(std::string_view key, bool& value, std::string_view) {
    const Found found = find(key);
    if (found.node == nullptr) return;
    if (is_plain_scalar(*found.node) && found.node->text == "true") {
        value = true;
    } else if (is_plain_scalar(*found.node) && found.node->text == "false") {
        value = false;
    } else {
        complain_of(key, found, "true or false");
    }
}

void YamlReader::operator()(std::string_view key, std::vector<std::string>& value,
                            std::string_view) {
    const Found found = find(key);
    if (found.node == nullptr) return;
    if (found.node->kind != YamlNode::Kind::List) {
        complain_of(key, found, "a list of words ([a, b])");
        return;
    }
    std::vector<std::string> words;
    for (const YamlNode& item : found.node->items) {
        const Origin origin{found.origin.file, item.line};
        if (auto text = text_of(key, {&item, origin})) words.push_back(std::move(*text));
    }
    value = std::move(words);
}

void YamlReader::secret(std::string_view key, std::string& value, std::string_view) {
    const Found found = find(key);
    if (found.node != nullptr) {
        if (found.origin.line == 0) {
            value = found.node->text;
        } else {
            complain(key, found.origin, "a secret in the configuration",
                     fmt::format("{}_file: PATH, or {} in the environment", key,
                                 variable_name(prefix_, key)));
        }
    }
    const std::string file_key = std::string{key} + "_file";
    const Found named = find(file_key);
    const auto path = text_of(file_key, named);
    if (!path || (found.node != nullptr && found.origin.line == 0)) return;
    auto content = read_text_file(*path, kMaxSecret);
    if (!content) {
        complain(file_key, named.origin, content.error().what, "a file with the secret in it");
        return;
    }
    std::string& text = content.value();
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    value = std::move(text);
}

std::optional<std::optional<double>> YamlReader::number(std::string_view key, NumberRule rule) {
    const Found found = find(key);
    if (found.node == nullptr) return {};
    if (rule.may_be_null && found.node->kind == YamlNode::Kind::Null)
        return std::optional<double>{};
    const std::string allowed =
        fmt::format("a {} from {} to {}{}", rule.is_whole ? "whole number" : "number",
                    json_number(rule.range.min), json_number(rule.range.max),
                    rule.may_be_null ? ", or null" : "");
    std::optional<double> value;
    if (is_plain_scalar(*found.node)) value = plain_number(found.node->text, rule.is_whole);
    if (!value || *value < rule.range.min || *value > rule.range.max) {
        complain_of(key, found, allowed);
        return {};
    }
    return value;
}

std::optional<std::size_t> YamlReader::word(std::string_view key,
                                            std::initializer_list<std::string_view> words) {
    const Found found = find(key);
    if (found.node == nullptr) return {};
    if (found.node->kind == YamlNode::Kind::Scalar) {
        const auto match = std::ranges::find(words, std::string_view{found.node->text});
        if (match != words.end()) return static_cast<std::size_t>(match - words.begin());
    }
    complain_of(key, found, "one of " + joined(words));
    return {};
}

std::optional<std::string> YamlReader::text_of(std::string_view key, const Found& found) {
    if (found.node == nullptr) return {};
    const YamlNode& node = *found.node;
    const bool is_text = node.kind == YamlNode::Kind::Scalar && node.text.size() <= kMaxText;
    if (is_text && is_printable(node.text)) return node.text;
    complain_of(key, found, "text on one line, at most 1024 bytes");
    return {};
}

const YamlNode& YamlReader::map_of(std::string_view key) {
    static const YamlNode nothing;
    known_.emplace_back(key);
    const auto entry = std::ranges::find(node_.entries, key, &YamlEntry::key);
    return entry == node_.entries.end() ? nothing : entry->value;
}

YamlReader::Found YamlReader::find(std::string_view key) {
    known_.emplace_back(key);
    const std::string variable = variable_name(prefix_, key);
    reading_.known_variables.insert(variable);
    const auto overriding = reading_.environment.find(variable);
    if (overriding != reading_.environment.end()) {
        Origin origin{"environment " + variable, 0};
        const std::string& text = overriding->second;
        from_environment_ = {YamlNode::Kind::Scalar, text, false, 0, {}, {}};
        if (text.empty() || text == "null") from_environment_.kind = YamlNode::Kind::Null;
        reading_.places.note(path_of(key), origin);
        return {&from_environment_, std::move(origin)};
    }
    const auto entry = std::ranges::find(node_.entries, key, &YamlEntry::key);
    if (entry == node_.entries.end()) return {};
    Origin origin{reading_.file, entry->line};
    reading_.places.note(path_of(key), origin);
    return {&entry->value, std::move(origin)};
}

void YamlReader::finish() {
    for (const YamlEntry& entry : node_.entries) {
        if (std::ranges::find(known_, entry.key) != known_.end()) continue;
        const auto meant = nearest(entry.key, known_);
        complain(in_quotes(entry.key), {reading_.file, entry.line},
                 meant ? "unknown key; did you mean " + *meant + "?" : "unknown key",
                 meant ? "" : fmt::format("{}", fmt::join(known_, ", ")));
    }
}

void YamlReader::complain_of(std::string_view key, const Found& found, std::string allowed) {
    complain(key, found.origin, described(*found.node), std::move(allowed));
}

void YamlReader::complain(std::string_view key, const Origin& origin, std::string what,
                          std::string allowed) {
    reading_.places.mark_faulty(path_of(key));
    reading_.problems.push_back(
        {origin.file, origin.line, path_of(key), std::move(what), std::move(allowed)});
}

}  // namespace bitgrid::ops
