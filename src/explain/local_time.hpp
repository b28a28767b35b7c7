#pragma once
// A moment as the people of the house read it on their clock.
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "explain/locale.hpp"

namespace bitgrid::explain {

/// `09:10`, `tomorrow 09:10` seen from `now`, or with the date; a begun minute counts as the next,
/// so that "until" and "not before" stay true. In UTC, and saying so, where the zone is unknown.
std::string clock_time(const Locale&, std::string_view time_zone, core::UnixTime when,
                       core::UnixTime now);

}  // namespace bitgrid::explain
