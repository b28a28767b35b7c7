#include "sim/sunspec/modbus_server.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

namespace bitgrid::sim {
namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

class ModbusServer::Session : public std::enable_shared_from_this<Session> {
public:
    Session(tcp::socket socket, House& house, SunSpecPlant& plant)
        : socket_{std::move(socket)}, house_{house}, plant_{plant} {}

    void read_header() {
        asio::async_read(socket_, asio::buffer(header_),
                         [self = shared_from_this()](const error_code& error, std::size_t) {
                             if (!error && self->is_open_) self->read_body();
                         });
    }

    void close() {
        is_open_ = false;
        reset(socket_);
    }

private:
    void read_body() {
        const std::size_t length = static_cast<std::size_t>((header_[4] << 8) | header_[5]);
        if (header_[2] != 0 || header_[3] != 0 || length < 2 || length > 254) return close();
        body_.resize(length - 1);
        asio::async_read(socket_, asio::buffer(body_),
                         [self = shared_from_this()](const error_code& error, std::size_t) {
                             if (!error && self->is_open_) self->answer();
                         });
    }

    void answer() {
        house_.now();
        const Link link = house_.faults().link(Device::Inverter);
        if (link == Link::Cut) return close();
        if (link == Link::Hangs) return read_header();
        const ModbusFault fault = house_.faults().modbus;
        Pdu pdu = plant_.answer(header_[6], body_);
        if (fault == ModbusFault::Exception) pdu = {static_cast<std::uint8_t>(body_[0] | 0x80), 4};
        const std::size_t length = pdu.size() + 1;
        frame_.assign(header_.begin(), header_.end());
        frame_[4] = static_cast<std::uint8_t>(length >> 8);
        frame_[5] = static_cast<std::uint8_t>(length & 0xFF);
        if (fault == ModbusFault::OtherTransaction) ++frame_[1];
        if (fault == ModbusFault::ShortFrame) pdu.resize(pdu.size() / 2);
        frame_.insert(frame_.end(), pdu.begin(), pdu.end());
        write(fault == ModbusFault::ShortFrame);
    }

    void write(bool is_last) {
        asio::async_write(
            socket_, asio::buffer(frame_),
            [self = shared_from_this(), is_last](const error_code& error, std::size_t) {
                if (error || !self->is_open_) return;
                if (is_last) return self->end();
                self->read_header();
            });
    }

    void end() {
        error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_both, ignored);
        socket_.close(ignored);
    }

    tcp::socket socket_;
    House& house_;
    SunSpecPlant& plant_;
    bool is_open_{true};
    std::array<std::uint8_t, 7> header_{};
    Pdu body_;
    std::vector<std::uint8_t> frame_;
};

ModbusServer::ModbusServer(asio::io_context& io, House& house)
    : house_{house}, plant_{house}, listener_{io, [this](tcp::socket s) { take(std::move(s)); }} {}

void ModbusServer::take(tcp::socket socket) {
    house_.now();
    if (house_.faults().link(Device::Inverter) == Link::Cut) return reset(socket);
    error_code ignored;
    socket.set_option(tcp::no_delay{true}, ignored);
    std::erase_if(sessions_, [](const auto& session) { return session.expired(); });
    const auto session = std::make_shared<Session>(std::move(socket), house_, plant_);
    sessions_.push_back(session);
    session->read_header();
}

void ModbusServer::stop() {
    listener_.stop();
    for (const auto& weak : sessions_)
        if (const auto session = weak.lock()) session->close();
    sessions_.clear();
}

}  // namespace bitgrid::sim
