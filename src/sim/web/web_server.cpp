#include "sim/web/web_server.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <optional>

namespace bitgrid::sim {
namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

constexpr std::size_t kMostHead = 8'192;
constexpr std::size_t kMostBody = 65'536;

struct Head {
    std::string method;
    std::string target;
    std::size_t body_size{0};
    bool keeps_open{true};
};

std::string lower(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
    return text;
}

bool take_field(std::string_view line, Head& head) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return false;
    const std::string name = lower(line.substr(0, colon));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (name == "connection") head.keeps_open = lower(value) != "close";
    if (name == "transfer-encoding") return false;
    if (name != "content-length") return true;
    const char* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, head.body_size);
    return error == std::errc{} && stop == end && head.body_size <= kMostBody;
}

// Empty where it is not a request that a small device understands.
std::optional<Head> parse_head(std::string_view text) {
    const std::string_view line = trimmed(text.substr(0, text.find('\n')));
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return std::nullopt;
    const std::string_view version = line.substr(last + 1);
    if (version != "HTTP/1.1" && version != "HTTP/1.0") return std::nullopt;
    Head head{std::string{line.substr(0, first)},
              std::string{line.substr(first + 1, last - first - 1)}, 0, version == "HTTP/1.1"};
    std::size_t at = text.find('\n') + 1;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view field = trimmed(text.substr(at, end - at));
        if (field.empty()) break;
        if (!take_field(field, head)) return std::nullopt;
        at = end + 1;
    }
    return head;
}

const char* reason_of(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 400:
            return "Bad Request";
        case 404:
            return "Not Found";
        case 409:
            return "Conflict";
        case 422:
            return "Unprocessable Content";
        default:
            return "Internal Server Error";
    }
}

}  // namespace

class WebServer::Session : public std::enable_shared_from_this<Session> {
public:
    Session(tcp::socket socket, WebDevice& device) : socket_{std::move(socket)}, device_{device} {}

    void read_head() {
        asio::async_read_until(socket_, asio::dynamic_buffer(in_, kMostHead), "\r\n\r\n",
                               [self = shared_from_this()](const error_code& error, std::size_t n) {
                                   if (!self->is_open_) return;
                                   if (error == asio::error::not_found) return self->refuse();
                                   if (!error) self->take_head(n);
                               });
    }

    void close() {
        is_open_ = false;
        reset(socket_);
    }

private:
    void take_head(std::size_t size) {
        auto head = parse_head(std::string_view{in_}.substr(0, size));
        in_.erase(0, size);
        if (!head) return refuse();
        head_ = std::move(*head);
        if (in_.size() >= head_.body_size) return answer();
        asio::async_read(socket_, asio::dynamic_buffer(in_),
                         asio::transfer_exactly(head_.body_size - in_.size()),
                         [self = shared_from_this()](const error_code& error, std::size_t) {
                             if (!error && self->is_open_) self->answer();
                         });
    }

    void answer() {
        const std::string body = in_.substr(0, head_.body_size);
        in_.erase(0, head_.body_size);
        const Link link = device_.link();
        if (link == Link::Cut) return close();
        if (link == Link::Hangs) return read_head();
        write(device_.answer(parse_request(head_.method, head_.target, body)));
    }

    void refuse() {
        head_.keeps_open = false;
        write({400, "not a request", "text/plain"});
    }

    void write(const WebAnswer& answer) {
        out_ = "HTTP/1.1 " + std::to_string(answer.status) + ' ' + reason_of(answer.status) +
               "\r\nServer: BitGrid-Sim\r\nContent-Type: " + answer.type +
               "\r\nContent-Length: " + std::to_string(answer.body.size()) +
               (head_.keeps_open ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n") + answer.body;
        asio::async_write(socket_, asio::buffer(out_),
                          [self = shared_from_this()](const error_code& error, std::size_t) {
                              if (error || !self->is_open_) return;
                              if (self->head_.keeps_open) return self->read_head();
                              error_code ignored;
                              self->socket_.shutdown(tcp::socket::shutdown_both, ignored);
                              self->socket_.close(ignored);
                          });
    }

    tcp::socket socket_;
    WebDevice& device_;
    bool is_open_{true};
    Head head_;
    std::string in_;
    std::string out_;
};

WebServer::WebServer(asio::io_context& io, WebDevice& device)
    : device_{device}, listener_{io, [this](tcp::socket s) { take(std::move(s)); }} {}

void WebServer::take(tcp::socket socket) {
    if (device_.link() == Link::Cut) return reset(socket);
    error_code ignored;
    socket.set_option(tcp::no_delay{true}, ignored);
    std::erase_if(sessions_, [](const auto& session) { return session.expired(); });
    const auto session = std::make_shared<Session>(std::move(socket), device_);
    sessions_.push_back(session);
    session->read_head();
}

void WebServer::stop() {
    listener_.stop();
    for (const auto& weak : sessions_)
        if (const auto session = weak.lock()) session->close();
    sessions_.clear();
}

}  // namespace bitgrid::sim
