#include "ops/field_table.hpp"

#include <fmt/format.h>

#include <cmath>

namespace bitgrid::ops {

std::string json_text(std::string_view text) {
    std::string out{'"'};
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string json_number(double value) {
    char digits[32];
    // The shortest form of a million is 1e+06, which nobody writes.
    const bool is_plain = value == std::trunc(value) && std::abs(value) < 1e15;
    const auto end =
        is_plain
            ? std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed).ptr
            : std::to_chars(digits, digits + sizeof digits, value).ptr;
    return {digits, end};
}

void FieldTable::operator()(std::string_view key, const std::vector<std::string>& value,
                            std::string_view meaning) {
    Field& field = add(key, Field::Kind::Words, meaning);
    field.value = "[";
    for (const std::string& word : value) {
        if (field.value.size() > 1) field.value += ',';
        field.value += json_text(word);
    }
    field.value += ']';
}

Field& FieldTable::add(std::string_view key, Field::Kind kind, std::string_view meaning) {
    Field field;
    field.key = key;
    field.kind = kind;
    field.meaning = meaning;
    return fields_.emplace_back(std::move(field));
}

}  // namespace bitgrid::ops
