#include "adapters/modbus/modbus_link.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

namespace bitgrid::adapters::modbus {
namespace asio = boost::asio;
using boost::system::error_code;
using core::ErrorCode;
using tcp = asio::ip::tcp;

ModbusLink::ModbusLink(asio::io_context& io, const ClientConfig& config)
    : socket_{io}, resolver_{io}, limit_{io}, pause_{io}, config_{config} {}

core::Error ModbusLink::failure(ErrorCode code, const std::string& what) const {
    return {code, config_.host + ":" + std::to_string(config_.port) + ": " + what};
}

void ModbusLink::open(Opened opened) {
    answered_ = [opened = std::move(opened)](core::Result<Words> result, bool) {
        opened(result ? core::Result<void>{} : core::Result<void>{result.error()});
    };
    limit_time("no connection");
    error_code not_numeric;
    const auto address = asio::ip::make_address(config_.host, not_numeric);
    if (not_numeric) return resolve();
    connect({address, config_.port});
}

void ModbusLink::resolve() {
    resolver_.async_resolve(
        config_.host, std::to_string(config_.port),
        [self = shared_from_this()](const error_code& error, const auto& found) {
            if (!self->answered_) return;
            if (error || found.empty())
                return self->settle(self->failure(ErrorCode::Unreachable, error.message()), true);
            self->connect(found.begin()->endpoint());
        });
}

void ModbusLink::connect(const tcp::endpoint& endpoint) {
    socket_.async_connect(endpoint, [self = shared_from_this()](const error_code& error) {
        if (self->answered_) self->connected(error);
    });
}

void ModbusLink::connected(const error_code& error) {
    if (error) return settle(failure(ErrorCode::Unreachable, error.message()), true);
    error_code ignored;
    socket_.set_option(tcp::no_delay{true}, ignored);
    settle(Words{}, false);
}

void ModbusLink::exchange(const Request& request, std::uint16_t transaction, Answered answered) {
    answered_ = std::move(answered);
    request_ = request;
    transaction_ = transaction;
    auto frame = encode(request, transaction);
    if (!frame) return settle(frame.error(), false);
    sent_ = std::move(*frame);
    limit_time("no answer");
    asio::async_write(socket_, asio::buffer(sent_),
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                          if (!self->answered_) return;
                          if (error)
                              self->settle(self->failure(ErrorCode::Unreachable, error.message()),
                                           true);
                      });
    read_header();
}

void ModbusLink::read_header() {
    asio::async_read(socket_, asio::buffer(header_bytes_),
                     [self = shared_from_this()](const error_code& error, std::size_t) {
                         if (!self->answered_) return;
                         if (error)
                             return self->settle(
                                 self->failure(ErrorCode::Unreachable, error.message()), true);
                         const auto header = decode_header(self->header_bytes_);
                         if (!header) return self->settle(header.error(), true);
                         self->header_ = *header;
                         self->read_pdu();
                     });
}

void ModbusLink::read_pdu() {
    pdu_.resize(header_.pdu_size);
    asio::async_read(socket_, asio::buffer(pdu_),
                     [self = shared_from_this()](const error_code& error, std::size_t n) {
                         if (!self->answered_) return;
                         if (!error) return self->judge();
                         const std::string what = "short frame: " + std::to_string(n) + " of " +
                                                  std::to_string(self->pdu_.size()) +
                                                  " bytes, then: " + error.message();
                         self->settle(self->failure(ErrorCode::Damaged, what), true);
                     });
}

void ModbusLink::judge() {
    // Somebody else's answer, or one of our own that came after its time: the right one may follow.
    if (header_.transaction != transaction_) {
        ++strays_;
        return read_header();
    }
    auto words = decode_reply(request_, header_.unit, pdu_);
    const bool is_broken = !words && words.error().code == ErrorCode::Damaged;
    settle(std::move(words), is_broken);
}

void ModbusLink::limit_time(const char* what) {
    limit_.expires_after(std::chrono::milliseconds{config_.timeout_ms});
    limit_.async_wait([self = shared_from_this(), what](const error_code& error) {
        // A limit that ran out just as its answer came must not end the exchange after it.
        const bool is_old = self->limit_.expiry() > std::chrono::steady_clock::now();
        if (error || is_old || !self->answered_) return;
        const std::string text =
            std::string{what} + " within " + std::to_string(self->config_.timeout_ms) + " ms";
        self->settle(self->failure(ErrorCode::Timeout, text), true);
    });
}

void ModbusLink::pause(int ms, std::function<void()> then) {
    pause_.expires_after(std::chrono::milliseconds{ms});
    pause_.async_wait([self = shared_from_this(), then = std::move(then)](const error_code& error) {
        if (!error && self->socket_.is_open()) then();
    });
}

void ModbusLink::settle(core::Result<Words> result, bool is_broken) {
    limit_.cancel();
    const auto answered = std::exchange(answered_, nullptr);
    if (is_broken) close();
    answered(std::move(result), is_broken);
}

void ModbusLink::close() {
    answered_ = nullptr;
    limit_.cancel();
    pause_.cancel();
    resolver_.cancel();
    error_code ignored;
    socket_.close(ignored);
}

}  // namespace bitgrid::adapters::modbus
