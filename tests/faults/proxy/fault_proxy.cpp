#include "faults/proxy/fault_proxy.hpp"

#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <list>
#include <random>
#include <string>
#include <thread>

namespace bitgrid::faults {
namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

constexpr std::size_t kPiece = 16 * 1024;
constexpr std::size_t kMostWaiting = 1 << 20;  // then the sender feels it, as on a real line

using Clock = std::chrono::steady_clock;

void cut(tcp::socket& socket) {
    error_code ignored;
    socket.set_option(asio::socket_base::linger{true, 0}, ignored);
    socket.close(ignored);
}

struct Shared {
    Line line;
    std::mt19937_64 random{20'260'615};
    std::atomic<std::size_t> open{0}, accepted{0}, passed{0};

    bool happens(double share) {
        return share > 0 && std::uniform_real_distribution<double>{}(random) < share;
    }
};

// One connection: two sockets, and a pipe each way. Gone when both ends are.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(tcp::socket client, asio::io_context& io, Shared& shared)
        : shared_{shared},
          client_{std::move(client)},
          server_{io},
          up_{asio::steady_timer{io}},
          down_{asio::steady_timer{io}} {
        ++shared_.open;
    }
    ~Connection() { --shared_.open; }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void open(std::uint16_t upstream) {
        server_.async_connect({asio::ip::address_v4::loopback(), upstream},
                              [self = shared_from_this()](const error_code& error) {
                                  if (error) return self->reset();
                                  self->begin();
                              });
    }
    void reset() {
        cut(client_);
        cut(server_);
        for (Pipe* pipe : {&up_, &down_}) pipe->timer.cancel();
    }

private:
    struct Piece {
        std::string bytes;
        Clock::time_point due;
    };
    struct Pipe {
        asio::steady_timer timer;
        std::array<char, kPiece> buffer{};
        std::deque<Piece> waiting{};
        std::size_t waiting_bytes{0};
        Clock::time_point last_due{};
        bool is_reading{false}, is_writing{false}, has_ended{false};
        bool is_dead{false};  ///< bytes have vanished: what follows makes no sense any more
    };

    void begin() {
        error_code ignored;
        client_.set_option(tcp::no_delay{true}, ignored);
        server_.set_option(tcp::no_delay{true}, ignored);
        read(up_);
        read(down_);
    }
    tcp::socket& from(Pipe& pipe) { return &pipe == &up_ ? client_ : server_; }
    tcp::socket& to(Pipe& pipe) { return &pipe == &up_ ? server_ : client_; }

    void read(Pipe& pipe) {
        if (pipe.is_reading || pipe.has_ended || pipe.waiting_bytes >= kMostWaiting) return;
        pipe.is_reading = true;
        from(pipe).async_read_some(
            asio::buffer(pipe.buffer),
            [self = shared_from_this(), &pipe](const error_code& error, std::size_t n) {
                pipe.is_reading = false;
                if (error == asio::error::eof) pipe.has_ended = true;
                else if (error) return self->reset();
                self->take(pipe, n);
                self->read(pipe);
                self->write(pipe);
            });
    }

    void take(Pipe& pipe, std::size_t n) {
        const Line& line = shared_.line;
        if (n == 0) return;
        pipe.is_dead = pipe.is_dead || line.swallows;
        if (pipe.is_dead) return;
        std::string bytes{pipe.buffer.data(), n};
        if (line.corrupt_share > 0)
            for (char& byte : bytes)
                if (shared_.happens(line.corrupt_share))
                    byte = static_cast<char>(byte ^ (1 << (shared_.random() % 8)));
        auto due = Clock::now() + std::chrono::milliseconds{line.delay_ms};
        if (shared_.happens(line.late_share)) due += std::chrono::milliseconds{line.late_ms};
        pipe.last_due = std::max(pipe.last_due, due);
        pipe.waiting_bytes += n;
        pipe.waiting.push_back({std::move(bytes), pipe.last_due});
    }

    void write(Pipe& pipe) {
        if (pipe.is_writing) return;
        if (pipe.waiting.empty()) {
            error_code ignored;
            if (pipe.has_ended && !pipe.is_dead && !shared_.line.swallows)
                to(pipe).shutdown(tcp::socket::shutdown_send, ignored);
            return;
        }
        pipe.is_writing = true;
        if (pipe.waiting.front().due > Clock::now()) {
            pipe.timer.expires_at(pipe.waiting.front().due);
            pipe.timer.async_wait([self = shared_from_this(), &pipe](const error_code& error) {
                pipe.is_writing = false;
                if (!error) self->write(pipe);
            });
            return;
        }
        write_slice(pipe);
    }

    void write_slice(Pipe& pipe) {
        const std::string& bytes = pipe.waiting.front().bytes;
        const std::size_t slice = shared_.line.slice;
        const std::size_t size = slice == 0 ? bytes.size() : std::min(slice, bytes.size());
        to(pipe).async_write_some(
            asio::buffer(bytes.data(), size),
            [self = shared_from_this(), &pipe](const error_code& error, std::size_t n) {
                if (error) return self->reset();
                self->wrote(pipe, n);
            });
    }

    void wrote(Pipe& pipe, std::size_t n) {
        shared_.passed += n;
        pipe.waiting_bytes -= n;
        Piece& piece = pipe.waiting.front();
        piece.bytes.erase(0, n);
        const Line& line = shared_.line;
        auto next = Clock::now();
        if (line.bytes_per_s > 0)
            next += std::chrono::microseconds{n * 1'000'000 / line.bytes_per_s};
        else if (line.slice > 0) next += std::chrono::milliseconds{1};  // else they join again
        if (piece.bytes.empty()) pipe.waiting.pop_front();
        if (!pipe.waiting.empty())
            pipe.waiting.front().due = std::max(pipe.waiting.front().due, next);
        pipe.is_writing = false;
        write(pipe);
        read(pipe);
    }

    Shared& shared_;
    tcp::socket client_, server_;
    Pipe up_, down_;
};

}  // namespace

class FaultProxy::Loop {
public:
    explicit Loop(std::uint16_t upstream)
        : upstream_{upstream}, acceptor_{io_, {asio::ip::address_v4::loopback(), 0}} {
        port_ = acceptor_.local_endpoint().port();
        accept();
        thread_ = std::thread{[this] { io_.run(); }};
    }
    ~Loop() {
        asio::post(io_, [this] {
            acceptor_.close();
            reset_all();
            io_.stop();
        });
        thread_.join();
    }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void set(Line line) {
        asio::post(io_, [this, line] { shared.line = line; });
    }
    void reset_soon() {
        asio::post(io_, [this] { reset_all(); });
    }
    std::uint16_t port() const { return port_; }

    Shared shared;

private:
    void accept() {
        acceptor_.async_accept([this](const error_code& error, tcp::socket client) {
            if (error == asio::error::operation_aborted) return;
            if (!error) take(std::move(client));
            accept();
        });
    }
    void take(tcp::socket client) {
        if (shared.line.refuses) return cut(client);
        ++shared.accepted;
        std::erase_if(connections_, [](const auto& weak) { return weak.expired(); });
        const auto connection = std::make_shared<Connection>(std::move(client), io_, shared);
        connections_.push_back(connection);
        connection->open(upstream_);
    }
    void reset_all() {
        for (const auto& weak : connections_)
            if (const auto connection = weak.lock()) connection->reset();
        connections_.clear();
    }

    const std::uint16_t upstream_;
    asio::io_context io_{1};
    tcp::acceptor acceptor_;
    std::uint16_t port_{};
    std::list<std::weak_ptr<Connection>> connections_;
    std::thread thread_;
};

FaultProxy::FaultProxy(std::uint16_t upstream) : loop_{std::make_unique<Loop>(upstream)} {}
FaultProxy::~FaultProxy() = default;

std::uint16_t FaultProxy::port() const { return loop_->port(); }
void FaultProxy::set(Line line) { loop_->set(line); }
void FaultProxy::reset_all() { loop_->reset_soon(); }
std::size_t FaultProxy::connections() const { return loop_->shared.open; }
std::size_t FaultProxy::accepted() const { return loop_->shared.accepted; }
std::size_t FaultProxy::passed_bytes() const { return loop_->shared.passed; }

}  // namespace bitgrid::faults
