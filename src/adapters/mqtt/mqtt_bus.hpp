#pragma once
// What an adapter asks of MQTT: publish, subscribe, hear when the broker is there. Engine thread
// only; nothing blocks; handlers must not destroy the bus.
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace bitgrid::adapters {

/// Valid while the handler runs.
struct MqttMessage {
    std::string_view topic;
    std::string_view payload;  ///< any bytes
    bool is_retained{false};   ///< a memory of the broker, of unknown age
};

/// How a message fares while the broker is away.
enum class Waiting : std::uint8_t {
    Latest,  ///< a state: only the newest of its topic waits; first to give way
    Always,  ///< an event: waits, in order
    Never,   ///< a command: it would come too late, so it fails at once; overtakes what waits,
             ///< and the broker forgets it after seconds (MQTT 5)
};

struct Publication {
    std::string topic;
    std::string payload;
    int qos{0};
    bool is_retained{false};
    Waiting waiting{Waiting::Latest};
    std::int64_t epoch{0};  ///< of a command: by which take-over of the site it is given
};

inline Publication state_message(std::string topic, std::string payload) {
    return {std::move(topic), std::move(payload), 0, true, Waiting::Latest};
}
inline Publication event_message(std::string topic, std::string payload) {
    return {std::move(topic), std::move(payload), 1, false, Waiting::Always};
}
inline Publication command_message(std::string topic, std::string payload) {
    return {std::move(topic), std::move(payload), 1, false, Waiting::Never};
}

/// The broker has it (QoS 1) or the socket has it (QoS 0), or the reason why not.
using Delivered = std::function<void(core::Result<void>)>;
using MqttHandler = std::function<void(const MqttMessage&)>;

/// Ends what it stands for when the last copy goes.
using Subscription = std::shared_ptr<void>;

/// What `is_retained` means for a subscription.
enum class RetainFlag : std::uint8_t {
    Stored,       ///< the message was stored before we asked for it
    AsPublished,  ///< the sender wanted it stored: for commands, which must never be (MQTT 5 only)
};

class MqttBus {
public:
    /// `done` may be empty; else it is called exactly once, never from inside publish().
    virtual void publish(Publication, Delivered done) = 0;
    void publish(Publication publication) { publish(std::move(publication), nullptr); }

    /// `filter` may have the wildcards + and #. Kept over reconnections.
    [[nodiscard]] virtual Subscription subscribe(std::string filter, MqttHandler,
                                                 RetainFlag = RetainFlag::Stored) = 0;

    /// Called each time a connection stands, after the subscriptions were asked for: time to say
    /// again what the broker may have forgotten. At once (posted) where it stands already.
    [[nodiscard]] virtual Subscription when_connected(std::function<void()>) = 0;
    virtual bool is_connected() const = 0;
    /// `bitgrid/<site>`
    virtual const std::string& root() const = 0;
    /// By which take-over of the site commands are given; 0: there is none.
    virtual std::int64_t epoch() const { return 0; }

protected:
    ~MqttBus() = default;
};

}  // namespace bitgrid::adapters
