#pragma once
// One TCP connection that says one thing and hears one answer, which ends with a NUL or with the
// connection: the way of CGMiner.
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>

#include "core/result.hpp"

namespace bitgrid::adapters::cgminer {

struct OneShotConfig {
    std::string host;
    std::uint16_t port{4028};
    int timeout_ms{5000};             ///< real time, for the whole of it
    std::size_t most_bytes{1 << 20};  ///< a longer answer is TooLarge
};

/// Engine thread only; held by its own callbacks. Calls back exactly once, never after drop().
class OneShot : public std::enable_shared_from_this<OneShot> {
public:
    using Heard = std::function<void(core::Result<std::string>)>;

    OneShot(boost::asio::io_context&, OneShotConfig, std::string request, Heard);

    void begin();
    void drop();

private:
    void connect(const boost::asio::ip::tcp::endpoint&);
    void say();
    void hear();
    void settle(core::Result<std::string>);
    core::Error failure(core::ErrorCode, const std::string& what) const;

    boost::asio::ip::tcp::socket socket_;
    boost::asio::ip::tcp::resolver resolver_;
    boost::asio::steady_timer limit_;
    OneShotConfig config_;
    std::string request_;
    Heard heard_;
    std::array<char, 16'384> buffer_{};
    std::string answer_;
};

}  // namespace bitgrid::adapters::cgminer
