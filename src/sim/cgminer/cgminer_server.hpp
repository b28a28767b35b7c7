#pragma once
// The CGMiner API on loopback, one-shot and single-threaded like the real one: one connection, one
// command, one answer ended by NUL, then close; the next connection waits. Engine thread only;
// io_context and house must outlive it.
#include <deque>
#include <memory>

#include "sim/cgminer/avalon.hpp"
#include "sim/listener.hpp"

namespace bitgrid::sim {

class CgminerServer {
public:
    CgminerServer(boost::asio::io_context&, House&);
    ~CgminerServer() { stop(); }

    core::Result<void> start(std::uint16_t port) { return listener_.start(port); }
    void stop();
    std::uint16_t port() const { return listener_.port(); }

private:
    class Session;
    void take(boost::asio::ip::tcp::socket);
    void serve_next();

    House& house_;
    Avalon avalon_;
    Listener listener_;
    std::deque<std::shared_ptr<Session>> waiting_;  ///< the first one is served
};

}  // namespace bitgrid::sim
