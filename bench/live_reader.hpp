#pragma once
// A reader of the live feed that counts: every message must have the number after the one before.
#include <cstdint>
#include <string>

#include "bench/house/http_peer.hpp"

namespace bitgrid::bench {

/// One thread. A refused handshake and a line that ends are exceptions.
class LiveReader {
public:
    enum class Form : std::uint8_t { WebSocket, EventStream };

    LiveReader(std::uint16_t api_port, Form);
    LiveReader(LiveReader&&) = default;

    /// Reads until nothing more has arrived.
    void take_what_is_there();
    int descriptor() { return http_.peer().descriptor(); }

    std::int64_t messages() const { return messages_; }
    std::int64_t last_number() const { return last_; }
    /// Numbers that were left out, and snapshots beside the first: it was dropped, or too slow.
    std::int64_t gaps() const { return gaps_; }

private:
    bool take_frame();
    bool take_event();
    void count(std::string_view text);

    HttpPeer http_;
    Form form_;
    std::int64_t messages_{0};
    std::int64_t last_{-1};
    std::int64_t gaps_{0};
};

}  // namespace bitgrid::bench
