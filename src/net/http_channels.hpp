#pragma once
// Long connections of the HTTP server: WebSockets and event streams. For http_server.cpp only.
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "net/http_server.hpp"

namespace bitgrid::net {

using Opened = std::function<void(std::shared_ptr<Channel>)>;

/// `on_gone` runs once when the connection has ended for good.
void open_websocket(boost::beast::tcp_stream,
                    const boost::beast::http::request<boost::beast::http::string_body>&,
                    std::string protocol, const ServerLimits&, Opened,
                    std::function<void()> on_gone);

void open_event_stream(boost::beast::tcp_stream,
                       std::vector<std::pair<std::string, std::string>> headers,
                       const ServerLimits&, Opened, std::function<void()> on_gone);

}  // namespace bitgrid::net
