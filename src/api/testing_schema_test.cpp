#include "api/testing_schema.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <regex>

namespace bitgrid::api {
namespace {

using Json = nlohmann::json;

const Json& schema_file(const std::string& name) {
    static std::map<std::string, Json> files;
    const auto [entry, is_new] = files.try_emplace(name);
    if (is_new) {
        std::ifstream file{std::string{"schemas/"} + name + ".schema.json"};
        entry->second = Json::parse(file);
    }
    return entry->second;
}

/// Checks one value against one schema of one file; says where it stumbled first.
class Check {
public:
    explicit Check(std::string file) : file_{std::move(file)} {}

    bool holds(const Json& value, const Json& schema, const std::string& at) {
        for (const auto& [word, rule] : schema.items()) {
            if (is_note(word)) continue;
            if (!obeys(value, word, rule, schema, at)) return false;
        }
        return true;
    }
    const std::string& fault() const { return fault_; }

private:
    static bool is_note(const std::string& word) {
        for (const char* note : {"$schema", "$id", "$comment", "$defs", "title", "description",
                                 "format", "default", "properties"})
            if (word == note) return true;
        return false;
    }
    bool fail(const std::string& at, const std::string& why) {
        fault_ = at + ": " + why;
        return false;
    }
    bool obeys(const Json& value, const std::string& word, const Json& rule, const Json& schema,
               const std::string& at) {
        if (word == "$ref") return refers(value, rule, at);
        if (word == "type") return is_type(value, rule) || fail(at, "not " + rule.dump());
        if (word == "const") return value == rule || fail(at, "not " + rule.dump());
        if (word == "enum")
            return std::find(rule.begin(), rule.end(), value) != rule.end() ||
                   fail(at, value.dump() + " is none of " + rule.dump());
        if (word == "anyOf" || word == "oneOf") return one_of(value, word, rule, at);
        if (value.is_object()) return obeys_as_object(value, word, rule, schema, at);
        if (value.is_array()) return obeys_as_array(value, word, rule, schema, at);
        return obeys_as_scalar(value, word, rule, at);
    }
    bool refers(const Json& value, const std::string& reference, const std::string& at) {
        const std::size_t hash = reference.find('#');
        const std::string target = reference.substr(0, hash);
        const std::string file = target.empty() ? file_ : target.substr(0, target.find('.'));
        const Json& root = schema_file(file);
        const Json& schema = hash == std::string::npos
                                 ? root
                                 : root.at(Json::json_pointer{reference.substr(hash + 1)});
        Check inner{file};
        return inner.holds(value, schema, at) || (fault_ = inner.fault(), false);
    }
    static bool is_type(const Json& value, const Json& types) {
        if (types.is_array())
            return std::any_of(types.begin(), types.end(),
                               [&](const Json& type) { return is_type(value, type); });
        const auto& type = types.get_ref<const std::string&>();
        if (type == "integer")
            return value.is_number() && value.get<double>() == std::floor(value.get<double>());
        return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
               (type == "string" && value.is_string()) || (type == "number" && value.is_number()) ||
               (type == "boolean" && value.is_boolean()) || (type == "null" && value.is_null());
    }
    bool one_of(const Json& value, const std::string& word, const Json& rules,
                const std::string& at) {
        int matching = 0;
        std::string closest;
        for (const Json& rule : rules) {
            Check inner{file_};
            if (inner.holds(value, rule, at)) ++matching;
            else if (inner.fault().size() > closest.size()) closest = inner.fault();
        }
        const bool is_right = word == "oneOf" ? matching == 1 : matching > 0;
        return is_right ||
               fail(at, std::to_string(matching) + " of " + word + " match; " + closest);
    }
    bool obeys_as_object(const Json& value, const std::string& word, const Json& rule,
                         const Json& schema, const std::string& at) {
        if (word == "required") {
            for (const Json& key : rule)
                if (!value.contains(key.get<std::string>())) return fail(at, "lacks " + key.dump());
            return true;
        }
        if (word == "minProperties") return value.size() >= rule.get<std::size_t>();
        if (word != "additionalProperties") return fail(at, "unknown word " + word);
        const Json properties = schema.value("properties", Json::object());
        for (const auto& [key, member] : value.items()) {
            const std::string below = at + "/" + key;
            if (properties.contains(key)) {
                if (!holds(member, properties[key], below)) return false;
            } else if (rule == false) {
                return fail(below, "is not in the schema");
            } else if (rule.is_object() && !holds(member, rule, below)) {
                return false;
            }
        }
        return true;
    }
    bool obeys_as_array(const Json& value, const std::string& word, const Json& rule,
                        const Json& schema, const std::string& at) {
        if (word == "minItems") return value.size() >= rule || fail(at, "too short");
        if (word == "maxItems") return value.size() <= rule || fail(at, "too long");
        const bool is_prefix = word == "prefixItems";
        if (!is_prefix && word != "items") return fail(at, "unknown word " + word);
        (void)schema;
        for (std::size_t i = 0; i < value.size() && (!is_prefix || i < rule.size()); ++i)
            if (!holds(value[i], is_prefix ? rule[i] : rule, at + "/" + std::to_string(i)))
                return false;
        return true;
    }
    bool obeys_as_scalar(const Json& value, const std::string& word, const Json& rule,
                         const std::string& at) {
        for (const char* other : {"required", "additionalProperties", "minProperties", "items",
                                  "prefixItems", "minItems", "maxItems"})
            if (word == other) return true;
        if (word == "minimum") return !value.is_number() || value >= rule || fail(at, "too small");
        if (word == "maximum") return !value.is_number() || value <= rule || fail(at, "too big");
        if (word == "exclusiveMinimum")
            return !value.is_number() || value > rule || fail(at, "too small");
        if (!value.is_string()) return fail(at, "unknown word " + word);
        const auto& text = value.get_ref<const std::string&>();
        if (word == "minLength") return text.size() >= rule || fail(at, "too short");
        if (word == "maxLength") return text.size() <= rule || fail(at, "too long");
        if (word == "pattern")
            return std::regex_search(text, std::regex{rule.get<std::string>()}) ||
                   fail(at, "\"" + text + "\" does not look like " + rule.dump());
        return fail(at, "unknown word " + word);
    }

    std::string file_;
    std::string fault_;
};

}  // namespace

std::string fault_of(const Json& document, const std::string& name) {
    const std::size_t slash = name.find('/');
    const std::string file = name.substr(0, slash);
    const Json& root = schema_file(file);
    Check check{file};
    check.holds(document, slash == std::string::npos ? root : root["$defs"][name.substr(slash + 1)],
                name);
    return check.fault();
}

namespace {

TEST(SchemaCheck, FindsWhatIsNotInASchema) {
    const Json good{{"action", "LIMIT"}, {"watts", 800}, {"command_id", "c1"}};
    EXPECT_EQ(fault_of(good, "override"), "");
    const auto with = [&](const char* key, const Json& value) {
        Json changed = good;
        changed[key] = value;
        return fault_of(changed, "override");
    };
    EXPECT_EQ(with("extra", 1), "override/extra: is not in the schema");
    EXPECT_EQ(with("watts", 0), "override/watts: too small");
    EXPECT_EQ(with("watts", "800"), "override/watts: not \"number\"");
    EXPECT_NE(with("action", "start"), "");
    EXPECT_NE(with("command_id", ""), "");
    EXPECT_NE(with("command_id", "with space"), "");
    EXPECT_NE(with("duration_min", 1.5), "");
    EXPECT_EQ(fault_of(Json::object(), "override"), "override: lacks \"action\"");
    EXPECT_NE(fault_of({{"schema", "event/1"}, {"type", "Nothing"}}, "event"), "");
}

}  // namespace
}  // namespace bitgrid::api
