#pragma once
// The guard as one thing: its lease, its own connections to the loads, wired on one loop.
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/guard_lease/lease_listener.hpp"
#include "adapters/mqtt/mqtt_client.hpp"
#include "app/devices.hpp"
#include "app/installation.hpp"
#include "guard/guard.hpp"
#include "net/asio_clock.hpp"
#include "net/exchanges.hpp"
#include "ops/log.hpp"

namespace bitgrid::app {

/// Engine thread only; io_context and clock must outlive it. Shares nothing with a controller but
/// the socket of the lease: own drivers, own relays, own connection to the broker.
class GuardPost final : public guard::Connections, public ports::HealthSink {
public:
    /// `house`: time of the devices; the lease lives in real time.
    GuardPost(boost::asio::io_context&, ports::Clock& house, Installation);
    ~GuardPost();

    /// Begins to watch; fails where another guard does so already. `completed`: at the end of each
    /// look.
    core::Result<void> start(std::function<void()> completed);
    /// Leaves every load as it is: with a healthy controller it is that one's; else it is off.
    void stop();

    // Connections
    guard::Keeper::Hands hands(std::size_t load) override;
    void let_go() override;
    // HealthSink: told on standard error
    void health(std::string_view part, ports::Condition, std::string_view reason) override;
    void rejected(std::string_view, const core::Error&) override {}

private:
    void make_devices();
    void look_after(const std::function<void()>& completed);
    guard::Guard::Tell teller(const std::string& part);

    boost::asio::io_context& io_;
    ports::Clock& house_;
    Installation installation_;
    ops::Log log_;
    net::AsioClock real_clock_;
    net::Exchanges exchanges_;
    std::map<std::string, ports::Condition, std::less<>> known_;  ///< last health of each part
    std::unique_ptr<adapters::MqttClient> mqtt_;
    guard::Guard guard_;
    std::unique_ptr<Devices> devices_;
    std::vector<std::unique_ptr<Devices>> retired_;  ///< until their last exchange is over
    adapters::LeaseListener listener_;
};

}  // namespace bitgrid::app
