#pragma once
// A small HTTP/1.1 client: one connection that stays, bounded answers, and what follows an upgrade.
#include <string>
#include <string_view>

#include "bench/house/peer.hpp"

namespace bitgrid::bench {

struct HttpAnswer {
    int status{};
    std::string body;
};

/// One thread. An answer that does not come within ten seconds is an exception.
class HttpPeer {
public:
    explicit HttpPeer(std::uint16_t port);

    HttpAnswer get(std::string_view target) {
        ask(target);
        return answer();
    }
    void ask(std::string_view target, std::string_view more_headers = {});
    HttpAnswer answer();
    /// Takes what has arrived; true when a whole answer is there.
    bool take(HttpAnswer& into);
    /// Only the head of the answer: what follows is a stream, and stays in unread().
    int status_of_stream();

    bool receive(int patience_ms) { return peer_.receive(unread_, patience_ms); }
    std::string& unread() { return unread_; }
    Peer& peer() { return peer_; }

private:
    Peer peer_;
    std::string host_;
    std::string unread_;
};

/// The number of a sample in a page of Prometheus; NaN where there is none.
double metric_in(const std::string& page, const std::string& name);

}  // namespace bitgrid::bench
