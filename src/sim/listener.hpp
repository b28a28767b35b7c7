#pragma once
// A TCP port on loopback that hands out its connections. Engine thread only; the io_context must
// outlive it.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>

#include "core/result.hpp"

namespace bitgrid::sim {

class Listener {
public:
    using Taken = std::function<void(boost::asio::ip::tcp::socket)>;

    Listener(boost::asio::io_context&, Taken);
    ~Listener() { stop(); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    /// 0: any free port. A busy port is an error that names it.
    core::Result<void> start(std::uint16_t port);
    void stop();
    std::uint16_t port() const { return port_; }

private:
    struct Ear;
    static void listen(std::shared_ptr<Ear>);

    boost::asio::io_context& io_;
    Taken taken_;
    std::shared_ptr<Ear> ear_;
    std::uint16_t port_{0};
};

/// Resets the connection, as a cut line does, instead of ending it politely.
void reset(boost::asio::ip::tcp::socket&);

}  // namespace bitgrid::sim
