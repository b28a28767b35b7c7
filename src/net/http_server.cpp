#include "net/http_server.hpp"

#include <sys/resource.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <map>
#include <optional>
#include <set>

#include "net/http_channels.hpp"
#include "net/http_file.hpp"

namespace bitgrid::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

class Session;

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

}  // namespace

struct HttpServer::State {
    State(asio::io_context& context, ServerLimits l, Handler h, Refusal r)
        : limits{l},
          handler{std::move(h)},
          refusal{std::move(r)},
          acceptor{context},
          pause{context} {}
    ServerLimits limits;
    Handler handler;
    Refusal refusal;
    tcp::acceptor acceptor;
    asio::steady_timer pause;
    std::set<std::shared_ptr<Session>> sessions;
    std::set<std::shared_ptr<Channel>> channels;
    std::map<std::string, std::size_t> channels_of;  ///< by peer
    std::size_t connections{0};
    std::uint16_t port{0};
    bool is_stopped{false};

    static void accept(const std::shared_ptr<State>&);
    static void accept_later(const std::shared_ptr<State>&);
    static void admit(const std::shared_ptr<State>&, tcp::socket);
    bool makes_room_for(const std::string& peer);
    bool may_open_channel(const std::string& peer) const;
    void turn_away(const std::string& what, const std::string& peer) const;
};

namespace {

bool is_this_machine(const std::string& peer) {
    return peer.starts_with("127.") || peer == "::1" || peer.starts_with("::ffff:127.");
}

// The kernel gives the lowest number that is free: a high one says that few are left.
bool is_among_the_last(int descriptor, std::size_t spare) {
    rlimit limit{};
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
           static_cast<std::size_t>(descriptor) + spare >= limit.rlim_cur;
}

/// One connection: requests one after the other until it closes or becomes a channel.
class Session : public std::enable_shared_from_this<Session> {
public:
    /// What the server says to all its sessions.
    struct Rules {
        const ServerLimits& limits;
        const Handler& handler;
        const Refusal& refusal;
    };
    Session(tcp::socket socket, std::shared_ptr<void> state, Rules rules,
            std::function<void(const std::shared_ptr<Session>&)> on_end,
            std::function<void(std::shared_ptr<Channel>)> on_channel, std::function<void()> on_gone,
            std::function<bool()> may_open)
        : state_{std::move(state)},
          limits_{rules.limits},
          handler_{rules.handler},
          refusal_{rules.refusal},
          on_end_{std::move(on_end)},
          on_channel_{std::move(on_channel)},
          on_gone_{std::move(on_gone)},
          may_open_{std::move(may_open)},
          stream_{std::move(socket)} {
        error_code ignored;
        const auto endpoint = stream_.socket().remote_endpoint(ignored);
        if (!ignored) peer_ = endpoint.address().to_string();
        stream_.socket().set_option(tcp::no_delay{true}, ignored);
    }

    const std::string& peer() const { return peer_; }
    /// Since when it owes us a request; nothing while we owe the answer.
    std::optional<std::chrono::steady_clock::time_point> waits_since() const {
        return waits_since_;
    }

    void read() { read(limits_.idle_s); }
    void begin() { read(limits_.header_s); }
    void read(int within_s) {
        waits_since_ = std::chrono::steady_clock::now();
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
        parser_->body_limit(limits_.body_bytes);
        stream_.expires_after(std::chrono::seconds{within_s});
        // The length is looked at as soon as the headers are there: not every Beast refuses a long
        // body by itself.
        http::async_read_header(stream_, buffer_, *parser_,
                                [self = shared_from_this()](error_code error, std::size_t) {
                                    if (!error && self->is_too_long())
                                        error = http::error::body_limit;
                                    error ? self->refuse(error) : self->read_body();
                                });
    }
    void answer(ServerResponse response) {
        if (is_ended_) return;
        const bool keeps = is_whole_ && parser_->get().keep_alive();
        response_ = std::move(response);
        if (response_.file) return answer_with_file(keeps);
        reply_ = {};
        reply_.version(11);
        reply_.result(static_cast<unsigned>(response_.status));
        for (const auto& [name, value] : response_.headers) reply_.set(name, value);
        reply_.keep_alive(keeps);
        const std::size_t size = response_.body ? response_.body->size() : 0;
        reply_.body() = {response_.body ? response_.body->data() : nullptr, size};
        reply_.content_length(size);
        const bool is_head = is_whole_ && parser_->get().method() == http::verb::head;
        serializer_.emplace(reply_);
        stream_.expires_after(std::chrono::seconds{limits_.idle_s});
        const auto done = [self = shared_from_this(), keeps](const error_code& error, std::size_t) {
            if (error || !keeps) return self->end();
            self->read();
        };
        if (is_head) http::async_write_header(stream_, *serializer_, done);
        else http::async_write(stream_, *serializer_, done);
    }
    void answer_with_file(bool keeps) {
        const bool is_head = is_whole_ && parser_->get().method() == http::verb::head;
        sending_.emplace(stream_, response_, keeps, limits_.stalled_s);
        sending_->start(is_head, shared_from_this(), [this, keeps](bool is_whole) {
            if (is_ended_) return;
            if (!is_whole || !keeps) return end();
            response_.file.reset();
            read();
        });
    }
    void upgrade(std::string protocol, Opened opened) {
        if (is_ended_) return;
        if (!may_open_()) return answer(no_room());
        leave();
        open_websocket(std::move(stream_), parser_->get(), std::move(protocol), limits_,
                       keep(std::move(opened)), on_gone_);
    }
    void stream(std::vector<std::pair<std::string, std::string>> headers, Opened opened) {
        if (is_ended_) return;
        if (!may_open_()) return answer(no_room());
        leave();
        open_event_stream(std::move(stream_), std::move(headers), limits_, keep(std::move(opened)),
                          on_gone_);
    }
    bool wants_websocket() const { return beast::websocket::is_upgrade(parser_->get()); }
    void end() {
        if (is_ended_) return;
        leave();
        error_code ignored;
        stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
        stream_.socket().close(ignored);
        on_gone_();
    }

private:
    class Answerer;

    static ServerResponse no_room() {
        return ServerResponse::of(503, "text/plain", "too many readers; close another one\n");
    }
    bool is_too_long() const { return parser_->content_length().value_or(0) > limits_.body_bytes; }
    void read_body() {
        stream_.expires_after(std::chrono::seconds{limits_.body_s});
        http::async_read(stream_, buffer_, *parser_,
                         [self = shared_from_this()](const error_code& error, std::size_t) {
                             error ? self->refuse(error) : self->hand_over();
                         });
    }
    Opened keep(Opened opened) {
        return [opened = std::move(opened),
                on_channel = on_channel_](std::shared_ptr<Channel> channel) {
            on_channel(channel);
            opened(std::move(channel));
        };
    }
    // Out of the server's set; the socket goes on elsewhere or closes.
    void leave() {
        is_ended_ = true;
        on_end_(shared_from_this());
    }
    void hand_over();
    void refuse(const error_code& error) {
        is_whole_ = false;
        if (error == http::error::body_limit)
            return refuse(
                413, "the body is longer than " + std::to_string(limits_.body_bytes) + " bytes");
        if (error == http::error::header_limit)
            return refuse(431, "the headers are longer than " +
                                   std::to_string(limits_.header_bytes) + " bytes");
        const bool is_protocol_error =
            error.category() == http::make_error_code(http::error::bad_method).category();
        if (is_protocol_error && error != http::error::end_of_stream &&
            error != http::error::partial_message)
            return refuse(400, "this is not HTTP/1.1");
        end();
    }
    void refuse(int status, const std::string& what) {
        answer(refusal_ ? refusal_(status, what, peer_)
                        : ServerResponse::of(status, "text/plain", what + "\n"));
    }

    std::shared_ptr<void> state_;
    const ServerLimits& limits_;
    const Handler& handler_;
    const Refusal& refusal_;
    std::function<void(const std::shared_ptr<Session>&)> on_end_;
    std::function<void(std::shared_ptr<Channel>)> on_channel_;
    std::function<void()> on_gone_;
    std::function<bool()> may_open_;
    std::optional<std::chrono::steady_clock::time_point> waits_since_;
    beast::tcp_stream stream_;
    std::string peer_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    ServerResponse response_;
    http::response<http::span_body<const char>> reply_;
    std::optional<http::response_serializer<http::span_body<const char>>> serializer_;
    std::optional<FileSending> sending_;
    bool is_whole_{true};
    bool is_ended_{false};
};

class Session::Answerer final : public Responder {
public:
    explicit Answerer(std::shared_ptr<Session> session) : session_{std::move(session)} {}
    ~Answerer() override {
        if (session_) session_->answer(ServerResponse::of(500, "text/plain", "no answer\n"));
    }
    void answer(ServerResponse response) override {
        if (const auto session = std::exchange(session_, nullptr))
            session->answer(std::move(response));
    }
    void upgrade(std::string protocol,
                 std::function<void(std::shared_ptr<Channel>)> opened) override {
        if (const auto session = std::exchange(session_, nullptr))
            session->upgrade(std::move(protocol), std::move(opened));
    }
    void stream(std::vector<std::pair<std::string, std::string>> headers,
                std::function<void(std::shared_ptr<Channel>)> opened) override {
        if (const auto session = std::exchange(session_, nullptr))
            session->stream(std::move(headers), std::move(opened));
    }
    bool wants_websocket() const override { return session_ && session_->wants_websocket(); }

private:
    std::shared_ptr<Session> session_;
};

void Session::hand_over() {
    stream_.expires_never();
    waits_since_.reset();
    auto& message = parser_->get();
    ServerRequest request;
    request.method = std::string{message.method_string()};
    request.target = std::string{message.target()};
    for (const auto& field : message)
        request.headers.emplace_back(std::string{field.name_string()}, std::string{field.value()});
    request.body = message.body();
    request.peer = peer_;
    handler_(request, std::make_shared<Answerer>(shared_from_this()));
}

}  // namespace

// Whoever has kept us waiting the longest goes, so that a crowd that says nothing keeps nobody out.
bool HttpServer::State::makes_room_for(const std::string& peer) {
    std::size_t of_peer = 0;
    std::shared_ptr<Session> oldest, oldest_of_peer;
    for (const auto& session : sessions) {
        const auto waits_longer = [&session](const std::shared_ptr<Session>& than) {
            return session->waits_since() &&
                   (!than || *session->waits_since() < *than->waits_since());
        };
        if (waits_longer(oldest)) oldest = session;
        if (session->peer() != peer) continue;
        ++of_peer;
        if (waits_longer(oldest_of_peer)) oldest_of_peer = session;
    }
    const bool is_peer_full = of_peer >= limits.connections_of_one_peer && !is_this_machine(peer);
    if (!is_peer_full && sessions.size() < limits.connections) return true;
    const auto goes = is_peer_full ? oldest_of_peer : oldest;
    if (!goes) return false;
    goes->end();
    return true;
}

bool HttpServer::State::may_open_channel(const std::string& peer) const {
    const auto of_peer = channels_of.find(peer);
    const bool is_peer_full = of_peer != channels_of.end() &&
                              of_peer->second >= limits.channels_of_one_peer &&
                              !is_this_machine(peer);
    return !is_peer_full && channels.size() < limits.channels;
}

void HttpServer::State::turn_away(const std::string& what, const std::string& peer) const {
    if (refusal) (void)refusal(503, what, peer);
}

void HttpServer::State::admit(const std::shared_ptr<State>& state, tcp::socket socket) {
    error_code gone;
    const auto endpoint = socket.remote_endpoint(gone);
    const std::string peer = gone ? "" : endpoint.address().to_string();
    if (is_among_the_last(socket.native_handle(), state->limits.spare_descriptors))
        return state->turn_away("too few descriptors for more connections", peer);
    if (!state->makes_room_for(peer)) return state->turn_away("too many connections at once", peer);
    ++state->connections;
    const auto session = std::make_shared<Session>(
        std::move(socket), state, Session::Rules{state->limits, state->handler, state->refusal},
        [raw = state.get()](const std::shared_ptr<Session>& gone_one) {
            raw->sessions.erase(gone_one);
        },
        [raw = state.get(), peer](std::shared_ptr<Channel> channel) {
            raw->channels.insert(std::move(channel));
            ++raw->channels_of[peer];
        },
        [raw = state.get(), keep = state, peer] {
            --raw->connections;
            const auto gone_ones = std::erase_if(
                raw->channels, [](const auto& channel) { return !channel->is_open(); });
            if (gone_ones == 0) return;
            const auto count = raw->channels_of.find(peer);
            if (count == raw->channels_of.end()) return;
            if (count->second <= 1) raw->channels_of.erase(count);
            else --count->second;
        },
        [raw = state.get(), peer] { return raw->may_open_channel(peer); });
    state->sessions.insert(session);
    session->begin();
}

void HttpServer::State::accept(const std::shared_ptr<State>& state) {
    state->acceptor.async_accept([state](const error_code& error, tcp::socket socket) {
        if (state->is_stopped) return;
        const bool is_short =
            !error && is_among_the_last(socket.native_handle(), state->limits.spare_descriptors);
        if (!error) admit(state, std::move(socket));
        // No descriptors left: whoever asked again at once would only turn in circles.
        error || is_short ? accept_later(state) : accept(state);
    });
}

void HttpServer::State::accept_later(const std::shared_ptr<State>& state) {
    state->pause.expires_after(std::chrono::milliseconds{100});
    state->pause.async_wait([state](const error_code& error) {
        if (!error && !state->is_stopped) accept(state);
    });
}

std::string ServerRequest::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (equals_ignoring_case(key, name)) return value;
    return {};
}

std::size_t ServerRequest::count(std::string_view name) const {
    std::size_t found = 0;
    for (const auto& [key, value] : headers) found += equals_ignoring_case(key, name) ? 1 : 0;
    return found;
}

ServerResponse ServerResponse::of(int status, std::string type, std::string body) {
    return {status,
            {{"Content-Type", std::move(type)}},
            std::make_shared<const std::string>(std::move(body))};
}

HttpServer::HttpServer(asio::io_context& io, ServerLimits limits, Handler handler, Refusal refusal)
    : state_{std::make_shared<State>(io, limits, std::move(handler), std::move(refusal))} {}

HttpServer::~HttpServer() { stop(); }

core::Result<void> HttpServer::listen(const std::string& address, std::uint16_t port) {
    const std::string where = address + ":" + std::to_string(port);
    error_code error;
    const auto ip = asio::ip::make_address(address, error);
    if (error)
        return core::Error{core::ErrorCode::BadInput, "not an address to listen on: " + where};
    const tcp::endpoint endpoint{ip, port};
    auto& acceptor = state_->acceptor;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address{true}, error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        error_code ignored;
        acceptor.close(ignored);
        const bool is_busy = error == asio::error::address_in_use;
        return core::Error{core::ErrorCode::Unavailable,
                           is_busy ? where + " is busy: another program listens there"
                                   : where + ": " + error.message()};
    }
    state_->port = acceptor.local_endpoint().port();
    State::accept(state_);
    return {};
}

std::uint16_t HttpServer::port() const { return state_->port; }
std::size_t HttpServer::connections() const { return state_->connections; }

void HttpServer::stop() {
    if (std::exchange(state_->is_stopped, true)) return;
    error_code ignored;
    state_->acceptor.close(ignored);
    state_->pause.cancel();
    for (const auto& session : std::set{state_->sessions}) session->end();
    for (const auto& channel : std::set{state_->channels}) channel->close();
    state_->channels.clear();
}

}  // namespace bitgrid::net
