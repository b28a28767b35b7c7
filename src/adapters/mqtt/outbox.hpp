#pragma once
// Messages that wait for the broker, in order and bounded. A newer state takes the place of an
// older one of its topic; when it is full, the oldest state gives way, events never do.
#include <list>
#include <unordered_map>

#include "adapters/mqtt/mqtt_bus.hpp"

namespace bitgrid::adapters {

class Outbox {
public:
    struct Entry {
        Publication publication;
        Delivered done;
    };

    explicit Outbox(std::size_t bound) : bound_{bound} {}

    /// Keeps it, and returns what had to give way for it: an older state, or, where only events
    /// wait, the new entry itself.
    [[nodiscard]] std::list<Entry> push(Entry);
    /// The oldest; only where it is not empty.
    Entry pop();
    /// Puts events whose delivery is unknown back before all others, in their order.
    void give_back(std::list<Entry>);

    bool empty() const { return entries_.empty(); }
    std::size_t size() const { return entries_.size(); }

private:
    using Place = std::list<Entry>::iterator;
    bool drop_oldest_state(std::list<Entry>& gone);

    std::size_t bound_;
    std::list<Entry> entries_;
    std::list<Place> states_;  ///< places of states, oldest first
    std::unordered_map<std::string, std::list<Place>::iterator> by_topic_;
};

}  // namespace bitgrid::adapters
