#include "net/http_channels.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket.hpp>
#include <optional>

#include "net/outgoing_queue.hpp"

namespace bitgrid::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using boost::system::error_code;

constexpr std::size_t kMaxIncoming = 4'096;

/// What both kinds share: the queue and its one write at a time.
class QueuedChannel : public Channel, public std::enable_shared_from_this<QueuedChannel> {
public:
    QueuedChannel(const asio::any_io_executor& executor, const ServerLimits& limits,
                  std::function<void()> on_gone)
        : queue_{limits.queue_texts, limits.queue_bytes},
          patience_{limits.stalled_s},
          stalled_{executor},
          on_gone_{std::move(on_gone)} {}

    void send(std::shared_ptr<const std::string> text) override {
        if (!is_open_) return;
        if (queue_.push(std::move(text)) && !in_flight_) write_next();
    }
    bool is_slow() const override { return queue_.is_slow(); }
    bool is_open() const override { return is_open_; }
    void close() override { end(); }

protected:
    virtual void write(const std::string&) = 0;
    virtual void cut() = 0;

    void written(const error_code& error) {
        stalled_.cancel();
        in_flight_.reset();
        if (error) return end();
        write_next();
    }
    void end() {
        if (!is_open_) return;
        is_open_ = false;
        const auto keep = shared_from_this();
        stalled_.cancel();
        cut();
        if (on_closed) std::exchange(on_closed, nullptr)();
        on_message = nullptr;
        on_caught_up = nullptr;
        if (on_gone_) std::exchange(on_gone_, nullptr)();
    }

private:
    void write_next() {
        if (!is_open_) return;
        in_flight_ = queue_.pop();
        if (in_flight_) {
            watch();
            return write(*in_flight_);
        }
        if (!queue_.is_slow()) return;
        queue_.catch_up();
        if (on_caught_up) on_caught_up();
    }

    // A reader that takes nothing at all is gone, or keeps memory for nothing.
    void watch() {
        stalled_.expires_after(patience_);
        stalled_.async_wait([line = weak_from_this()](const error_code& error) {
            const auto self = line.lock();
            if (!error && self && self->in_flight_) self->end();
        });
    }

    OutgoingQueue queue_;
    OutgoingQueue::Text in_flight_;
    std::chrono::seconds patience_;
    asio::steady_timer stalled_;
    std::function<void()> on_gone_;
    bool is_open_{true};
};

class WebSocketChannel final : public QueuedChannel {
public:
    WebSocketChannel(beast::tcp_stream stream, const ServerLimits& limits,
                     std::function<void()> on_gone)
        : QueuedChannel{stream.get_executor(), limits, std::move(on_gone)},
          socket_{std::move(stream)} {}

    void accept(const http::request<http::string_body>& request, const std::string& protocol,
                Opened opened) {
        auto patience = websocket::stream_base::timeout::suggested(beast::role_type::server);
        patience.idle_timeout = std::chrono::seconds{30};
        socket_.set_option(patience);
        socket_.read_message_max(kMaxIncoming);
        socket_.auto_fragment(false);  // a text is a frame: less to do here, and for a small reader
        socket_.set_option(
            websocket::stream_base::decorator([protocol](websocket::response_type& response) {
                if (!protocol.empty()) response.set(http::field::sec_websocket_protocol, protocol);
            }));
        request_ = request;
        socket_.async_accept(request_,
                             [self = mine(), opened = std::move(opened)](const error_code& error) {
                                 if (error) return self->end();
                                 opened(self);
                                 self->read();
                             });
    }

private:
    std::shared_ptr<WebSocketChannel> mine() {
        return std::static_pointer_cast<WebSocketChannel>(shared_from_this());
    }
    void write(const std::string& text) override {
        socket_.text(true);
        socket_.async_write(
            asio::buffer(text),
            [self = mine()](const error_code& error, std::size_t) { self->written(error); });
    }
    void cut() override {
        error_code ignored;
        beast::get_lowest_layer(socket_).socket().close(ignored);
    }
    void read() {
        socket_.async_read(incoming_, [self = mine()](const error_code& error, std::size_t) {
            if (error) return self->end();
            std::string text = beast::buffers_to_string(self->incoming_.data());
            self->incoming_.consume(self->incoming_.size());
            if (self->on_message) self->on_message(std::move(text));
            if (self->is_open()) self->read();
        });
    }

    websocket::stream<beast::tcp_stream> socket_;
    http::request<http::string_body> request_;
    beast::flat_buffer incoming_;
};

class EventStreamChannel final : public QueuedChannel {
public:
    EventStreamChannel(beast::tcp_stream stream, const ServerLimits& limits,
                       std::function<void()> on_gone)
        : QueuedChannel{stream.get_executor(), limits, std::move(on_gone)},
          stream_{std::move(stream)} {}

    void begin(const std::vector<std::pair<std::string, std::string>>& headers, Opened opened) {
        stream_.expires_never();
        response_.version(11);
        response_.result(http::status::ok);
        for (const auto& [name, value] : headers) response_.set(name, value);
        response_.set(http::field::content_type, "text/event-stream");
        response_.set(http::field::cache_control, "no-store");
        response_.set(http::field::connection, "close");
        serializer_.emplace(response_);
        http::async_write_header(
            stream_, *serializer_,
            [self = mine(), opened = std::move(opened)](const error_code& error, std::size_t) {
                if (error) return self->end();
                opened(self);
                self->wait_for_the_end();
            });
    }

private:
    std::shared_ptr<EventStreamChannel> mine() {
        return std::static_pointer_cast<EventStreamChannel>(shared_from_this());
    }
    void write(const std::string& text) override {
        asio::async_write(
            stream_, asio::buffer(text),
            [self = mine()](const error_code& error, std::size_t) { self->written(error); });
    }
    void cut() override {
        error_code ignored;
        stream_.socket().close(ignored);
    }
    // The reader has nothing more to say; whatever comes ends it.
    void wait_for_the_end() {
        stream_.async_read_some(asio::buffer(&nothing_, 1),
                                [self = mine()](const error_code&, std::size_t) { self->end(); });
    }

    beast::tcp_stream stream_;
    http::response<http::empty_body> response_;
    std::optional<http::response_serializer<http::empty_body>> serializer_;
    char nothing_{};
};

}  // namespace

void open_websocket(beast::tcp_stream stream, const http::request<http::string_body>& request,
                    std::string protocol, const ServerLimits& limits, Opened opened,
                    std::function<void()> on_gone) {
    stream.expires_never();
    const auto channel =
        std::make_shared<WebSocketChannel>(std::move(stream), limits, std::move(on_gone));
    channel->accept(request, protocol, std::move(opened));
}

void open_event_stream(beast::tcp_stream stream,
                       std::vector<std::pair<std::string, std::string>> headers,
                       const ServerLimits& limits, Opened opened, std::function<void()> on_gone) {
    const auto channel =
        std::make_shared<EventStreamChannel>(std::move(stream), limits, std::move(on_gone));
    channel->begin(headers, std::move(opened));
}

}  // namespace bitgrid::net
