#include "sim/cgminer/cgminer_server.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

namespace bitgrid::sim {
namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {
constexpr std::size_t kMostWaiting = 64;
constexpr auto kPatience =
    std::chrono::seconds{10};  // with a client that connects and says nothing
}  // namespace

class CgminerServer::Session : public std::enable_shared_from_this<Session> {
public:
    Session(tcp::socket socket, CgminerServer& server)
        : socket_{std::move(socket)}, patience_{socket_.get_executor()}, server_{&server} {}

    void serve() {
        patience_.expires_after(kPatience);
        patience_.async_wait([self = shared_from_this()](const error_code& error) {
            if (!error) self->finish();
        });
        // A single receive, as the real server does: a command that comes in pieces is not
        // understood.
        socket_.async_read_some(
            asio::buffer(request_),
            [self = shared_from_this()](const error_code& error, std::size_t n) {
                if (self->server_ == nullptr) return;
                if (error) return self->finish();
                self->answer(n);
            });
    }

    void drop() {
        server_ = nullptr;
        patience_.cancel();
        reset(socket_);
    }

private:
    void answer(std::size_t n) {
        House& house = server_->house_;
        const HousePhysics& physics = house.now();
        const Link link = house.faults().link(Device::Miner);
        if (link == Link::Hangs) return wait_for_the_end();
        if (link == Link::Cut || !physics.miner.is_answering()) {
            reset(socket_);
            return finish();
        }
        answer_ = server_->avalon_.answer({request_.data(), n});
        if (house.faults().has_broken_json) answer_ = torn(answer_);
        answer_.push_back('\0');
        asio::async_write(socket_, asio::buffer(answer_),
                          [self = shared_from_this()](const error_code&, std::size_t) {
                              if (self->server_ != nullptr) self->finish();
                          });
    }

    void wait_for_the_end() {
        socket_.async_read_some(asio::buffer(request_),
                                [self = shared_from_this()](const error_code& error, std::size_t) {
                                    if (self->server_ == nullptr) return;
                                    if (error) return self->finish();
                                    self->wait_for_the_end();
                                });
    }

    void finish() {
        if (server_ == nullptr) return;
        patience_.cancel();
        error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_both, ignored);
        socket_.close(ignored);
        CgminerServer& server = *std::exchange(server_, nullptr);
        server.waiting_.pop_front();
        server.serve_next();
    }

    tcp::socket socket_;
    asio::steady_timer patience_;
    CgminerServer* server_;  ///< null once it is done or dropped
    std::array<char, 4095> request_{};
    std::string answer_;
};

CgminerServer::CgminerServer(asio::io_context& io, House& house)
    : house_{house}, avalon_{house}, listener_{io, [this](tcp::socket s) { take(std::move(s)); }} {}

void CgminerServer::take(tcp::socket socket) {
    const HousePhysics& physics = house_.now();
    const Link link = house_.faults().link(Device::Miner);
    const bool is_dead = link == Link::Cut || !physics.miner.is_answering();
    if ((is_dead && link != Link::Hangs) || waiting_.size() >= kMostWaiting) return reset(socket);
    waiting_.push_back(std::make_shared<Session>(std::move(socket), *this));
    if (waiting_.size() == 1) serve_next();
}

void CgminerServer::serve_next() {
    if (!waiting_.empty()) waiting_.front()->serve();
}

void CgminerServer::stop() {
    listener_.stop();
    for (const auto& session : waiting_) session->drop();
    waiting_.clear();
}

}  // namespace bitgrid::sim
