// Any bytes as the answer of a device or a service to our HTTP client: an answer within its bounds
// or an error, exactly once.
// links: net
// mutations: 1500
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <cstdlib>

#include "net/http_client.hpp"

using namespace bitgrid::net;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::size_t kMostBody = 8'192;

void demand(bool holds) {
    if (!holds) std::abort();
}

struct World {
    asio::io_context io{1};
    HttpClient client{io};
    tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static World world;
    world.io.restart();  // it has run out of work with the answer before
    int answers = 0;
    std::string question;
    tcp::socket device{world.io};
    world.acceptor.async_accept(device, [&](const boost::system::error_code& error) {
        if (error) return;
        asio::async_read_until(device, asio::dynamic_buffer(question), "\r\n\r\n",
                               [&](const boost::system::error_code& lost, std::size_t) {
                                   if (lost) return;
                                   asio::async_write(
                                       device, asio::buffer(data, size),
                                       [&](boost::system::error_code ignored, std::size_t) {
                                           device.shutdown(tcp::socket::shutdown_send, ignored);
                                       });
                               });
    });
    HttpRequest request;
    request.url = "http://127.0.0.1:" + std::to_string(world.acceptor.local_endpoint().port()) +
                  "/rpc/Switch.GetStatus?id=0";
    request.max_body = kMostBody;
    world.client.request(request, [&](const bitgrid::core::Result<HttpResponse>& response) {
        ++answers;
        if (!response) return;
        demand(response->body.size() <= kMostBody);
        demand(response->status >= 0 && response->status <= 999);
        (void)response->header("content-type");
    });
    while (answers == 0) world.io.run_one_for(std::chrono::seconds{1});
    boost::system::error_code ignored;
    device.set_option(asio::socket_base::linger{true, 0}, ignored);
    device.close(ignored);
    while (world.io.poll_one() > 0) {
    }
    demand(answers == 1);
    return 0;
}
