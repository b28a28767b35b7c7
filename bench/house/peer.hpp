#pragma once
// One TCP connection on loopback, byte by byte and without a library of the product's: what is
// measured through it is the product.
#include <cstdint>
#include <string>
#include <string_view>

namespace bitgrid::bench {

/// One thread. A connection that is refused or breaks is an exception.
class Peer {
public:
    explicit Peer(std::uint16_t port);
    ~Peer();
    Peer(Peer&& other) noexcept;
    Peer& operator=(Peer&&) = delete;

    /// All of it; waits while the other side is slow.
    void send(std::string_view bytes);
    /// Appends what is there, waiting at most so long for it; false where nothing came.
    bool receive(std::string& into, int patience_ms);
    int descriptor() const { return socket_; }

private:
    int socket_;
};

/// A port that was free a moment ago.
std::uint16_t free_port();

}  // namespace bitgrid::bench
