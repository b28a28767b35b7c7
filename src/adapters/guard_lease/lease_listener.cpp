#include "adapters/guard_lease/lease_listener.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/write.hpp>

#include "adapters/guard_lease/lease_line.hpp"

namespace bitgrid::adapters {
namespace {

using Protocol = boost::asio::local::stream_protocol;
using ErrorCode = boost::system::error_code;

constexpr std::size_t kMostPeers = 4;
constexpr std::size_t kLongestPath = sizeof(sockaddr_un{}.sun_path) - 1;

core::Error unavailable(const std::string& path, const std::string& why) {
    return {core::ErrorCode::Unavailable, path + ": " + why};
}

// Whoever may write to the journal may also renew the lease; nobody else.
bool is_trusted(Protocol::socket& socket) {
    ucred peer{};
    socklen_t size = sizeof(peer);
    if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return false;
    return peer.uid == ::geteuid() || peer.uid == 0;
}

}  // namespace

struct LeaseListener::Peer {
    explicit Peer(Protocol::socket s) : socket{std::move(s)} {}
    Protocol::socket socket;
    std::array<char, 512> buffer{};
    std::string received;
    std::string sending;
};

LeaseListener::LeaseListener(boost::asio::io_context& io, std::string path, ports::LeaseSink& sink,
                             Tell tell)
    : io_{io}, path_{std::move(path)}, sink_{sink}, tell_{std::move(tell)}, acceptor_{io} {}

LeaseListener::~LeaseListener() {
    stop();
    alive_.reset();
}

core::Result<void> LeaseListener::start() {
    if (path_.size() > kLongestPath)
        return unavailable(path_, "longer than 107 bytes; set socket in guard.yaml");
    ErrorCode error;
    Protocol::socket probe{io_};
    if (probe.connect(Protocol::endpoint{path_}, error); !error)
        return unavailable(path_, "another guard listens there");
    if (error == boost::asio::error::connection_refused) ::unlink(path_.c_str());
    const mode_t before = ::umask(0177);
    acceptor_.open(Protocol{}, error);
    if (!error) acceptor_.bind(Protocol::endpoint{path_}, error);
    if (!error) acceptor_.listen(static_cast<int>(kMostPeers), error);
    ::umask(before);
    if (error) return unavailable(path_, error.message());
    is_listening_ = true;
    accept();
    return {};
}

void LeaseListener::stop() {
    if (!std::exchange(is_listening_, false)) return;
    ErrorCode ignored;
    acceptor_.close(ignored);
    ::unlink(path_.c_str());
    while (!peers_.empty()) dismiss(peers_.front());
}

void LeaseListener::accept() {
    acceptor_.async_accept([this, alive = std::weak_ptr<int>{alive_}](const ErrorCode& error,
                                                                      Protocol::socket socket) {
        if (alive.expired() || !is_listening_) return;
        if (!error) welcome(std::move(socket));
        accept();
    });
}

void LeaseListener::welcome(Protocol::socket socket) {
    if (!is_trusted(socket)) return tell_(true, "a process of another user asked for the lease");
    if (peers_.size() == kMostPeers) dismiss(peers_.front());
    peers_.push_back(std::make_shared<Peer>(std::move(socket)));
    hear(peers_.back());
}

// By value: the caller's may be the one in the list.
void LeaseListener::dismiss(std::shared_ptr<Peer> peer) {
    ErrorCode ignored;
    peer->socket.close(ignored);
    peers_.remove(peer);
}

void LeaseListener::hear(const std::shared_ptr<Peer>& peer) {
    peer->socket.async_read_some(
        boost::asio::buffer(peer->buffer),
        [this, peer, alive = std::weak_ptr<int>{alive_}](const ErrorCode& error, std::size_t size) {
            if (alive.expired() || !peer->socket.is_open()) return;
            if (error) return dismiss(peer);
            peer->received.append(peer->buffer.data(), size);
            take(peer);
        });
}

void LeaseListener::take(const std::shared_ptr<Peer>& peer) {
    for (;;) {
        const auto line = guard_lease::next_line(peer->received);
        if (line && !*line) return hear(peer);
        const auto renewal =
            line ? guard_lease::read_renewal(**line) : core::Result<ports::Renewal>{line.error()};
        if (!renewal) {
            tell_(true, "not understood on the lease's socket: " + renewal.error().what);
            return dismiss(peer);
        }
        answer(peer, sink_.renewed(*renewal));
        if (!peer->socket.is_open()) return;
    }
}

void LeaseListener::answer(const std::shared_ptr<Peer>& peer, const ports::LeaseAnswer& answer) {
    if (!peer->sending.empty()) return;  // it does not read: the next answer says it again
    peer->sending = guard_lease::line_of(answer);
    boost::asio::async_write(peer->socket, boost::asio::buffer(peer->sending),
                             [peer](const ErrorCode&, std::size_t) { peer->sending.clear(); });
}

}  // namespace bitgrid::adapters
