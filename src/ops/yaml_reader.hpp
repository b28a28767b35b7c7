#pragma once
// The strict reader of configuration: a visitor for describe(v, struct). Each key must have the
// right type, be in its range or one of its words; a key that no struct names is a problem. Gathers
// all problems and changes only the fields that are right; a field that the text does not name
// keeps its value. An environment variable beats the text.
#include <concepts>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/config.hpp"
#include "ops/environment.hpp"
#include "ops/places.hpp"
#include "ops/yaml_tree.hpp"

namespace bitgrid::ops {

/// What all the readers of one file share.
struct Reading {
    std::string file;
    const Environment& environment;
    Problems& problems;
    Places& places;
    std::set<std::string> known_variables{};
};

class YamlReader {
public:
    /// `node` is a map or Null; `prefix` names its variables, `path` its keys in problems (`tls.`).
    /// All must outlive it.
    YamlReader(const YamlNode& node, Reading& reading, std::string prefix, std::string path);

    void operator()(std::string_view key, std::string& value, std::string_view meaning);
    void operator()(std::string_view key, bool& value, std::string_view meaning);
    void operator()(std::string_view key, std::vector<std::string>& value,
                    std::string_view meaning);
    void operator()(std::string_view key, std::optional<std::string>& value, std::string_view);

    template <class Number>
    void operator()(std::string_view key, Number& value, core::Range range, std::string_view) {
        constexpr bool is_whole = std::integral<Number>;
        if (const auto read = number(key, {range, is_whole, false})) value = to<Number>(**read);
    }
    template <class Number>
    void operator()(std::string_view key, std::optional<Number>& value, core::Range range,
                    std::string_view) {
        const auto read = number(key, {range, std::integral<Number>, true});
        if (read) value = *read ? std::optional{to<Number>(**read)} : std::nullopt;
    }

    template <class Enum>
    void choice(std::string_view key, Enum& value, std::initializer_list<std::string_view> words,
                std::string_view) {
        if (const auto index = word(key, words)) value = static_cast<Enum>(*index);
    }

    /// A password or token: never in the text itself, but in a file that `<key>_file` names, or in
    /// the environment.
    void secret(std::string_view key, std::string& value, std::string_view meaning);

    /// A struct in a struct: a map of its own in the text.
    template <class Struct>
    void group(std::string_view key, Struct& value, std::string_view) {
        YamlReader inner{map_of(key), reading_, variable_name(prefix_, key), path_of(key) + '.'};
        describe(inner, value);
        inner.finish();
    }

    /// To be called last: what the text names and no field did.
    void finish();

private:
    struct NumberRule {
        core::Range range;
        bool is_whole;
        bool may_be_null;
    };
    /// A value and where it stands; `node` is null where neither text nor environment names the
    /// key.
    struct Found {
        const YamlNode* node{nullptr};
        Origin origin;
    };

    template <class Number>
    static Number to(double read) {
        if constexpr (std::integral<Number>) {
            return static_cast<Number>(read);
        } else {
            return Number{read};
        }
    }

    Found find(std::string_view key);
    std::optional<std::optional<double>> number(std::string_view key, NumberRule rule);
    std::optional<std::size_t> word(std::string_view key,
                                    std::initializer_list<std::string_view> words);
    std::optional<std::string> text_of(std::string_view key, const Found& found);
    const YamlNode& map_of(std::string_view key);
    std::string path_of(std::string_view key) const { return path_ + std::string{key}; }
    void complain(std::string_view key, const Origin& origin, std::string what,
                  std::string allowed);
    void complain_of(std::string_view key, const Found& found, std::string allowed);

    const YamlNode& node_;
    Reading& reading_;
    std::string prefix_;
    std::string path_;
    std::vector<std::string> known_;
    YamlNode from_environment_;
};

}  // namespace bitgrid::ops
