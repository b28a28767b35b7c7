#pragma once
// Whether the house still has a backup worth the name: warns when the newest verified one is older
// than two days, once there ever was a try. Reads the note that `bitgrid backup` leaves in the data
// folder. By the machine's clock, as the one who wrote it. Owned by one thread; blocks on the disk.
#include <string>

#include "core/time.hpp"

namespace bitgrid::store {

class BackupWatch {
public:
    static constexpr std::int64_t kOldMs = std::int64_t{48} * 3'600'000;

    explicit BackupWatch(const std::string& folder) : path_{folder + "/backup.json"} {}

    /// What is wrong, in words; empty: nothing, or there never was a backup.
    std::string look(core::UnixTime now) const;

private:
    std::string path_;
};

}  // namespace bitgrid::store
