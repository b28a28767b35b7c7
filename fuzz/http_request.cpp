// Any bytes on a connection to our HTTP server: what reaches the handler is within the bounds, its
// path and query can be taken apart, and the server outlives it.
// links: net
// mutations: 1500
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <cstdlib>

#include "net/http_server.hpp"
#include "net/url.hpp"

using namespace bitgrid::net;
namespace asio = boost::asio;

namespace {

constexpr ServerLimits kLimits{.header_bytes = 4'096, .body_bytes = 8'192, .connections = 4};

void demand(bool holds) {
    if (!holds) std::abort();
}

void take(const ServerRequest& request, const std::shared_ptr<Responder>& responder) {
    demand(request.body.size() <= kLimits.body_bytes);
    demand(request.target.size() <= kLimits.header_bytes);
    demand(request.headers.size() <= kLimits.header_bytes);
    (void)request.header("host");
    (void)request.count("Authorization");
    (void)decode_percent(request.path());
    if (responder->wants_websocket())
        responder->upgrade("", [](const std::shared_ptr<Channel>& channel) { channel->close(); });
    else responder->answer(ServerResponse::of(200, "text/plain", "heard"));
}

struct World {
    asio::io_context io{1};
    HttpServer server{io, kLimits, take};
    World() { demand(server.listen("127.0.0.1", 0).has_value()); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static World world;
    asio::ip::tcp::socket peer{world.io};
    boost::system::error_code error;
    peer.connect({asio::ip::address_v4::loopback(), world.server.port()}, error);
    demand(!error);
    bool is_over = false;
    asio::async_write(peer, asio::buffer(data, size),
                      [&](const boost::system::error_code&, std::size_t) {
                          // Without an end the server would wait for more.
                          peer.shutdown(asio::ip::tcp::socket::shutdown_send, error);
                      });
    std::array<char, 16'384> answer{};
    std::function<void()> read = [&] {
        peer.async_read_some(asio::buffer(answer), [&](const auto& end, std::size_t) {
            if (end) is_over = true;
            else read();
        });
    };
    read();
    while (!is_over) world.io.run_one_for(std::chrono::seconds{1});
    peer.set_option(asio::socket_base::linger{true, 0}, error);  // no port waits behind us
    peer.close(error);
    while (world.server.connections() > 0) world.io.run_one_for(std::chrono::seconds{1});
    return 0;
}
