#pragma once
// What the run before left in the journal's file.
#include <optional>
#include <string>

#include "ports/journal.hpp"

namespace bitgrid::store {

/// `warning` is empty, or says what is wrong with it.
struct Restored {
    std::optional<ports::Checkpoint> checkpoint;  ///< none: a new journal, or `is_memory_lost`
    std::int64_t last_sequence{0};
    std::string head;  ///< hash of the last event, hex
    std::string warning;
    /// There was a run before, but what it remembered (locks, wishes, the emergency stop) cannot be
    /// known: until a person has looked, nothing but safety may act.
    bool is_memory_lost{false};

    bool was_clean() const { return checkpoint && checkpoint->is_stopped; }
};

}  // namespace bitgrid::store
