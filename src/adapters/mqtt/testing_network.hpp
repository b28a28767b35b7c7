#pragma once
// For tests: a broker and the ways to it, all of which can fail. A way that is down is known to be
// down; one that is stalled holds back what goes either way and lets it through later, in order.
#include <deque>
#include <map>
#include <vector>

#include "adapters/mqtt/mqtt_bus.hpp"
#include "adapters/mqtt/topic.hpp"

namespace bitgrid::adapters {

class TestLink;

class TestNetwork {
public:
    bool is_up{true};

    void publish(const std::string& topic, const std::string& payload, bool is_retained);
    /// Moves everything on by one way: to the broker, and from it.
    void carry();
    /// The broker forgets what it stored.
    void forget() { stored_.clear(); }
    std::string stored(const std::string& topic) const {
        const auto found = stored_.find(topic);
        return found == stored_.end() ? std::string{} : found->second;
    }

private:
    friend class TestLink;
    std::vector<TestLink*> links_;
    std::map<std::string, std::string> stored_;
};

class TestLink final : public MqttBus {
public:
    explicit TestLink(TestNetwork& network) : network_{network} { network.links_.push_back(this); }
    virtual ~TestLink() { std::erase(network_.links_, this); }
    bool is_up{true};
    bool is_stalled{false};

    using MqttBus::publish;
    void publish(Publication publication, Delivered) override {
        if (is_connected_) out_.push_back(std::move(publication));
    }
    Subscription subscribe(std::string filter, MqttHandler handler, RetainFlag) override {
        const int key = ++last_;
        handlers_[key] = {std::move(filter), std::move(handler)};
        return {nullptr, [this, key](void*) { handlers_.erase(key); }};
    }
    Subscription when_connected(std::function<void()> listener) override {
        const int key = ++last_;
        listeners_[key] = std::move(listener);
        return {nullptr, [this, key](void*) { listeners_.erase(key); }};
    }
    bool is_connected() const override { return is_connected_; }
    const std::string& root() const override {
        static const std::string root{"bitgrid/home"};
        return root;
    }

private:
    friend class TestNetwork;
    struct Incoming {
        std::string topic, payload;
        bool is_retained;
    };
    void connect_or_lose() {
        const bool is_reached = is_up && network_.is_up;
        if (is_reached == is_connected_ || (is_reached && is_stalled)) return;
        is_connected_ = is_reached;
        out_.clear();
        in_.clear();
        if (!is_connected_) return;
        for (const auto& [topic, payload] : network_.stored_) in_.push_back({topic, payload, true});
        const auto listeners = listeners_;
        for (const auto& [key, listener] : listeners) listener();
    }
    void take() {
        for (const Incoming& message : std::exchange(in_, {})) {
            const auto handlers = handlers_;
            for (const auto& [key, entry] : handlers)
                if (topic_matches(entry.first, message.topic))
                    entry.second({message.topic, message.payload, message.is_retained});
        }
    }

    TestNetwork& network_;
    bool is_connected_{false};
    std::deque<Publication> out_;
    std::deque<Incoming> in_;
    std::map<int, std::pair<std::string, MqttHandler>> handlers_;
    std::map<int, std::function<void()>> listeners_;
    int last_{0};
};

inline void TestNetwork::publish(const std::string& topic, const std::string& payload,
                                 bool is_retained) {
    if (is_retained) stored_[topic] = payload;
    if (is_retained && payload.empty()) stored_.erase(topic);
    for (TestLink* link : links_)
        if (link->is_connected_) link->in_.push_back({topic, payload, false});
}

inline void TestNetwork::carry() {
    for (TestLink* link : links_) link->connect_or_lose();
    for (TestLink* link : links_) {
        if (link->is_stalled) continue;
        for (const Publication& message : std::exchange(link->out_, {}))
            publish(message.topic, message.payload, message.is_retained);
    }
    for (TestLink* link : links_)
        if (!link->is_stalled) link->take();
}

}  // namespace bitgrid::adapters
