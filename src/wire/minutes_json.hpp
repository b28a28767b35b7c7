#pragma once
// The minutes of a block as the journal keeps them (MinutesMeasured of `event/1`), and the rows of
// the dataset `states` that are made of them. Powers in W, rounded to a thousandth: nothing is
// decided by them. What is not known is null; a column that knows nothing is left out. Pure.
#include <nlohmann/json.hpp>
#include <vector>

#include "core/events.hpp"
#include "core/result.hpp"
#include "wire/past.hpp"

namespace bitgrid::wire {

nlohmann::json minutes_json(const core::MinutesMeasured&, const core::Config&);

/// One row for each minute and load; of a house without loads one for each minute. BadInput where
/// the event is of another kind, Damaged where it is not whole: names the key.
core::Result<std::vector<StateRow>> rows_of_minutes(const nlohmann::json&, std::int64_t seq);

}  // namespace bitgrid::wire
