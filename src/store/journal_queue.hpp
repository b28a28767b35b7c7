#pragma once
// Batches that wait for the disk, in order, bounded by their events. When it is full, the oldest
// events that only describe a state give way; decisions, safety and commands never do.
// Not thread-safe: its owner locks.
#include <deque>

#include "store/journal_row.hpp"

namespace bitgrid::store {

class JournalQueue {
public:
    explicit JournalQueue(std::size_t bound) : bound_{bound} {}

    /// False, and nothing is kept: there is no room and nothing that may give way.
    [[nodiscard]] bool push(Batch&);
    /// The oldest batches, of about `events` events together, at least one.
    std::vector<Batch> take(std::size_t events);
    /// Puts batches that could not be written back before all others; the bound holds again.
    void give_back(std::vector<Batch>);
    /// From now on only what matters is kept: what may give way does so at once.
    void keep_only_what_matters(bool);
    /// Takes the callbacks of all that wait, oldest first.
    std::vector<ports::Committed> take_callbacks();

    bool empty() const { return batches_.empty(); }
    std::size_t events() const { return events_; }
    std::size_t dropped() const { return dropped_; }  ///< events that gave way so far

private:
    bool make_room(std::size_t wanted);
    void thin(Batch&);

    std::size_t bound_;
    std::deque<Batch> batches_;
    std::size_t events_{0};
    std::size_t dropped_{0};
    bool is_thinning_{false};
};

}  // namespace bitgrid::store
