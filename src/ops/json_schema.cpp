#include "ops/json_schema.hpp"

#include <fmt/format.h>

namespace bitgrid::ops {
namespace {

std::string indent(int depth) { return std::string(static_cast<std::size_t>(depth) * 2, ' '); }

std::string with_null(std::string_view type, bool may_be_null) {
    return may_be_null ? fmt::format("[{}, \"null\"]", json_text(type)) : json_text(type);
}

std::string bounds(const Field& field) {
    if (!field.range) return {};
    return fmt::format(", \"minimum\": {}, \"maximum\": {}", json_number(field.range->min),
                       json_number(field.range->max));
}

std::string object_of(const std::vector<Field>& fields, int depth);

std::string type_of(const Field& field, int depth) {
    switch (field.kind) {
        case Field::Kind::Text:
            return "\"type\": " + with_null("string", field.may_be_null);
        case Field::Kind::Flag:
            return "\"type\": \"boolean\"";
        case Field::Kind::Number:
            return "\"type\": " + with_null("number", field.may_be_null) + bounds(field);
        case Field::Kind::Whole:
            return "\"type\": " + with_null("integer", field.may_be_null) + bounds(field);
        case Field::Kind::Words:
            return R"("type": "array", "items": {"type": "string"})";
        case Field::Kind::Secret:
            return "\"type\": \"string\"";
        case Field::Kind::Group:
            return object_of(field.fields, depth + 1);
        case Field::Kind::Word:
            break;
    }
    std::string words;
    for (const std::string& word : field.words)
        words += (words.empty() ? "" : ", ") + json_text(word);
    return "\"enum\": [" + words + "]";
}

std::string property(const Field& field, int depth) {
    const bool is_secret = field.kind == Field::Kind::Secret;
    std::string text = fmt::format(
        "{}{}: {{\"description\": {}, {}", indent(depth),
        json_text(field.key + (is_secret ? "_file" : "")),
        json_text(field.meaning + (is_secret ? " (path of a file)" : "")), type_of(field, depth));
    if (!field.value.empty()) text += ", \"default\": " + field.value;
    return text + '}';
}

/// The members of a schema object, without its braces.
std::string object_of(const std::vector<Field>& fields, int depth) {
    std::string text = "\"type\": \"object\", \"additionalProperties\": false, \"properties\": {\n";
    for (std::size_t i = 0; i < fields.size(); ++i) {
        text += property(fields[i], depth + 1) + (i + 1 < fields.size() ? ",\n" : "\n");
    }
    return text + indent(depth) + '}';
}

std::string head(std::string_view title) {
    return fmt::format(
        "{{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \"title\": {},\n",
        json_text(title));
}

}  // namespace

std::string json_schema(std::string_view title, const std::vector<Field>& fields) {
    return head(title) + "  " + object_of(fields, 1) + "\n}\n";
}

std::string json_schema_of_list(std::string_view title, const std::vector<Field>& fields,
                                std::size_t most) {
    return head(title) +
           fmt::format("  \"type\": \"array\", \"maxItems\": {}, \"items\": {{\n    ", most) +
           object_of(fields, 2) + "\n  }\n}\n";
}

}  // namespace bitgrid::ops
