#pragma once
// The journal's text as every other part of the program writes and reads it.
#include "core/config.hpp"
#include "store/journal_row.hpp"

namespace bitgrid::store {

/// `config` is asked on the engine's thread, for the names of loads; it must outlive the codec.
Codec wire_codec(const core::Config& config);

}  // namespace bitgrid::store
