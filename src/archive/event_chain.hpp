#pragma once
// Walks along the chain of events, row by row: each must follow the one before it, and its hash
// must be that of its text. One thread.
#include "crypto/digest.hpp"
#include "wire/past.hpp"

namespace bitgrid::archive {

class EventChain {
public:
    EventChain(std::int64_t last_sequence, const crypto::Hash& head)
        : sequence_{last_sequence}, head_{head} {}

    /// Damaged says which event is wrong, and how.
    core::Result<void> follow(const wire::EventRow&);

    std::int64_t last_sequence() const { return sequence_; }
    const crypto::Hash& head() const { return head_; }

private:
    std::int64_t sequence_;
    crypto::Hash head_;
};

}  // namespace bitgrid::archive
