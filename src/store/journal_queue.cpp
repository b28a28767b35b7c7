#include "store/journal_queue.hpp"

#include <algorithm>
#include <iterator>

namespace bitgrid::store {

bool JournalQueue::push(Batch& batch) {
    if (is_thinning_) thin(batch);
    if (!make_room(batch.rows.size())) return false;
    events_ += batch.rows.size();
    batches_.push_back(std::move(batch));
    return true;
}

// A batch that loses all its events stays: its checkpoint and its callback are still owed.
bool JournalQueue::make_room(std::size_t wanted) {
    for (Batch& batch : batches_) {
        if (events_ + wanted <= bound_) return true;
        std::size_t surplus = events_ + wanted - bound_;
        const auto gives_way = [&](const Row& row) {
            if (!row.may_give_way || surplus == 0) return false;
            --surplus;
            return true;
        };
        const std::size_t gone = std::erase_if(batch.rows, gives_way);
        events_ -= gone;
        dropped_ += gone;
    }
    return events_ + wanted <= bound_;
}

void JournalQueue::thin(Batch& batch) {
    dropped_ += std::erase_if(batch.rows, [](const Row& row) { return row.may_give_way; });
}

void JournalQueue::keep_only_what_matters(bool is_thinning) {
    is_thinning_ = is_thinning;
    if (!is_thinning) return;
    events_ = 0;
    for (Batch& batch : batches_) {
        thin(batch);
        events_ += batch.rows.size();
    }
}

std::vector<Batch> JournalQueue::take(std::size_t events) {
    std::vector<Batch> taken;
    std::size_t count = 0;
    while (!batches_.empty() && (taken.empty() || count + batches_.front().rows.size() <= events)) {
        count += batches_.front().rows.size();
        taken.push_back(std::move(batches_.front()));
        batches_.pop_front();
    }
    events_ -= count;
    return taken;
}

void JournalQueue::give_back(std::vector<Batch> batches) {
    for (Batch& batch : batches) {
        if (is_thinning_) thin(batch);
        events_ += batch.rows.size();
    }
    batches_.insert(batches_.begin(), std::make_move_iterator(batches.begin()),
                    std::make_move_iterator(batches.end()));
    make_room(0);  // others came while these were away
}

std::vector<ports::Committed> JournalQueue::take_callbacks() {
    std::vector<ports::Committed> callbacks;
    for (Batch& batch : batches_)
        if (batch.done) callbacks.push_back(std::exchange(batch.done, nullptr));
    return callbacks;
}

}  // namespace bitgrid::store
