#include "faults/harness/mqtt_peer.hpp"

#include <mosquitto.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>

namespace bitgrid::faults {

struct MqttPeer::State {
    mosquitto* client{nullptr};
    mutable std::mutex mutex;
    std::condition_variable news;
    bool is_connected{false};
    std::map<std::string, std::string> newest;
    std::map<std::string, int> count;
    std::set<int> delivered;

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        mosquitto_disconnect(client);
        mosquitto_loop_stop(client, true);
        mosquitto_destroy(client);
    }
    template <class Holds>
    bool wait(Holds holds) {
        std::unique_lock lock{mutex};
        return news.wait_for(lock, std::chrono::seconds{10}, holds);
    }
    template <class Change>
    static void change(void* self, Change change) {
        auto& state = *static_cast<State*>(self);
        {
            const std::lock_guard lock{state.mutex};
            change(state);
        }
        state.news.notify_all();
    }
};

MqttPeer::MqttPeer(std::uint16_t port, const std::string& client_id, const std::string& user,
                   const std::string& password)
    : state_{std::make_unique<State>()} {
    static const int library = mosquitto_lib_init();
    static_cast<void>(library);
    State& s = *state_;
    s.client = mosquitto_new(client_id.c_str(), true, &s);
    if (!user.empty()) mosquitto_username_pw_set(s.client, user.c_str(), password.c_str());
    mosquitto_connect_callback_set(s.client, [](mosquitto*, void* self, int result) {
        State::change(self, [&](State& state) { state.is_connected = result == 0; });
    });
    mosquitto_publish_callback_set(s.client, [](mosquitto*, void* self, int id) {
        State::change(self, [&](State& state) { state.delivered.insert(id); });
    });
    mosquitto_message_callback_set(
        s.client, [](mosquitto*, void* self, const mosquitto_message* message) {
            State::change(self, [&](State& state) {
                state.newest[message->topic] =
                    std::string{static_cast<const char*>(message->payload),
                                static_cast<std::size_t>(message->payloadlen)};
                ++state.count[message->topic];
            });
        });
    mosquitto_max_inflight_messages_set(s.client, 1000);
    if (mosquitto_connect(s.client, "127.0.0.1", port, 60) != MOSQ_ERR_SUCCESS ||
        mosquitto_loop_start(s.client) != MOSQ_ERR_SUCCESS ||
        !s.wait([&s] { return s.is_connected; }))
        throw std::runtime_error{"no connection to the broker"};
}

MqttPeer::~MqttPeer() = default;

MqttPeer::MqttPeer(MqttPeer&&) noexcept = default;

void MqttPeer::listen(const std::string& filter) {
    mosquitto_subscribe(state_->client, nullptr, filter.c_str(), 1);
}

bool MqttPeer::say(const std::string& topic, const std::string& payload, int qos,
                   bool is_retained) {
    int id = 0;
    if (mosquitto_publish(state_->client, &id, topic.c_str(), static_cast<int>(payload.size()),
                          payload.data(), qos, is_retained) != MOSQ_ERR_SUCCESS)
        return false;
    return qos == 0 || state_->wait([&] { return state_->delivered.erase(id) > 0; });
}

std::optional<std::string> MqttPeer::heard(const std::string& topic) const {
    const std::lock_guard lock{state_->mutex};
    const auto found = state_->newest.find(topic);
    if (found == state_->newest.end()) return std::nullopt;
    return found->second;
}

int MqttPeer::times(const std::string& topic) const {
    const std::lock_guard lock{state_->mutex};
    const auto found = state_->count.find(topic);
    return found == state_->count.end() ? 0 : found->second;
}

void MqttPeer::forget() {
    const std::lock_guard lock{state_->mutex};
    state_->newest.clear();
    state_->count.clear();
}

}  // namespace bitgrid::faults
