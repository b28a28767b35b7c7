#include "app/guard_post.hpp"

#include <algorithm>

#include "app/installation_id.hpp"

namespace bitgrid::app {
namespace {

constexpr std::size_t kMostParts = 100;

// A broker that only sensors need is no business of the guard.
bool needs_broker(const Installation& all) {
    return all.mqtt.enabled &&
           std::any_of(all.devices.begin(), all.devices.end(), [](const DeviceConfig& device) {
               return device.type == DeviceType::MqttPlug || device.type == DeviceType::MqttRelay ||
                      device.type == DeviceType::Gateway;
           });
}

// With the controller's name the broker would throw that one out.
adapters::MqttConfig own_connection(const Installation& all) {
    adapters::MqttConfig config = all.mqtt;
    config.client_id += "-guard-" + installation_id(all.store.folder).substr(0, 8);
    config.is_voice = false;
    return config;
}

Installation of_loads_only(Installation all) {
    std::erase_if(all.devices, [](const DeviceConfig& d) { return !commands_load(d.type); });
    return all;
}

}  // namespace

GuardPost::GuardPost(boost::asio::io_context& io, ports::Clock& house, Installation installation)
    : io_{io},
      house_{house},
      installation_{of_loads_only(std::move(installation))},
      log_{installation_.log},
      real_clock_{io},
      guard_{real_clock_, installation_.config, guarded_fingerprint(installation_),
             teller("guard")},
      listener_{io, adapters::socket_of(installation_.guard, installation_.store.folder), guard_,
                teller("lease")} {
    if (needs_broker(installation_))
        mqtt_ = std::make_unique<adapters::MqttClient>(
            io_, exchanges_, *this, own_connection(installation_), installation_.config.site.id);
    make_devices();
}

GuardPost::~GuardPost() { stop(); }

void GuardPost::make_devices() {
    devices_ =
        std::make_unique<Devices>(adapters::DeviceWorld{io_, house_, exchanges_, guard_, *this},
                                  mqtt_.get(), installation_.config, installation_.devices);
}

core::Result<void> GuardPost::start(std::function<void()> completed) {
    if (const auto listening = listener_.start(); !listening) return listening;
    if (mqtt_) mqtt_->start();
    devices_->start();
    guard_.start(*this, [this, completed = std::move(completed)] { look_after(completed); });
    return {};
}

void GuardPost::stop() {
    guard_.stop();
    listener_.stop();
    if (devices_) devices_->stop();
    if (mqtt_) mqtt_->stop();
}

void GuardPost::look_after(const std::function<void()>& completed) {
    if (exchanges_.is_idle()) retired_.clear();
    if (completed) completed();
}

guard::Keeper::Hands GuardPost::hands(std::size_t load) {
    return {&devices_->driver_of(load), devices_->relay_of(load)};
}

// Drivers remember what they were told, and tell it to the device again: new ones have no orders.
void GuardPost::let_go() {
    devices_->stop();
    retired_.push_back(std::move(devices_));
    make_devices();
    devices_->start();
}

void GuardPost::health(std::string_view part, ports::Condition condition, std::string_view reason) {
    const auto known = known_.find(part);
    if (known == known_.end() && known_.size() == kMostParts) return;
    const bool is_first_and_well = known == known_.end() && condition == ports::Condition::Ok;
    const bool is_news = known == known_.end() || known->second != condition;
    known_[std::string{part}] = condition;
    if (!is_news || is_first_and_well) return;
    if (condition == ports::Condition::Ok) log_.info(part, "well again");
    else log_.warn(part, reason);
}

guard::Guard::Tell GuardPost::teller(const std::string& part) {
    return [this, part](bool is_alarm, const std::string& what) {
        if (is_alarm) log_.error(part, what);
        else log_.info(part, what);
    };
}

}  // namespace bitgrid::app
