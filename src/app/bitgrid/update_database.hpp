#pragma once
// The database as the old program left it, kept beside while the new one proves itself, and brought
// back where it does not. Only while no daemon runs in the folder: each takes its lock. Blocks.
// Each step may be cut off and done again. Refused: a daemon runs; Unavailable, Damaged: a file.
#include <string>

#include "core/result.hpp"

namespace bitgrid::app {

/// Folder below the data folder; whole where it is there.
inline constexpr const char* kBeforeUpdate = "/before-update";

/// Newest sequence number of what was saved. Waits for the daemon's end, at most `patience_s`.
core::Result<std::int64_t> save_database(const std::string& data, int patience_s);

bool has_saved_database(const std::string& data);

/// Journal, heads and sealed files are as they were saved; what the new program wrote goes to
/// `evidence`. Does nothing where nothing is saved any more.
core::Result<void> bring_database_back(const std::string& data, const std::string& evidence,
                                       int patience_s);

void forget_saved_database(const std::string& data);

}  // namespace bitgrid::app
