#pragma once
// A sealed decision, decided again from its columns, without reading its text. Compares what
// was decided and why (code, levels, surplus, every vote with every number), byte for byte; the
// look ahead and the words, which follow from these, are left to replay(). Thread-safe.
#include "core/config.hpp"
#include "core/decide.hpp"
#include "core/result.hpp"
#include "wire/past.hpp"

namespace bitgrid::research {

struct QuickReplayed {
    core::LoadDecision now;
    bool is_same{false};
};

/// `recorded`: the configuration of its day. Damaged where the row was not made by us; NotFound
/// where it has no inputs, because its configuration was not known when it was sealed.
core::Result<QuickReplayed> quick_replay(const wire::DecisionRow&, const core::Config& recorded);

/// With other rules: what they would have said in that moment. BadInput where `other` lacks a load
/// that was recorded, or has one more. `is_same`: same code, same level.
core::Result<QuickReplayed> quick_replay(const wire::DecisionRow&, const core::Config& recorded,
                                         const core::Config& other);

}  // namespace bitgrid::research
