#pragma once
// A small MQTT 3.1.1 client, QoS 0: sends frames as they are and gives each message the moment at
// which its bytes were there.
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "bench/house/peer.hpp"

namespace bitgrid::bench {

struct MqttArrival {
    std::string topic;
    std::string payload;
    std::chrono::steady_clock::time_point at;
};

/// One thread. A broker that refuses or goes away is an exception.
class MqttPeer {
public:
    MqttPeer(std::uint16_t port, const std::string& client_id);

    /// Waits for the broker's word.
    void subscribe(const std::string& filter);
    void publish(std::string_view topic, std::string_view payload) {
        peer_.send(frame(topic, payload));
    }
    void send(std::string_view frames) { peer_.send(frames); }
    /// The next message, or nothing within so long.
    std::optional<MqttArrival> next(int patience_ms);

    static std::string frame(std::string_view topic, std::string_view payload);

private:
    void take_apart(std::chrono::steady_clock::time_point at);
    bool receive(int patience_ms);

    Peer peer_;
    std::string bytes_;
    std::deque<MqttArrival> arrived_;
    bool is_admitted_{false};
    int granted_{0};
    std::uint16_t asked_{0};
};

}  // namespace bitgrid::bench
