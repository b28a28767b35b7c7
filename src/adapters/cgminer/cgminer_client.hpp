#pragma once
// Asks one CGMiner one thing at a time: one command is one connection, a pause lies between two,
// and what is urgent goes before everything else.
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "adapters/cgminer/cgminer_reply.hpp"
#include "adapters/cgminer/one_shot.hpp"
#include "adapters/lifeline.hpp"
#include "net/exchanges.hpp"

namespace bitgrid::adapters::cgminer {

struct Question {
    std::string command;
    std::string parameter;  ///< empty: none
};

enum class Urgency : std::uint8_t { Normal, Urgent };

/// Engine thread only; io and exchanges must outlive it. Calls back exactly once, never from inside
/// ask(); once it is stopped or gone, never. Bytes that arrive late or broken are errors.
class CgminerClient {
public:
    using Answer = std::function<void(core::Result<Reply>)>;

    /// `pause_ms`: real time between an answer and the next connection.
    CgminerClient(boost::asio::io_context&, net::Exchanges&, OneShotConfig, int pause_ms = 200);
    ~CgminerClient() { stop(); }
    CgminerClient(const CgminerClient&) = delete;
    CgminerClient& operator=(const CgminerClient&) = delete;

    /// At most 16 wait; more are Refused. An urgent question leaves without a pause, and ends a
    /// normal one that is under way (which fails with Refused).
    void ask(Question, Urgency, Answer);
    void stop();

private:
    struct Job {
        Question question;
        Urgency urgency{};
        Answer answer;
        net::Exchanges::Exchange exchange;
    };

    void serve_next();
    void finish(core::Result<Reply>);
    void refuse(Job, const std::string& why);

    boost::asio::io_context& io_;
    net::Exchanges& exchanges_;
    OneShotConfig config_;
    std::chrono::milliseconds pause_;
    boost::asio::steady_timer pause_timer_;
    std::deque<Job> waiting_;
    std::optional<Job> current_;
    std::shared_ptr<OneShot> connection_;
    bool is_pausing_{false};
    Lifeline lifeline_;
};

}  // namespace bitgrid::adapters::cgminer
