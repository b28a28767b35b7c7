#pragma once
// What describe() says about a struct, as plain data: the source of schemas, reference pages, the
// form of a configuration that is hashed, and the one that is shown. A visitor like the reader.
#include <charconv>
#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config.hpp"

namespace bitgrid::ops {

struct Field {
    enum class Kind { Text, Flag, Number, Whole, Word, Words, Secret, Group };
    std::string key;
    Kind kind{Kind::Text};
    std::string meaning;
    std::string value;  ///< in JSON: "home", 10, null; empty for Secret and Group
    bool may_be_null{false};
    std::optional<core::Range> range;
    std::vector<std::string> words;  ///< allowed, for Word
    std::vector<Field> fields;       ///< of a Group
};

/// Text as a JSON string; a number in a short form that reads back the same.
std::string json_text(std::string_view text);
std::string json_number(double value);

class FieldTable {
public:
    std::vector<Field> take() { return std::move(fields_); }

    void operator()(std::string_view key, const std::string& value, std::string_view meaning) {
        add(key, Field::Kind::Text, meaning).value = json_text(value);
    }
    void operator()(std::string_view key, const std::optional<std::string>& value,
                    std::string_view meaning) {
        Field& field = add(key, Field::Kind::Text, meaning);
        field.value = value ? json_text(*value) : "null";
        field.may_be_null = true;
    }
    void operator()(std::string_view key, const std::same_as<bool> auto& value,
                    std::string_view meaning) {
        add(key, Field::Kind::Flag, meaning).value = value ? "true" : "false";
    }
    void operator()(std::string_view key, const std::vector<std::string>& value,
                    std::string_view meaning);

    template <class Number>
    void operator()(std::string_view key, const Number& value, core::Range range,
                    std::string_view meaning) {
        Field& field = add(key, kind_of<Number>(), meaning);
        field.value = json_number(number_of(value));
        field.range = range;
    }
    template <class Number>
    void operator()(std::string_view key, const std::optional<Number>& value, core::Range range,
                    std::string_view meaning) {
        Field& field = add(key, kind_of<Number>(), meaning);
        field.value = value ? json_number(number_of(*value)) : "null";
        field.range = range;
        field.may_be_null = true;
    }
    template <class Enum>
    void choice(std::string_view key, const Enum& value,
                std::initializer_list<std::string_view> words, std::string_view meaning) {
        Field& field = add(key, Field::Kind::Word, meaning);
        field.words.assign(words.begin(), words.end());
        field.value = json_text(field.words.at(static_cast<std::size_t>(value)));
    }
    void secret(std::string_view key, const std::string&, std::string_view meaning) {
        add(key, Field::Kind::Secret, meaning);
    }
    template <class Struct>
    void group(std::string_view key, Struct& value, std::string_view meaning) {
        FieldTable inner;
        describe(inner, value);
        add(key, Field::Kind::Group, meaning).fields = inner.take();
    }

private:
    template <class Number>
    static constexpr Field::Kind kind_of() {
        return std::integral<Number> ? Field::Kind::Whole : Field::Kind::Number;
    }
    template <class Number>
    static double number_of(const Number& value) {
        if constexpr (std::is_arithmetic_v<Number>) {
            return static_cast<double>(value);
        } else {
            return value.value;
        }
    }
    Field& add(std::string_view key, Field::Kind kind, std::string_view meaning);

    std::vector<Field> fields_;
};

/// The fields of a struct with the values that it has now.
template <class Struct>
std::vector<Field> fields_of(Struct value = {}) {
    FieldTable table;
    describe(table, value);
    return table.take();
}

}  // namespace bitgrid::ops
