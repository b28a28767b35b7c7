#pragma once
// Makes a backup of a house, beside its running daemon: the database at one moment, the sealed
// past, the configuration, and, encrypted, the keys. Everything is read back and checked before the
// backup gets its name; a failure leaves no trace but the note for the daemon. Blocks for seconds.
#include <functional>
#include <string>

#include "backup/shelf.hpp"
#include "crypto/age.hpp"

namespace bitgrid::app {

struct BackupOrder {
    std::string data{"data"};
    std::string config{"config"};
    std::string shelf;  ///< folder that backups lie in; empty: only for `hand_over`
    /// Who can read configuration and keys. Without: what of the configuration holds no secret lies
    /// open, the rest and the keys are left out.
    crypto::age::Lock lock;
    std::string passphrase_file{};  ///< where it came from, for the note
    std::size_t keep{7};            ///< so many newest stay
    core::UnixTime now{};
    /// Gets the folder of the finished backup, which goes afterwards where there is no shelf.
    std::function<core::Result<void>(const std::string& folder, const std::string& name)> hand_over;
    std::string target;  ///< for the note: where it goes
};

struct BackupMade {
    std::string folder;  ///< empty: it was only handed over
    backup::Manifest manifest;
    bool has_keys{false};         ///< they are in it
    bool leaves_out_keys{false};  ///< there are some, and nobody they could be encrypted to
    std::int64_t new_bytes{};     ///< the rest is shared with the backup before
    std::vector<std::string> removed;
};

/// BadInput: a folder that cannot be used, or no recipient. Refused: another backup is under way,
/// or there are links. Damaged: the journal is not whole. Unavailable: no journal, no room, not
/// writable. The outcome goes to `data/backup.json`.
core::Result<BackupMade> make_backup(const BackupOrder&);

}  // namespace bitgrid::app
