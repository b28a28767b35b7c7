#pragma once
// A client of the broker that is not ours: it listens, speaks and misbehaves as the case wants.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace bitgrid::faults {

/// Connects in the constructor (throws when that fails); has a thread of its own that libmosquitto
/// runs. May be called from the thread of the test only.
class MqttPeer {
public:
    explicit MqttPeer(std::uint16_t port, const std::string& client_id = "stranger",
                      const std::string& user = "", const std::string& password = "");
    ~MqttPeer();
    MqttPeer(MqttPeer&&) noexcept;
    MqttPeer& operator=(MqttPeer&&) = delete;

    void listen(const std::string& filter);
    /// Back when the broker has it, where `qos` is more than 0.
    bool say(const std::string& topic, const std::string& payload, int qos = 1,
             bool is_retained = false);
    /// The newest message of a topic, if any was heard.
    std::optional<std::string> heard(const std::string& topic) const;
    int times(const std::string& topic) const;
    /// Forgets what was heard.
    void forget();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace bitgrid::faults
