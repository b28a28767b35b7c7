#pragma once
// A Mosquitto of our own for a demonstration: free port, own folder, on loopback; ends with us.
#include <sys/types.h>

#include <memory>
#include <string>

#include "core/result.hpp"

namespace bitgrid::app {

/// Started by posix_spawn and ended by its process id. Blocks for some milliseconds until it
/// listens.
class PrivateBroker {
public:
    /// NotFound where no Mosquitto is installed; anything else is why it does not run.
    /// `port`: 0 for a free one.
    static core::Result<std::unique_ptr<PrivateBroker>> start(const std::string& folder,
                                                              std::uint16_t port = 0);
    ~PrivateBroker();
    PrivateBroker(const PrivateBroker&) = delete;
    PrivateBroker& operator=(const PrivateBroker&) = delete;

    std::uint16_t port() const { return port_; }
    pid_t process() const { return process_; }

private:
    PrivateBroker(pid_t process, std::uint16_t port) : process_{process}, port_{port} {}

    pid_t process_;
    std::uint16_t port_;
};

}  // namespace bitgrid::app
