#include "sim/mqtt_sensors.hpp"

#include <mosquitto.h>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string_view>

namespace bitgrid::sim {
namespace {

constexpr auto kTurn = std::chrono::milliseconds{20};
constexpr int kTurnsPerRetry = 50;  // a second
constexpr std::int64_t kRhythmMs = 10'000;
constexpr const char* kWill = "tele/sim-meter/LWT";

std::string decimals(double value, int digits) {
    char text[40];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

std::string local_time(core::UnixTime t) {
    const auto seconds = static_cast<std::time_t>(t.ms / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    return text;
}

}  // namespace

MqttSensors::MqttSensors(boost::asio::io_context& io, ports::Clock& clock, House& house,
                         BrokerAddress broker)
    : turn_timer_{io}, clock_{clock}, house_{house}, broker_{std::move(broker)} {
    mosquitto_lib_init();
}

MqttSensors::~MqttSensors() {
    stop();
    mosquitto_lib_cleanup();
}

void MqttSensors::start() {
    client_ = mosquitto_new(nullptr, true, this);
    if (client_ == nullptr) return;
    alive_ = std::make_shared<bool>(true);
    mosquitto_connect_callback_set(client_, &MqttSensors::on_connect);
    mosquitto_disconnect_callback_set(client_, &MqttSensors::on_disconnect);
    mosquitto_message_callback_set(client_, &MqttSensors::on_message);
    mosquitto_will_set(client_, kWill, 7, "Offline", 1, true);
    mosquitto_connect_async(client_, broker_.host.c_str(), broker_.port, 10);
    publish_all();
    turn();
}

void MqttSensors::stop() {
    if (!alive_) return;
    alive_.reset();
    rhythm_.reset();
    turn_timer_.cancel();
    publish(kWill, "Offline", true);
    mosquitto_disconnect(client_);
    mosquitto_loop(client_, 0, 1);
    mosquitto_destroy(client_);
    client_ = nullptr;
    is_connected_ = false;
}

void MqttSensors::turn() {
    if (mosquitto_loop(client_, 0, 1) != MOSQ_ERR_SUCCESS && --turns_until_retry_ <= 0) {
        turns_until_retry_ = kTurnsPerRetry;
        mosquitto_reconnect_async(client_);
    }
    turn_timer_.expires_after(kTurn);
    // The handler may be queued already when the sensors go.
    turn_timer_.async_wait(
        [this, alive = std::weak_ptr<bool>{alive_}](const boost::system::error_code& error) {
            if (!error && alive.lock()) turn();
        });
}

void MqttSensors::publish(const char* topic, const std::string& text, bool is_retained) {
    if (!is_connected_) return;
    mosquitto_publish(client_, nullptr, topic, static_cast<int>(text.size()), text.data(), 0,
                      is_retained);
}

void MqttSensors::publish_all() {
    const HousePhysics& now = house_.now();
    const Meters& meters = now.meters();
    const nlohmann::ordered_json sensor{
        {"Time", local_time(now.time())},
        {"SML",
         {{"Total_in", 4120 + meters.import_wh / 1000},
          {"Total_out", 9330 + meters.export_wh / 1000},
          {"Power_curr", house_.shown("grid_power_w", now.flows().grid_w)}}}};
    publish("tele/sim-meter/SENSOR", sensor.dump());
    publish("sim/outdoor/temp_c", decimals(now.outdoor_c(), 1));
    publish("sim/plug/power_w", decimals(house_.shown("rod.power_w", now.rod_plug.power_w()), 1));
    publish("sim/plug/state", now.rod_plug.is_on() ? "ON" : "OFF");
    rhythm_ = clock_.after(kRhythmMs, [this] { publish_all(); });
}

void MqttSensors::on_connect(mosquitto* client, void* self, int result) {
    auto& sensors = *static_cast<MqttSensors*>(self);
    if (result != 0) return;
    sensors.is_connected_ = true;
    sensors.publish(kWill, "Online", true);
    mosquitto_subscribe(client, nullptr, "sim/plug/set", 1);
    sensors.publish_all();
}

void MqttSensors::on_disconnect(mosquitto*, void* self, int) {
    static_cast<MqttSensors*>(self)->is_connected_ = false;
}

void MqttSensors::on_message(mosquitto*, void* self, const mosquitto_message* message) {
    auto& sensors = *static_cast<MqttSensors*>(self);
    if (message->retain || message->payload == nullptr) return;  // a retained order is a memory
    const std::string_view word{static_cast<const char*>(message->payload),
                                static_cast<std::size_t>(message->payloadlen)};
    if (word != "ON" && word != "OFF") return;
    Plug& plug = sensors.house_.now().rod_plug;
    plug.set(word == "ON", std::nullopt);
    sensors.publish("sim/plug/state", plug.is_on() ? "ON" : "OFF");
}

}  // namespace bitgrid::sim
