#pragma once
// What `bitgrid backup` leaves for the daemon in `data/backup.json`: when there was a verified
// backup last, and what became of the newest try.
#include <nlohmann/json.hpp>
#include <string>

#include "core/result.hpp"
#include "core/time.hpp"

namespace bitgrid::wire {

struct BackupNote {
    core::UnixTime since{};      ///< first try ever
    core::UnixTime last_good{};  ///< newest verified backup; 0: none yet
    core::UnixTime last_try{};
    std::string target;   ///< where it went, or should have gone
    std::string trouble;  ///< of the newest try; empty: it is good
    friend bool operator==(const BackupNote&, const BackupNote&) = default;
};

nlohmann::json backup_json(const BackupNote&);
/// BadInput names what is wrong.
core::Result<BackupNote> backup_from_json(const nlohmann::json&);

}  // namespace bitgrid::wire
