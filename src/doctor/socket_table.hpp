#pragma once
// /proc/net/tcp and tcp6: who listens. Any bytes in; lines that are none are passed over.
#include <cstdint>
#include <string_view>
#include <vector>

namespace bitgrid::doctor {

struct Listener {
    std::uint16_t port{};
    bool is_loopback{};  ///< reached from this machine only
    friend bool operator==(const Listener&, const Listener&) = default;
};

/// At most a few thousand.
std::vector<Listener> listeners_in(std::string_view table);

}  // namespace bitgrid::doctor
