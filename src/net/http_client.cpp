#include "net/http_client.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <optional>
#include <set>

#include "net/url.hpp"

namespace bitgrid::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint32_t kMaxHeader = 16 * 1024;

class Exchange;

}  // namespace

struct HttpClient::State {
    explicit State(asio::io_context& context) : io{context} {}
    asio::io_context& io;
    std::optional<asio::ssl::context> tls;
    std::set<std::shared_ptr<Exchange>> open;
    bool is_gone{false};

    asio::ssl::context& tls_context() {
        if (tls) return *tls;
        tls.emplace(asio::ssl::context::tls_client);
        tls->set_default_verify_paths();
        tls->set_verify_mode(asio::ssl::verify_peer);
        return *tls;
    }
};

namespace {

core::Error failure(const Url& url, const char* step, const error_code& error) {
    const bool is_late = error == beast::error::timeout || error == asio::error::timed_out;
    return {is_late ? core::ErrorCode::Timeout : core::ErrorCode::Unreachable,
            url.host + ":" + std::to_string(url.port) + ": " + step + ": " + error.message()};
}

/// One request from resolving to the answer. Lives in the client's set until it is done.
class Exchange : public std::enable_shared_from_this<Exchange> {
public:
    Exchange(asio::io_context& io, Url url, HttpRequest request, HttpDone done)
        : url_{std::move(url)},
          wish_{std::move(request)},
          done_{std::move(done)},
          resolver_{io},
          stream_{io},
          deadline_{io} {}

    std::function<void()> on_end;

    void start(asio::ssl::context* tls) {
        if (tls != nullptr) tls_.emplace(stream_, *tls);
        compose();
        deadline_.expires_after(std::chrono::milliseconds{wish_.timeout_ms});
        deadline_.async_wait([self = shared_from_this()](const error_code& error) {
            if (!error) self->fail("answer", beast::error::timeout);
        });
        // One thread looks names up for everybody: a name that nobody answers for must not hold a
        // stop that goes to a number.
        error_code not_numeric;
        const auto address = asio::ip::make_address(url_.host, not_numeric);
        if (!not_numeric)
            return connect(tcp::resolver::results_type::create({address, url_.port}, url_.host,
                                                               std::to_string(url_.port)));
        resolver_.async_resolve(url_.host, std::to_string(url_.port),
                                [self = shared_from_this()](const error_code& error, auto found) {
                                    if (error) return self->fail("resolve", error);
                                    self->connect(found);
                                });
    }
    void abandon() {
        done_ = nullptr;
        end();
    }

private:
    void compose() {
        message_.method_string(wish_.method);
        message_.target(url_.target);
        message_.version(11);
        const bool is_default_port = url_.port == (url_.is_tls ? 443 : 80);
        message_.set(http::field::host,
                     is_default_port ? url_.host : url_.host + ":" + std::to_string(url_.port));
        message_.set(http::field::connection, "close");
        message_.set(http::field::user_agent, "BitGridAI");
        for (const auto& [name, value] : wish_.headers) message_.set(name, value);
        message_.body() = std::move(wish_.body);
        message_.prepare_payload();
        parser_.header_limit(kMaxHeader);
        parser_.body_limit(wish_.max_body);
    }
    void connect(const tcp::resolver::results_type& found) {
        stream_.async_connect(
            found, [self = shared_from_this()](const error_code& error, const tcp::endpoint&) {
                if (error) return self->fail("connect", error);
                self->tls_ ? self->shake_hands() : self->write(self->stream_);
            });
    }
    void shake_hands() {
        SSL_set_tlsext_host_name(tls_->native_handle(), url_.host.c_str());
        tls_->set_verify_callback(asio::ssl::host_name_verification(url_.host));
        tls_->async_handshake(asio::ssl::stream_base::client,
                              [self = shared_from_this()](const error_code& error) {
                                  if (error) return self->fail("TLS", error);
                                  self->write(*self->tls_);
                              });
    }
    template <class Stream>
    void write(Stream& stream) {
        http::async_write(
            stream, message_,
            [self = shared_from_this(), &stream](const error_code& error, std::size_t) {
                if (error) return self->fail("send", error);
                self->read(stream);
            });
    }
    // The length is looked at as soon as the headers are there: not every Beast refuses a long body
    // by itself.
    template <class Stream>
    void read(Stream& stream) {
        http::async_read_header(
            stream, buffer_, parser_,
            [self = shared_from_this(), &stream](error_code error, std::size_t) {
                if (error) return self->fail("answer", error);
                const auto length = self->parser_.content_length();  // only known after the headers
                if (length && *length > self->wish_.max_body)
                    return self->fail("answer", http::error::body_limit);
                self->read_body(stream);
            });
    }
    template <class Stream>
    void read_body(Stream& stream) {
        http::async_read(stream, buffer_, parser_,
                         [self = shared_from_this()](const error_code& error, std::size_t) {
                             if (error) return self->fail("answer", error);
                             self->succeed();
                         });
    }
    void succeed() {
        HttpResponse response;
        auto& message = parser_.get();
        response.status = static_cast<int>(message.result_int());
        for (const auto& field : message)
            response.headers.emplace_back(std::string{field.name_string()},
                                          std::string{field.value()});
        response.body = std::move(message.body());
        finish(std::move(response));
    }
    void fail(const char* step, const error_code& error) {
        if (error == http::error::body_limit)
            return finish(core::Error{core::ErrorCode::TooLarge,
                                      url_.host + ": the answer is longer than " +
                                          std::to_string(wish_.max_body) + " bytes"});
        finish(failure(url_, step, error));
    }
    void finish(core::Result<HttpResponse> result) {
        const HttpDone done = std::exchange(done_, nullptr);
        end();
        if (done) done(std::move(result));
    }
    void end() {
        deadline_.cancel();
        resolver_.cancel();
        error_code ignored;
        stream_.socket().close(ignored);
        if (on_end) std::exchange(on_end, nullptr)();
    }

    Url url_;
    HttpRequest wish_;
    HttpDone done_;
    tcp::resolver resolver_;
    beast::tcp_stream stream_;
    asio::steady_timer deadline_;
    std::optional<beast::ssl_stream<beast::tcp_stream&>> tls_;
    beast::flat_buffer buffer_;
    http::request<http::string_body> message_;
    http::response_parser<http::string_body> parser_;
};

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

}  // namespace

std::string HttpResponse::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (equals_ignoring_case(key, name)) return value;
    return {};
}

HttpClient::HttpClient(asio::io_context& io) : state_{std::make_shared<State>(io)} {}

HttpClient::~HttpClient() {
    state_->is_gone = true;
    const auto open = std::exchange(state_->open, {});
    for (const auto& exchange : open) exchange->abandon();
}

void HttpClient::request(HttpRequest wish, HttpDone done) {
    auto url = parse_url(wish.url);
    if (!url) {
        asio::post(state_->io, [state = state_, error = url.error(), done = std::move(done)] {
            if (!state->is_gone) done(error);
        });
        return;
    }
    const auto exchange =
        std::make_shared<Exchange>(state_->io, *url, std::move(wish), std::move(done));
    state_->open.insert(exchange);
    exchange->on_end = [weak = std::weak_ptr<State>(state_),
                        raw = std::weak_ptr<Exchange>(exchange)] {
        if (const auto state = weak.lock()) state->open.erase(raw.lock());
    };
    exchange->start(url->is_tls ? &state_->tls_context() : nullptr);
}

}  // namespace bitgrid::net
