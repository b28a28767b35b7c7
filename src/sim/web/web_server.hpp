#pragma once
// HTTP/1.1 on loopback as a small device speaks it: one request after the other, small bodies, and
// on order a line that is cut (connections are reset) or hangs (never an answer). Not for the
// world: that is net's server. Engine thread only; io_context and device must outlive it. What is
// not HTTP is answered with 400 and closed.
#include <memory>
#include <vector>

#include "sim/listener.hpp"
#include "sim/web/web_device.hpp"

namespace bitgrid::sim {

class WebServer {
public:
    WebServer(boost::asio::io_context&, WebDevice&);
    ~WebServer() { stop(); }

    core::Result<void> start(std::uint16_t port) { return listener_.start(port); }
    void stop();
    std::uint16_t port() const { return listener_.port(); }

private:
    class Session;
    void take(boost::asio::ip::tcp::socket);

    WebDevice& device_;
    Listener listener_;
    std::vector<std::weak_ptr<Session>> sessions_;
};

}  // namespace bitgrid::sim
