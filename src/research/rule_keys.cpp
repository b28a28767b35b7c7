#include "research/rule_keys.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "core/rule_config_fields.hpp"

namespace bitgrid::research {
namespace {

using Json = nlohmann::json;

template <class Number>
double number_of(const Number& value) {
    if constexpr (std::is_arithmetic_v<Number>) return value;
    else return value.value;
}

// Visitor of describe().
class Collector {
public:
    void operator()(const char* key, bool& value, const char*) {
        add(key, value).set = [&value](const Json& to) { value = to.get<bool>(); };
    }
    void operator()(const char* key, int& value, core::Range range, const char*) {
        RuleKey& one = add(key, value);
        one.range = range;
        one.is_whole = true;
        one.set = [&value](const Json& to) { value = static_cast<int>(to.get<double>()); };
    }
    template <class Number>
    void operator()(const char* key, Number& value, core::Range range, const char*) {
        RuleKey& one = add(key, number_of(value));
        one.range = range;
        one.set = [&value](const Json& to) { value = Number{to.get<double>()}; };
    }
    template <class Number>
    void operator()(const char* key, std::optional<Number>& value, core::Range range, const char*) {
        RuleKey& one = add(key, value ? Json(number_of(*value)) : Json{});
        one.range = range;
        one.may_be_null = true;
        one.set = [&value](const Json& to) {
            if (to.is_null()) value.reset();
            else value = Number{to.get<double>()};
        };
    }
    template <class Enum>
    void choice(const char* key, Enum& value, std::initializer_list<const char*> words,
                const char*) {
        RuleKey& one = add(key, words.begin()[static_cast<std::size_t>(value)]);
        one.words.assign(words.begin(), words.end());
        one.set = [&value, all = one.words](const Json& to) {
            for (std::size_t i = 0; i < all.size(); ++i)
                if (to == all[i]) value = static_cast<Enum>(i);
        };
    }
    std::vector<RuleKey> take() { return std::move(keys_); }

private:
    RuleKey& add(const char* key, Json value) {
        keys_.push_back({});
        keys_.back().key = key;
        keys_.back().value = std::move(value);
        return keys_.back();
    }
    std::vector<RuleKey> keys_;
};

}  // namespace

std::vector<RuleKey> rule_keys(core::RuleConfig& rules) {
    Collector collector;
    core::describe(collector, rules);
    return collector.take();
}

std::string allowed_for(const RuleKey& rule) {
    if (!rule.words.empty()) {
        std::string all;
        for (const std::string_view word : rule.words)
            all.append(all.empty() ? "" : " or ").append(word);
        return all;
    }
    if (!rule.range) return "true or false";
    const std::string_view unit = unit_of_key(rule.key);
    return std::string{rule.may_be_null ? "null or " : ""} + "a " +
           (rule.is_whole ? "whole " : "") + "number from " + number_text(rule.range->min) +
           " to " + number_text(rule.range->max) + (unit.empty() ? "" : " ") + std::string{unit};
}

bool is_allowed(const RuleKey& rule, const Json& value) {
    if (!rule.words.empty()) {
        bool is_word = false;
        for (const std::string_view word : rule.words) is_word = is_word || value == word;
        return is_word;
    }
    if (!rule.range) return value.is_boolean();
    if (value.is_null()) return rule.may_be_null;
    if (!value.is_number()) return false;
    const double number = value.get<double>();
    if (rule.is_whole && number != std::floor(number)) return false;
    return number >= rule.range->min && number <= rule.range->max;
}

std::string_view unit_of_key(std::string_view key) {
    // Longer ends first.
    constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kUnits{
        {{"_blocks", "blocks"},
         {"_ct_kwh", "ct/kWh"},
         {"_ct", "ct/kWh"},
         {"_kwh", "kWh"},
         {"_kw", "kW"},
         {"_pct", "%"},
         {"_min", "min"},
         {"_w", "W"},
         {"_c", "°C"},
         {"_s", "s"}}};
    for (const auto& [end, unit] : kUnits)
        if (key.ends_with(end)) return unit;
    return {};
}

std::string number_text(double value) {
    constexpr double kLong = 1e9;  // longer ones are not read, only seen
    std::array<char, 32> text{};
    const auto form =
        std::abs(value) < kLong ? std::chars_format::fixed : std::chars_format::general;
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value, form);
    return error == std::errc{} ? std::string{text.data(), end} : "?";
}

}  // namespace bitgrid::research
