#include "sim/listener.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/socket_base.hpp>

namespace bitgrid::sim {
namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

// Outlives the listener for as long as an accept is pending.
struct Listener::Ear {
    Ear(asio::io_context& io, Taken then) : acceptor{io}, taken{std::move(then)} {}
    tcp::acceptor acceptor;
    Taken taken;
};

Listener::Listener(asio::io_context& io, Taken taken) : io_{io}, taken_{std::move(taken)} {}

core::Result<void> Listener::start(std::uint16_t port) {
    auto ear = std::make_shared<Ear>(io_, taken_);
    const tcp::endpoint here{asio::ip::address_v4::loopback(), port};
    error_code error;
    ear->acceptor.open(here.protocol(), error);
    if (!error) ear->acceptor.set_option(asio::socket_base::reuse_address{true}, error);
    if (!error) ear->acceptor.bind(here, error);
    if (!error) ear->acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error)
        return core::Error{core::ErrorCode::Unavailable,
                           "port " + std::to_string(port) + ": " + error.message()};
    port_ = ear->acceptor.local_endpoint().port();
    ear_ = ear;
    listen(std::move(ear));
    return {};
}

void Listener::listen(std::shared_ptr<Ear> ear) {
    auto& acceptor = ear->acceptor;
    acceptor.async_accept([ear = std::move(ear)](const error_code& error, tcp::socket socket) {
        if (!ear->taken) return;
        if (!error) ear->taken(std::move(socket));
        if (ear->taken) listen(ear);
    });
}

void Listener::stop() {
    if (!ear_) return;
    ear_->taken = nullptr;
    error_code ignored;
    ear_->acceptor.close(ignored);
    ear_.reset();
}

void reset(tcp::socket& socket) {
    error_code ignored;
    socket.set_option(asio::socket_base::linger{true, 0}, ignored);
    socket.close(ignored);
}

}  // namespace bitgrid::sim
