#pragma once
// The keys of rules.yaml as a table of values that can be looked at and set: made from describe().
#include <functional>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/config.hpp"

namespace bitgrid::research {

struct RuleKey {
    std::string_view key;
    nlohmann::json value;              ///< now
    std::optional<core::Range> range;  ///< of numbers
    bool is_whole{false};
    bool may_be_null{false};
    std::vector<std::string_view> words;             ///< of a choice
    std::function<void(const nlohmann::json&)> set;  ///< to a value that is allowed
};

/// Of these rules, in the order of the reference page. set() writes to `rules`, which must outlive
/// the table.
std::vector<RuleKey> rule_keys(core::RuleConfig& rules);

/// What a key may be: `a number from 0 to 1000 kW`.
std::string allowed_for(const RuleKey&);
bool is_allowed(const RuleKey&, const nlohmann::json& value);

/// Unit of a key by its end: `soc_hard_min_pct` is in %. Empty where it has none.
std::string_view unit_of_key(std::string_view key);
/// Number as people write it: 0.8, not 0.80000000000000004.
std::string number_text(double);

}  // namespace bitgrid::research
