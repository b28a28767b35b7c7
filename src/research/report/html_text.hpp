#pragma once
// Texts and numbers as they stand in a page. Pure.
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace bitgrid::research {

/// Safe as text and in an attribute.
std::string escaped(std::string_view);

/// With so many digits behind the point, or the comma of German; from 10 000 on in groups.
std::string shown(double value, int digits, bool is_german);

/// `2026-06-15` of UTC, in German `15.06.2026`.
std::string shown_day(core::UnixTime, bool is_german);

}  // namespace bitgrid::research
