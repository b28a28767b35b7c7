#include "research/rule_setting.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <optional>

#include "core/rule_config_fields.hpp"

namespace bitgrid::research {
namespace {

std::string shown(double number) {
    std::array<char, 32> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    return {digits.data(), error == std::errc{} ? end : digits.data()};
}

/// Visitor for describe(): finds the key and takes the value.
class Setter {
public:
    Setter(std::string_view key, std::string_view value) : key_{key}, value_{value} {}

    void operator()(const char*, std::string&, const char*) {}  // none among the rules
    void operator()(const char* key, bool& out, const char*) {
        if (!is_wanted(key)) return;
        if (value_ != "true" && value_ != "false") return allow("true or false");
        out = value_ == "true";
    }
    void operator()(const char* key, int& out, core::Range range, const char*) {
        if (!is_wanted(key)) return;
        const auto number = number_in(range);
        if (!number || *number != std::floor(*number))
            return allow("a whole number " + span(range));
        out = static_cast<int>(*number);
    }
    template <class Number>
    void operator()(const char* key, Number& out, core::Range range, const char*) {
        if (!is_wanted(key)) return;
        const auto number = number_in(range);
        if (!number) return allow("a number " + span(range));
        out = Number{*number};
    }
    template <class Number>
    void operator()(const char* key, std::optional<Number>& out, core::Range range, const char*) {
        if (!is_wanted(key)) return;
        if (value_ == "null") return out.reset();
        const auto number = number_in(range);
        if (!number) return allow("null, or a number " + span(range));
        out = Number{*number};
    }
    template <class Enum>
    void choice(const char* key, Enum& out, std::initializer_list<const char*> words, const char*) {
        if (!is_wanted(key)) return;
        std::string allowed = "one of";
        int index = 0;
        for (const char* word : words) {
            if (value_ == word) return void(out = static_cast<Enum>(index));
            allowed.append(" ").append(word);
            ++index;
        }
        allow(allowed);
    }

    bool is_found() const { return is_found_; }
    const std::string& allowed() const { return allowed_; }  ///< empty: it was taken

private:
    bool is_wanted(const char* key) {
        if (key_ != key) return false;
        return is_found_ = true;
    }
    std::optional<double> number_in(core::Range range) const {
        double number = 0;
        const char* const last = value_.data() + value_.size();
        const auto [end, error] = std::from_chars(value_.data(), last, number);
        const bool is_number = error == std::errc{} && end == last && std::isfinite(number);
        if (!is_number || number < range.min || number > range.max) return std::nullopt;
        return number;
    }
    static std::string span(core::Range range) {
        return "from " + shown(range.min) + " to " + shown(range.max);
    }
    void allow(std::string what) { allowed_ = std::move(what); }

    std::string_view key_;
    std::string_view value_;
    bool is_found_{false};
    std::string allowed_;
};

core::Error not_set(std::string_view key, const std::string& what) {
    return {core::ErrorCode::BadInput, std::string{key.substr(0, 60)} + ": " + what};
}

}  // namespace

core::Result<void> set_rule(core::Config& config, std::string_view key, std::string_view value) {
    Setter setter{key, value};
    core::describe(setter, config.rules);
    if (!setter.is_found()) core::describe(setter, config.policy);
    if (!setter.is_found()) return not_set(key, "no key of rules.yaml or policy.yaml");
    if (!setter.allowed().empty())
        return not_set(key, "found \"" + std::string{value.substr(0, 40)} + "\"; allowed is " +
                                setter.allowed());
    return {};
}

}  // namespace bitgrid::research
