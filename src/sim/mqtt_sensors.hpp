#pragma once
// The house's sensors that speak MQTT, published in the house's own rhythm (every 10 s of its
// time):
//   tele/sim-meter/SENSOR   {"Time": …, "SML": {"Total_in": kWh, "Total_out": kWh, "Power_curr":
//   W}}, as Tasmota does tele/sim-meter/LWT      Online / Offline (retained, last will)
//   sim/outdoor/temp_c      a plain number
//   sim/plug/power_w, sim/plug/state (ON/OFF); sim/plug/set switches it: the heating rod's plug
//   once more
// Engine thread only: libmosquitto is turned by a timer, without a thread of its own. A broker that
// is away is tried again every second. Clock, io_context and house must outlive it.
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>

#include "sim/house.hpp"

struct mosquitto;
struct mosquitto_message;

namespace bitgrid::sim {

struct BrokerAddress {
    std::string host{"127.0.0.1"};
    std::uint16_t port{1883};
};

class MqttSensors {
public:
    MqttSensors(boost::asio::io_context&, ports::Clock&, House&, BrokerAddress);
    ~MqttSensors();
    MqttSensors(const MqttSensors&) = delete;
    MqttSensors& operator=(const MqttSensors&) = delete;

    void start();
    void stop();
    bool is_connected() const { return is_connected_; }

private:
    static void on_connect(mosquitto*, void* self, int result);
    static void on_disconnect(mosquitto*, void* self, int reason);
    static void on_message(mosquitto*, void* self, const mosquitto_message*);
    void turn();
    void publish_all();
    void publish(const char* topic, const std::string& text, bool is_retained = false);

    boost::asio::steady_timer turn_timer_;
    ports::Clock& clock_;
    House& house_;
    BrokerAddress broker_;
    std::unique_ptr<ports::Timer> rhythm_;
    mosquitto* client_{nullptr};
    std::shared_ptr<bool> alive_;  ///< set while it runs
    bool is_connected_{false};
    int turns_until_retry_{0};
};

}  // namespace bitgrid::sim
