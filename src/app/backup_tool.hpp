#pragma once
// Hands a finished backup to restic or borg, where its owner has installed one of them: the program
// is called without a shell, and takes password and everything else from the environment, as its
// own documentation says. Blocks until it has ended; what it says goes to standard error.
#include <string>

#include "core/result.hpp"

namespace bitgrid::app {

enum class BackupTool { Restic, Borg };

/// The folder's files become the root of a snapshot (restic) or of the archive `name` (borg).
/// NotFound: it is not installed. Refused: it ended with a failure.
core::Result<void> hand_to(BackupTool, const std::string& repository, const std::string& folder,
                           const std::string& name);

}  // namespace bitgrid::app
