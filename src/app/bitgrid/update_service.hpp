#pragma once
// The service that an update stops and starts: by systemd, or by a command of the owner's. Blocks
// until it was done. Refused: nobody can do it here, with the way out; or it was not done.
#include <string>
#include <vector>

#include "core/result.hpp"

namespace bitgrid::app {

class UpdateService {
public:
    /// `command`: called with `stop` or `start`; empty: systemd with these units.
    static core::Result<UpdateService> choose(const std::string& command,
                                              std::vector<std::string> units);

    core::Result<void> stop() const { return order("stop"); }
    core::Result<void> start() const { return order("start"); }

private:
    UpdateService(std::string command, std::vector<std::string> units)
        : command_{std::move(command)}, units_{std::move(units)} {}
    core::Result<void> order(const std::string& what) const;

    std::string command_;
    std::vector<std::string> units_;
};

}  // namespace bitgrid::app
