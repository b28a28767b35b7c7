#pragma once
// Talks to one Modbus/TCP device: one connection, one request at a time, answers matched to their
// requests. Connects when it is asked, and after a failure not again before a pause that grows
// (1, 2, 5, 15, 60 s of the clock); until then requests fail at once and say why.
#include <boost/asio/io_context.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "adapters/lifeline.hpp"
#include "adapters/modbus/modbus_frames.hpp"
#include "net/exchanges.hpp"
#include "ports/clock.hpp"

namespace bitgrid::adapters::modbus {

class ModbusLink;

struct ClientConfig {
    std::string host;
    std::uint16_t port{502};
    int timeout_ms{3000};  ///< real time, for the connection and for each request
    int quiet_ms{0};       ///< silence after connecting, before the first request (real time)
    int gap_ms{0};         ///< between two requests (real time)
};

/// Engine thread only; io, clock and exchanges must outlive it. Destroyed or stopped in the middle,
/// it calls nobody back any more.
class ModbusClient {
public:
    using Answer = std::function<void(core::Result<Words>)>;

    ModbusClient(boost::asio::io_context&, ports::Clock&, net::Exchanges&, ClientConfig);
    ~ModbusClient();
    ModbusClient(const ModbusClient&) = delete;
    ModbusClient& operator=(const ModbusClient&) = delete;

    /// Calls back exactly once, never from inside request(). At most 32 wait; more are Refused.
    void request(Request, Answer);
    /// Closes the connection and forgets what waits.
    void stop();

    /// Counts the connections that were made: a new number means that the device may have changed.
    int connection() const { return connections_; }
    /// Answers that belonged to no request.
    int strays() const { return strays_; }

private:
    struct Job {
        Request request;
        Answer answer;
        net::Exchanges::Exchange exchange;
    };

    void serve_next();
    void opened(const core::Result<void>&);
    void send();
    void lose_link(const core::Error&);
    void drop_link();
    void finish(core::Result<Words>);

    boost::asio::io_context& io_;
    ports::Clock& clock_;
    net::Exchanges& exchanges_;
    ClientConfig config_;
    std::deque<Job> jobs_;  ///< the first is under way while is_busy_
    bool is_busy_{false};
    std::shared_ptr<ModbusLink> link_;  ///< null: not connected
    bool is_open_{false};
    std::uint16_t transaction_{0};
    int connections_{0};
    int strays_{0};
    std::size_t failures_{0};
    core::MonoTime next_attempt_{};
    std::string last_failure_;
    Lifeline lifeline_;
};

}  // namespace bitgrid::adapters::modbus
