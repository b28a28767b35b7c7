#pragma once
// Backups beside each other in one folder: `bitgrid-20260615T031742Z`, each whole, named by the
// time it was made (UTC). What is unfinished has a name of its own and is never taken for one.
// Any thread; blocks.
#include <string>
#include <vector>

#include "backup/manifest.hpp"

namespace bitgrid::backup {

std::string backup_name(core::UnixTime);
inline constexpr const char* kUnfinished = ".unfinished";  ///< behind the name

/// Names of those that are whole, oldest first.
std::vector<std::string> backups_in(const std::string& shelf);

/// Takes what earlier attempts left unfinished away.
void sweep(const std::string& shelf);

/// Removes the oldest until `keep` are left. Returns the names of those it removed; what cannot be
/// removed stays.
std::vector<std::string> remove_beyond(const std::string& shelf, std::size_t keep);

/// Reads all of a backup: every file of the manifest is there as it was written, and nothing else
/// is. Damaged names the first that is not. Refused: links and the like. NotFound: it is none.
core::Result<Manifest> check_files(const std::string& folder);

}  // namespace bitgrid::backup
