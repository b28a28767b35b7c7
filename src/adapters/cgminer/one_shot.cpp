#include "adapters/cgminer/one_shot.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/write.hpp>

namespace bitgrid::adapters::cgminer {
namespace asio = boost::asio;
using boost::system::error_code;
using core::ErrorCode;
using tcp = asio::ip::tcp;

OneShot::OneShot(asio::io_context& io, OneShotConfig config, std::string request, Heard heard)
    : socket_{io},
      resolver_{io},
      limit_{io},
      config_{std::move(config)},
      request_{std::move(request)},
      heard_{std::move(heard)} {}

core::Error OneShot::failure(ErrorCode code, const std::string& what) const {
    return {code, config_.host + ":" + std::to_string(config_.port) + ": " + what};
}

void OneShot::begin() {
    limit_.expires_after(std::chrono::milliseconds{config_.timeout_ms});
    limit_.async_wait([self = shared_from_this()](const error_code& error) {
        if (error) return;
        const std::string ms = std::to_string(self->config_.timeout_ms);
        self->settle(self->failure(ErrorCode::Timeout, "no answer within " + ms + " ms"));
    });
    error_code not_numeric;
    const auto address = asio::ip::make_address(config_.host, not_numeric);
    if (!not_numeric) return connect({address, config_.port});
    resolver_.async_resolve(
        config_.host, std::to_string(config_.port),
        [self = shared_from_this()](const error_code& error, const auto& found) {
            if (error || found.empty())
                return self->settle(self->failure(ErrorCode::Unreachable, error.message()));
            if (self->heard_) self->connect(found.begin()->endpoint());
        });
}

void OneShot::connect(const tcp::endpoint& endpoint) {
    socket_.async_connect(endpoint, [self = shared_from_this()](const error_code& error) {
        if (error) return self->settle(self->failure(ErrorCode::Unreachable, error.message()));
        self->say();
    });
}

void OneShot::say() {
    error_code ignored;
    socket_.set_option(tcp::no_delay{true}, ignored);
    asio::async_write(
        socket_, asio::buffer(request_),
        [self = shared_from_this()](const error_code& error, std::size_t) {
            if (error) return self->settle(self->failure(ErrorCode::Unreachable, error.message()));
            self->hear();
        });
}

void OneShot::hear() {
    socket_.async_read_some(
        asio::buffer(buffer_), [self = shared_from_this()](const error_code& error, std::size_t n) {
            self->answer_.append(self->buffer_.data(), n);
            const bool is_whole =
                n > 0 && self->answer_.find('\0', self->answer_.size() - n) != std::string::npos;
            if (self->answer_.size() > self->config_.most_bytes)
                return self->settle(self->failure(
                    ErrorCode::TooLarge, "answers with more than " +
                                             std::to_string(self->config_.most_bytes) + " bytes"));
            if (is_whole || (error == asio::error::eof && !self->answer_.empty()))
                return self->settle(std::move(self->answer_));
            if (error)
                return self->settle(self->failure(
                    ErrorCode::Unreachable,
                    error == asio::error::eof ? "closed without an answer" : error.message()));
            self->hear();
        });
}

void OneShot::settle(core::Result<std::string> result) {
    const auto heard = std::exchange(heard_, nullptr);
    drop();
    if (heard) heard(std::move(result));
}

void OneShot::drop() {
    heard_ = nullptr;
    limit_.cancel();
    resolver_.cancel();
    error_code ignored;
    socket_.close(ignored);
}

}  // namespace bitgrid::adapters::cgminer
