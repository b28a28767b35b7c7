#pragma once
// Brings a house back from a backup, on a machine that has none: everything is checked before, put
// together beside its place, and appears at once. Blocks for seconds.
#include <string>

#include "backup/manifest.hpp"
#include "crypto/age.hpp"

namespace bitgrid::app {

struct RestoreOrder {
    std::string backup;  ///< its folder
    std::string data{"data"};
    std::string config{"config"};
    crypto::age::Key key;            ///< for what is encrypted in it
    bool is_without_secrets{false};  ///< the key is lost: neither configuration nor keys
};

struct Restored {
    backup::Manifest manifest;
    std::size_t config_files{};
    bool has_keys{false};
};

/// Reads all of it and its journal's chain, writes nothing. With a key the secrets are opened as
/// well. Refused: newer than this program, links, another key. Damaged names the first thing that
/// is not as it was written.
core::Result<Restored> check_backup(const RestoreOrder&);

/// As above; further Refused: a controller runs in the folder, or the target is not empty. Nothing
/// of a failure is left, and what was there before is as it was.
core::Result<Restored> restore_backup(const RestoreOrder&);

}  // namespace bitgrid::app
