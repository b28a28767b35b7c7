#pragma once
// One key of rules.yaml or policy.yaml set by its name, checked as its file would be: for those who
// try many values. Combinations are not judged here.
#include <string>
#include <string_view>

#include "core/config.hpp"
#include "core/result.hpp"

namespace bitgrid::research {

/// `value` as it would stand in the file: a number, true, false, null, or a word. BadInput names
/// key, value and what is allowed.
core::Result<void> set_rule(core::Config&, std::string_view key, std::string_view value);

}  // namespace bitgrid::research
