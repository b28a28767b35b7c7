#pragma once
// What adapters' tests share: a clock that is moved by hand, sinks that remember, an io_context
// that runs until something has happened, and TCP servers that follow a script.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/device_world.hpp"
#include "net/exchanges.hpp"
#include "net/manual_clock.hpp"
#include "ports/signals.hpp"

namespace bitgrid::adapters {

struct RememberingSignals final : ports::SignalSink {
    std::map<std::pair<core::Signal, std::string>, std::vector<double>> values;
    std::map<std::string, int> signs_of_life;
    std::vector<ports::Slot> prices, forecast;
    int price_series_count{0}, forecast_series_count{0};
    core::UnixTime issued{};
    std::function<void(const ports::Measurement&)> on_measured;

    void measured(const ports::Measurement& m) override {
        values[{m.signal, std::string{m.load}}].push_back(m.value);
        if (on_measured) on_measured(m);
    }
    void alive(std::string_view load) override { ++signs_of_life[std::string{load}]; }
    void price_series(std::vector<ports::Slot> slots, core::UnixTime) override {
        prices = std::move(slots);
        ++price_series_count;
    }
    void forecast_series(std::vector<ports::Slot> slots, core::UnixTime t) override {
        forecast = std::move(slots);
        issued = t;
        ++forecast_series_count;
    }

    std::optional<double> last(core::Signal signal, const std::string& load = "") const {
        const auto found = values.find({signal, load});
        if (found == values.end() || found->second.empty()) return std::nullopt;
        return found->second.back();
    }
    std::size_t count(core::Signal signal, const std::string& load = "") const {
        const auto found = values.find({signal, load});
        return found == values.end() ? 0 : found->second.size();
    }
};

struct RememberingHealth final : ports::HealthSink {
    struct Report {
        ports::Condition condition{};
        std::string reason;
    };
    std::vector<Report> reports;
    std::vector<core::Error> rejects;
    void health(std::string_view, ports::Condition c, std::string_view reason) override {
        reports.push_back({c, std::string{reason}});
    }
    void rejected(std::string_view, const core::Error& e) override { rejects.push_back(e); }
    Report last() const { return reports.empty() ? Report{} : reports.back(); }
};

/// Everything an adapter is given.
struct TestWorld {
    boost::asio::io_context io;
    net::ManualClock clock{core::UnixTime{1'795'420'800'000}};  // 2026-11-23T08:00:00Z
    net::Exchanges exchanges;
    RememberingSignals signals;
    RememberingHealth health;

    DeviceWorld devices() { return {io, clock, exchanges, signals, health}; }

    /// Runs until `is_true`; false where it did not come true in half a minute.
    bool run_until(const std::function<bool()>& is_true) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
        while (!is_true()) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            io.restart();
            io.run_one_for(std::chrono::milliseconds{20});
        }
        return true;
    }
    /// Runs until no exchange is under way.
    bool settle() {
        return run_until([this] { return exchanges.is_idle(); });
    }
    /// Moves the clock and lets what follows come to an end, second by second.
    bool advance(std::int64_t seconds) {
        for (std::int64_t i = 0; i < seconds; ++i) {
            clock.advance(1000);
            if (!settle()) return false;
        }
        return true;
    }
};

/// A TCP server whose connections are handled by a script: it gets what came in so far and says
/// what to do. Runs on the world's own io_context.
class ScriptedServer {
public:
    struct Move {
        std::string answer;
        bool is_end{false};    ///< close after the answer
        bool is_reset{false};  ///< reset instead
        bool is_done{false};   ///< forget what came in
    };
    /// `received` since the last move that was done; `connection` counts from 1.
    using Script = std::function<Move(const std::string& received, int connection)>;

    ScriptedServer(boost::asio::io_context& io, Script script)
        : script_{std::move(script)}, acceptor_{io, {boost::asio::ip::address_v4::loopback(), 0}} {
        accept();
    }
    int port() const { return acceptor_.local_endpoint().port(); }
    int connections() const { return connections_; }
    std::vector<std::string> received;  ///< one entry for each read that was answered

private:
    struct Session : std::enable_shared_from_this<Session> {
        Session(boost::asio::ip::tcp::socket s, ScriptedServer& o, int n)
            : socket{std::move(s)}, owner{o}, number{n} {}
        boost::asio::ip::tcp::socket socket;
        ScriptedServer& owner;
        int number;
        std::array<char, 4096> buffer{};
        std::string received;
        std::string answer;

        void read() {
            socket.async_read_some(
                boost::asio::buffer(buffer),
                [self = shared_from_this()](const boost::system::error_code& e, std::size_t n) {
                    if (e) return;
                    self->received.append(self->buffer.data(), n);
                    self->move();
                });
        }
        void move() {
            const Move move = owner.script_(received, number);
            if (move.is_done || !move.answer.empty() || move.is_end || move.is_reset) {
                owner.received.push_back(received);
                received.clear();
            }
            if (move.is_reset) {
                socket.set_option(boost::asio::socket_base::linger{true, 0});
                return socket.close();
            }
            answer = move.answer;
            boost::asio::async_write(socket, boost::asio::buffer(answer),
                                     [self = shared_from_this(), end = move.is_end](
                                         const boost::system::error_code& e, std::size_t) {
                                         if (e) return;
                                         if (end) return self->socket.close();
                                         self->read();
                                     });
        }
    };

    void accept() {
        acceptor_.async_accept(
            [this](const boost::system::error_code& e, boost::asio::ip::tcp::socket socket) {
                if (e) return;
                std::make_shared<Session>(std::move(socket), *this, ++connections_)->read();
                accept();
            });
    }

    Script script_;
    boost::asio::ip::tcp::acceptor acceptor_;
    int connections_{0};
};

}  // namespace bitgrid::adapters
