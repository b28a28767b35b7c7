#include "archive/event_chain.hpp"

namespace bitgrid::archive {
namespace {

core::Error damaged(std::int64_t sequence, const char* how) {
    return {core::ErrorCode::Damaged, "event " + std::to_string(sequence) + ": " + how};
}

}  // namespace

core::Result<void> EventChain::follow(const wire::EventRow& event) {
    if (event.seq != sequence_ + 1) return damaged(sequence_ + 1, "is missing");
    const auto before = crypto::hash_from_hex(event.prev_hash);
    if (!before || *before != head_) return damaged(event.seq, "does not follow the one before it");
    const crypto::Hash hash = crypto::link(head_, event.canonical);
    const auto claimed = crypto::hash_from_hex(event.hash);
    if (!claimed || *claimed != hash) return damaged(event.seq, "its text does not match its hash");
    sequence_ = event.seq;
    head_ = hash;
    return {};
}

}  // namespace bitgrid::archive
