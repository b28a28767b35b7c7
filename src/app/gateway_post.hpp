#pragma once
// A gateway as one thing: its devices, its loads' leases and its connection to the broker, wired on
// one loop.
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "adapters/mqtt/gateway_link.hpp"
#include "adapters/mqtt/mqtt_client.hpp"
#include "app/devices.hpp"
#include "app/gateways.hpp"
#include "gateway/gateway.hpp"
#include "net/exchanges.hpp"
#include "ops/log.hpp"

namespace bitgrid::app {

/// Engine thread only; io_context and clock must outlive it.
class GatewayPost final : public ports::HealthSink {
public:
    GatewayPost(boost::asio::io_context&, ports::Clock&, GatewayInstallation);
    ~GatewayPost();

    /// Commands every load off and begins to listen. `completed`: at the end of each look.
    void start(std::function<void()> completed);
    /// Every load off, then calls back; at the latest after `patience_ms`.
    void shut_down(std::int64_t patience_ms, std::function<void()> done);

    // HealthSink: told on standard error
    void health(std::string_view part, ports::Condition, std::string_view reason) override;
    void rejected(std::string_view part, const core::Error&) override;

private:
    void make_parts();
    void tell(const std::string& part, bool is_alarm, const std::string& what);

    boost::asio::io_context& io_;
    ports::Clock& clock_;
    GatewayInstallation installation_;
    ops::Log log_;
    net::Exchanges exchanges_;
    std::map<std::string, ports::Condition, std::less<>> known_;  ///< last health of each part
    std::map<std::string, int, std::less<>> rejected_;            ///< by part
    gateway::Gateway gateway_;
    std::unique_ptr<adapters::MqttClient> mqtt_;
    std::unique_ptr<adapters::GatewayLink> link_;
    std::unique_ptr<Devices> devices_;
};

}  // namespace bitgrid::app
