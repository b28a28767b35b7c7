#pragma once
// Reads a flat JSON object into a struct by its describe() table: unknown keys, wrong types and
// numbers that are not finite are named. Ranges and combinations are not judged here.
#include <cmath>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config.hpp"
#include "core/result.hpp"

namespace bitgrid::wire {

/// Visitor for describe(). Fields that the object does not name keep their value.
class JsonFields {
public:
    explicit JsonFields(const nlohmann::json& object) : object_{object} {}

    void operator()(const char* key, std::string& value, const char*) {
        if (const auto* j = find(key))
            j->is_string() ? void(value = j->get<std::string>()) : fail(key, "a text");
    }
    void operator()(const char* key, bool& value, const char*) {
        if (const auto* j = find(key))
            j->is_boolean() ? void(value = j->get<bool>()) : fail(key, "true or false");
    }
    void operator()(const char* key, int& value, core::Range, const char*) {
        const auto* j = find(key);
        if (j == nullptr) return;
        if (!is_whole(*j)) return fail(key, "a whole number");
        value = static_cast<int>(j->get<double>());
    }
    template <class Number>
    void operator()(const char* key, Number& value, core::Range, const char*) {
        const auto* j = find(key);
        if (j == nullptr) return;
        if (!is_finite(*j)) return fail(key, "a finite number");
        value = Number{j->get<double>()};
    }
    template <class Number>
    void operator()(const char* key, std::optional<Number>& value, core::Range, const char*) {
        const auto* j = find(key);
        if (j == nullptr) return;
        if (j->is_null()) return value.reset();
        if (!is_finite(*j)) return fail(key, "a finite number or null");
        value = Number{j->get<double>()};
    }
    template <class Enum>
    void choice(const char* key, Enum& value, std::initializer_list<const char*> words,
                const char*) {
        const auto* j = find(key);
        if (j == nullptr) return;
        int index = 0;
        for (const char* word : words) {
            if (*j == word) return void(value = static_cast<Enum>(index));
            ++index;
        }
        std::string allowed = "one of";
        for (const char* word : words) allowed.append(" ").append(word);
        fail(key, allowed);
    }

    /// A key that the table does not have and that is not read elsewhere is an error, too.
    core::Result<void> finish(std::initializer_list<std::string_view> read_elsewhere = {}) {
        for (const auto& [key, value] : object_.items()) {
            bool is_known = false;
            for (const std::string& k : known_) is_known = is_known || k == key;
            for (const std::string_view k : read_elsewhere) is_known = is_known || k == key;
            if (!is_known && error_.empty()) error_ = "unknown key \"" + key.substr(0, 60) + "\"";
        }
        if (!error_.empty()) return core::Error{core::ErrorCode::BadInput, error_};
        return {};
    }

private:
    const nlohmann::json* find(const char* key) {
        known_.emplace_back(key);
        const auto it = object_.find(key);
        return it == object_.end() ? nullptr : &*it;
    }
    static bool is_finite(const nlohmann::json& j) {
        return j.is_number() && std::isfinite(j.get<double>());
    }
    static bool is_whole(const nlohmann::json& j) {
        if (!is_finite(j)) return false;
        const double d = j.get<double>();
        return d == std::floor(d) && std::abs(d) <= 1e9;
    }
    void fail(const char* key, const std::string& allowed) {
        if (error_.empty()) error_ = std::string{"\""} + key + "\" must be " + allowed;
    }

    const nlohmann::json& object_;
    std::vector<std::string> known_;
    std::string error_;
};

}  // namespace bitgrid::wire
