#pragma once
// The guard's end of the socket: takes renewals from controllers of the same user, and answers
// each.
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "ports/lease.hpp"

namespace bitgrid::adapters {

/// Engine thread only; io and sink must outlive it. The socket is a file of mode 0600 that goes
/// with stop(). A peer of another user, or one that says a wrong line, is told goodbye; of more
/// than four the oldest goes. Answers that a peer does not read are not kept.
class LeaseListener {
public:
    using Tell = std::function<void(bool is_alarm, const std::string& what)>;

    LeaseListener(boost::asio::io_context&, std::string path, ports::LeaseSink&, Tell);
    ~LeaseListener();

    /// Fails where another guard listens there, or no socket can be made.
    core::Result<void> start();
    void stop();

private:
    struct Peer;

    void accept();
    void welcome(boost::asio::local::stream_protocol::socket);
    void hear(const std::shared_ptr<Peer>&);
    void take(const std::shared_ptr<Peer>&);
    void answer(const std::shared_ptr<Peer>&, const ports::LeaseAnswer&);
    void dismiss(std::shared_ptr<Peer>);

    boost::asio::io_context& io_;
    std::string path_;
    ports::LeaseSink& sink_;
    Tell tell_;
    boost::asio::local::stream_protocol::acceptor acceptor_;
    std::list<std::shared_ptr<Peer>> peers_;  ///< oldest first
    bool is_listening_{false};
    std::shared_ptr<int> alive_{std::make_shared<int>(0)};
};

}  // namespace bitgrid::adapters
