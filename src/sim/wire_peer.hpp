#pragma once
// For the room's tests: an independent peer, a plain blocking socket. Nothing of it is shared with
// the servers.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace bitgrid::sim {

class WirePeer {
public:
    explicit WirePeer(std::uint16_t port, int patience_ms = 5000)
        : fd_{socket(AF_INET, SOCK_STREAM, 0)} {
        const timeval patience{patience_ms / 1000, patience_ms % 1000 * 1000};
        setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        is_connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    }
    ~WirePeer() { close(fd_); }
    WirePeer(const WirePeer&) = delete;
    WirePeer& operator=(const WirePeer&) = delete;

    bool is_connected() const { return is_connected_; }
    void say(const std::string& text) const {
        static_cast<void>(send(fd_, text.data(), text.size(), MSG_NOSIGNAL));
    }
    /// To the end of the connection; what came so far where it is reset or says nothing for too
    /// long.
    std::string hear() const {
        std::string all;
        char part[4096];
        for (ssize_t n = 0; (n = recv(fd_, part, sizeof part, 0)) > 0;)
            all.append(part, static_cast<std::size_t>(n));
        return all;
    }

private:
    int fd_;
    bool is_connected_{false};
};

}  // namespace bitgrid::sim
