#include "ops/build_day.hpp"

namespace bitgrid::ops {

core::UnixTime build_day() { return {BITGRID_BUILT_MS}; }

}  // namespace bitgrid::ops
