#include "adapters/mqtt/outbox.hpp"

namespace bitgrid::adapters {

std::list<Outbox::Entry> Outbox::push(Entry entry) {
    std::list<Entry> gone;
    const bool is_state = entry.publication.waiting == Waiting::Latest;
    if (const auto known = by_topic_.find(entry.publication.topic);
        is_state && known != by_topic_.end()) {
        gone.push_back(std::exchange(**known->second, std::move(entry)));
        return gone;
    }
    if (entries_.size() >= bound_ && !drop_oldest_state(gone)) {
        gone.push_back(std::move(entry));
        return gone;
    }
    entries_.push_back(std::move(entry));
    if (is_state) {
        const Place place = std::prev(entries_.end());
        by_topic_[place->publication.topic] = states_.insert(states_.end(), place);
    }
    return gone;
}

bool Outbox::drop_oldest_state(std::list<Entry>& gone) {
    if (states_.empty()) return false;
    const Place oldest = states_.front();
    by_topic_.erase(oldest->publication.topic);
    states_.pop_front();
    gone.splice(gone.end(), entries_, oldest);
    return true;
}

Outbox::Entry Outbox::pop() {
    if (entries_.front().publication.waiting == Waiting::Latest) {
        const auto known = by_topic_.find(entries_.front().publication.topic);
        states_.erase(known->second);
        by_topic_.erase(known);
    }
    Entry entry = std::move(entries_.front());
    entries_.pop_front();
    return entry;
}

void Outbox::give_back(std::list<Entry> events) {
    entries_.splice(entries_.begin(), std::move(events));
}

}  // namespace bitgrid::adapters
