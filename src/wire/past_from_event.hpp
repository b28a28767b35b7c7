#pragma once
// The rows of the cold datasets, made of an event as the journal keeps it. Names, units and signs
// as in past.hpp; a value is null unless it was good. Pure; thread-safe. An event of another kind
// is BadInput, one that lacks what a row needs is Damaged; both name the key.
#include <nlohmann/json.hpp>

#include "core/result.hpp"
#include "wire/past.hpp"

namespace bitgrid::wire {

struct DecisionRows {
    DecisionRow decision;
    StateRow state;
    WordsRow de;
    WordsRow en;
};

/// From `decision/1` with its state.
core::Result<DecisionRows> rows_of_decision(const nlohmann::json&, std::int64_t seq);

/// From an EnergyPathDecided of `event/1`.
core::Result<ValueRow> value_row(const nlohmann::json&, std::int64_t seq);

}  // namespace bitgrid::wire
