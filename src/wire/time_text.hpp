#pragma once
// Moments as text: ISO 8601, UTC, `2026-06-15T10:00:00.000Z`.
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"

namespace bitgrid::wire {

/// Blocks that can be counted with: to the year 9999, of a minute each.
inline constexpr core::BlockId kMostBlock = 10'000'000'000;

/// Years 1970 to 9999; anything else is written as the nearest of these.
std::string time_text(core::UnixTime);

/// Accepts `YYYY-MM-DDTHH:MM`, with or without `:SS` and `.mmm`, and `Z` or nothing (UTC). Anything
/// else is an error that names the text.
core::Result<core::UnixTime> parse_time(std::string_view);

}  // namespace bitgrid::wire
