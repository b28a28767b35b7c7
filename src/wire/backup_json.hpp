#pragma once
// What `bitgrid backup` leaves for the daemon in the data folder: in `backup.json` when there was a
// verified backup last, what became of the newest try, and how to make such a one again; in
// `restore_test.json` whether the newest one was brought back for a try. Neither holds a secret.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"

namespace bitgrid::wire {

/// The order of the newest good one that went to a folder. Paths are absolute.
struct BackupAgain {
    std::string folder;  ///< that backups lie in
    std::string config;
    std::int64_t keep{};
    std::vector<std::string> recipients;
    std::string passphrase_file;
    friend bool operator==(const BackupAgain&, const BackupAgain&) = default;
};

struct BackupNote {
    core::UnixTime since{};      ///< first try ever
    core::UnixTime last_good{};  ///< newest verified backup; 0: none yet
    core::UnixTime last_try{};
    std::string target;                  ///< where it went, or should have gone
    std::string trouble;                 ///< of the newest try; empty: it is good
    std::optional<BackupAgain> again{};  ///< none: it was handed to another program
    friend bool operator==(const BackupNote&, const BackupNote&) = default;
};

struct RestoreTestNote {
    core::UnixTime time{};
    std::string backup;     ///< its folder
    std::int64_t events{};  ///< in it
    std::string trouble;    ///< empty: it came back whole, and decides as it did
    friend bool operator==(const RestoreTestNote&, const RestoreTestNote&) = default;
};

nlohmann::json backup_json(const BackupNote&);
/// BadInput names what is wrong.
core::Result<BackupNote> backup_from_json(const nlohmann::json&);

nlohmann::json restore_test_json(const RestoreTestNote&);
/// BadInput names what is wrong.
core::Result<RestoreTestNote> restore_test_from_json(const nlohmann::json&);

}  // namespace bitgrid::wire
