#pragma once
// The day on which this program was built: no clock of a machine that runs it can be earlier.
#include "core/time.hpp"

namespace bitgrid::ops {

/// Midnight, UTC.
core::UnixTime build_day();

}  // namespace bitgrid::ops
