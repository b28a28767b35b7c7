#include "app/gateway_post.hpp"

namespace bitgrid::app {
namespace {

constexpr std::size_t kMostPartsTold = 100;

// By its name the broker's access list knows what it may say.
adapters::MqttConfig connection_of(const GatewayInstallation& installation) {
    adapters::MqttConfig config = installation.all.mqtt;
    config.client_id = "gateway-" + installation.gateway.id;
    config.is_voice = false;
    return config;
}

}  // namespace

GatewayPost::GatewayPost(boost::asio::io_context& io, ports::Clock& clock,
                         GatewayInstallation installation)
    : io_{io},
      clock_{clock},
      installation_{std::move(installation)},
      log_{installation_.all.log},
      gateway_{clock_,
               installation_.all.config,
               {[this](const std::string& part, bool is_alarm, const std::string& what) {
                    tell(part, is_alarm, what);
                },
                [this](const std::string& load, const std::string& command_id) {
                    if (link_) link_->lapsed(load, command_id);
                }}} {
    make_parts();
}

GatewayPost::~GatewayPost() = default;

void GatewayPost::make_parts() {
    const core::Config& config = installation_.all.config;
    mqtt_ = std::make_unique<adapters::MqttClient>(io_, exchanges_, *this,
                                                   connection_of(installation_), config.site.id);
    adapters::GatewayLink::Identity identity{mqtt_->root(), installation_.gateway.id, {}};
    for (const core::LoadConfig& load : config.loads) identity.loads.push_back(load.id);
    link_ = std::make_unique<adapters::GatewayLink>(
        *mqtt_, adapters::GatewayLink::Sinks{gateway_, gateway_, *this}, clock_,
        std::move(identity));
    devices_ =
        std::make_unique<Devices>(adapters::DeviceWorld{io_, clock_, exchanges_, *link_, *link_},
                                  mqtt_.get(), config, installation_.all.devices);
    for (std::size_t i = 0; i < config.loads.size(); ++i)
        gateway_.attach(i, {devices_->driver_of(i), devices_->relay_of(i)});
}

void GatewayPost::start(std::function<void()> completed) {
    devices_->start();
    gateway_.start(std::move(completed));
    mqtt_->start();
}

void GatewayPost::shut_down(std::int64_t patience_ms, std::function<void()> done) {
    gateway_.shut_down(patience_ms, [this, done = std::move(done)] {
        mqtt_->stop();
        devices_->stop();
        done();
    });
}

void GatewayPost::tell(const std::string& part, bool is_alarm, const std::string& what) {
    if (is_alarm) log_.warn(part, what);
    else log_.info(part, what);
}

void GatewayPost::health(std::string_view part, ports::Condition condition,
                         std::string_view reason) {
    const auto known = known_.find(part);
    if (known == known_.end() && known_.size() == kMostPartsTold) return;
    const bool is_news = known == known_.end() || known->second != condition;
    known_[std::string{part}] = condition;
    if (!is_news) return;
    if (condition == ports::Condition::Ok) log_.info(part, "well");
    else log_.warn(part, reason);
}

// The first of each part is told; a flood of them is not.
void GatewayPost::rejected(std::string_view part, const core::Error& error) {
    if (rejected_.size() == kMostPartsTold && rejected_.find(part) == rejected_.end()) return;
    if (++rejected_[std::string{part}] == 1) log_.warn(part, "refused: " + error.what);
}

}  // namespace bitgrid::app
