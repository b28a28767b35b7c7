#pragma once
// A small HTTP/1.1 server with WebSockets and event streams, bounded in every direction. Who may
// ask what is not its business.
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace bitgrid::net {

struct ServerRequest {
    std::string method;
    std::string target;  ///< as sent: path and query, not decoded
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::string peer;  ///< address of the other side, without port
    bool is_encrypted{false};

    /// First header of that name, or empty; names compare without case.
    std::string header(std::string_view name) const;
    /// How often the header stands there.
    std::size_t count(std::string_view name) const;
    std::string path() const { return target.substr(0, target.find('?')); }
};

/// A plain file, open for an answer; closed when the last who holds it goes. No link is followed.
class BodyFile {
public:
    /// NotFound where there is none, or it is no plain file; Unavailable where it cannot be read.
    static core::Result<std::shared_ptr<const BodyFile>> open(const std::string& path);
    ~BodyFile();
    BodyFile(const BodyFile&) = delete;
    BodyFile& operator=(const BodyFile&) = delete;

    int descriptor() const { return descriptor_; }

private:
    explicit BodyFile(int descriptor) : descriptor_{descriptor} {}
    int descriptor_;
};

struct ServerResponse {
    int status{200};
    std::vector<std::pair<std::string, std::string>> headers;
    /// Shared, so that one document can go to a thousand readers.
    std::shared_ptr<const std::string> body;
    /// In place of the body: sent in small pieces, as it is while it is sent.
    std::shared_ptr<const BodyFile> file{};
    /// Asked before each piece of the file; false cuts the connection.
    std::function<bool()> may_go_on{};

    static ServerResponse of(int status, std::string type, std::string body);
};

/// A long connection to one reader. send() queues; a reader that lets the queue grow past its
/// bounds is told so by `is_slow()` until it has caught up, and what is sent meanwhile is dropped.
/// Engine thread only.
class Channel {
public:
    virtual ~Channel() = default;
    virtual void send(std::shared_ptr<const std::string> text) = 0;
    virtual bool is_slow() const = 0;
    virtual bool is_open() const = 0;
    virtual void close() = 0;

    std::function<void(std::string)> on_message;  ///< WebSocket only; at most 4 KiB each
    std::function<void()> on_caught_up;           ///< the queue of a slow reader is empty again
    std::function<void()> on_closed;
};

/// Answers one request, at once or later, exactly once; or turns it into a channel. Unanswered when
/// it goes: 500.
class Responder {
public:
    virtual ~Responder() = default;
    virtual void answer(ServerResponse) = 0;
    /// `protocol`: the Sec-WebSocket-Protocol to agree to, or empty.
    virtual void upgrade(std::string protocol, std::function<void(std::shared_ptr<Channel>)>) = 0;
    /// An event stream (text/event-stream); every text sent is one ready event.
    virtual void stream(std::vector<std::pair<std::string, std::string>> headers,
                        std::function<void(std::shared_ptr<Channel>)>) = 0;
    virtual bool wants_websocket() const = 0;
};

using Handler = std::function<void(const ServerRequest&, std::shared_ptr<Responder>)>;

/// Words for what was refused before it was a request: 400, 413, 431, or 503 where there is no room
/// (that answer is not sent), what was wrong, and whose.
using Refusal =
    std::function<ServerResponse(int status, const std::string& what, const std::string& peer)>;

/// Times are real. Where a bound on connections is reached, the one that has kept us waiting for
/// its request the longest makes room; where none waits, or descriptors run short, the new one is
/// turned away.
struct ServerLimits {
    std::size_t header_bytes{16'384};
    std::size_t body_bytes{65'536};
    std::size_t connections{256};             ///< that ask; long ones (channels) are not among them
    std::size_t connections_of_one_peer{32};  ///< the same of one address, but for this machine's
    std::size_t channels{2'048};
    std::size_t channels_of_one_peer{64};
    std::size_t spare_descriptors{24};  ///< kept for the journal, devices and the broker
    int idle_s{30};                     ///< between requests, and for an answer to be taken
    int header_s{5};                    ///< for the headers of the first request to arrive
    int body_s{10};                     ///< for a body to arrive
    int stalled_s{10};                  ///< for a reader of a channel to take what was sent
    std::size_t queue_bytes{1 << 20};
    std::size_t queue_texts{256};
};

/// Engine thread only; io_context and whatever the handler uses must outlive it.
class HttpServer {
public:
    /// Without a `Refusal` what is refused is answered in plain text.
    HttpServer(boost::asio::io_context&, ServerLimits, Handler, Refusal = nullptr);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Port 0 takes any. A busy port is an error that says so.
    core::Result<void> listen(const std::string& address, std::uint16_t port);
    std::uint16_t port() const;
    std::size_t connections() const;  ///< channels included
    void stop();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace bitgrid::net
