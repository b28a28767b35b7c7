#pragma once
// For tests: a bus without a broker. What is published is kept, what is delivered goes to those
// who asked for it.
#include <map>
#include <vector>

#include "adapters/mqtt/mqtt_bus.hpp"
#include "adapters/mqtt/topic.hpp"

namespace bitgrid::adapters {

class TestBus final : public MqttBus {
public:
    std::vector<Publication> published;
    std::vector<Delivered> unanswered;
    bool answers_at_once{true};
    bool is_there{true};

    using MqttBus::publish;
    void publish(Publication publication, Delivered done) override {
        published.push_back(std::move(publication));
        if (!done) return;
        if (answers_at_once) done({});
        else unanswered.push_back(std::move(done));
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
    bool is_connected() const override { return is_there; }
    const std::string& root() const override { return root_; }
    std::int64_t epoch() const override { return now_epoch; }
    std::int64_t now_epoch{0};

    void deliver(std::string_view topic, std::string_view payload, bool is_retained = false) {
        const auto handlers = handlers_;
        for (const auto& [key, entry] : handlers)
            if (topic_matches(entry.first, topic)) entry.second({topic, payload, is_retained});
    }
    void connect() {
        const auto listeners = listeners_;
        for (const auto& [key, listener] : listeners) listener();
    }
    /// What was last said there; empty where nothing was.
    std::string last(std::string_view topic) const {
        for (auto message = published.rbegin(); message != published.rend(); ++message)
            if (message->topic == topic) return message->payload;
        return {};
    }
    std::size_t count(std::string_view topic) const {
        std::size_t found = 0;
        for (const Publication& message : published) found += message.topic == topic ? 1 : 0;
        return found;
    }
    bool is_listened_to() const { return !handlers_.empty(); }

private:
    std::map<int, std::pair<std::string, MqttHandler>> handlers_;
    std::map<int, std::function<void()>> listeners_;
    int last_{0};
    std::string root_{"bitgrid/home"};
};

}  // namespace bitgrid::adapters
