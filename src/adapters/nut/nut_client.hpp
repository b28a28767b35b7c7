#pragma once
// Watches a UPS over NUT: one connection, three questions a look, a new connection after whatever
// went wrong.
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>

#include "adapters/device_health.hpp"
#include "adapters/lifeline.hpp"
#include "adapters/nut/nut_config.hpp"
#include "adapters/nut/nut_reply.hpp"
#include "net/exchanges.hpp"
#include "ports/clock.hpp"

namespace bitgrid::adapters::nut {

/// Engine thread only; all that it is given outlives it. It reports only what it heard whole:
/// silence is judged by the sink. Never more than one question is under way, nothing is queued.
class NutClient {
public:
    struct World {
        boost::asio::io_context& io;
        ports::Clock& clock;
        net::Exchanges& exchanges;
        ports::PowerSink& power;
        ports::HealthSink& health;
    };

    NutClient(World, NutConfig);
    ~NutClient() { stop(); }
    NutClient(const NutClient&) = delete;
    NutClient& operator=(const NutClient&) = delete;

    void start() { look(); }
    void stop();

private:
    class Link;

    void look();
    void ask(std::size_t question);
    void answered(std::size_t question, const core::Result<std::string>& line);
    bool keep(std::size_t question, const std::string& value);
    void heard();
    void failed(const core::Error&);

    World world_;
    NutConfig config_;
    DeviceHealth health_;
    std::shared_ptr<Link> link_;
    ports::PowerReading reading_;
    std::unique_ptr<ports::Timer> next_look_;
    net::Exchanges::Exchange exchange_;
    Lifeline lifeline_;
};

}  // namespace bitgrid::adapters::nut
