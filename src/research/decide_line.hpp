#pragma once
// One line of `bitgrid decide`: a situation in JSON in, the core's answer out. What makes the core
// testable from outside.
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace bitgrid::research {

/// The answer as one line of JSON, or why the line cannot be answered. Absent, null, non-finite and
/// implausible values are missing; NaN and Infinity may be written as such.
core::Result<std::string> decide_line(std::string_view line);

}  // namespace bitgrid::research
