#pragma once
// The datasets of the cold store and the rows of one sealing, sorted into them.
#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "wire/past.hpp"

namespace bitgrid::archive {

inline constexpr std::array<std::string_view, 5> kDatasets{"events", "decisions", "states",
                                                           "energy_to_value", "explain_sessions"};

/// Of the columns; a newer one only adds columns. 2: `states` has minutes, and `mean_over_s`.
inline constexpr int kSchemaVersion = 2;

/// State and memory of a decision, packed; empty where its configuration is not known.
using InputsOf = std::function<wire::Packed(const nlohmann::json& decision)>;

struct DayRows {
    std::vector<wire::EventRow> events;
    std::vector<wire::DecisionRow> decisions;
    std::vector<wire::StateRow> states;
    std::vector<wire::ValueRow> values;
    std::vector<wire::WordsRow> words;
    std::string unreadable;  ///< the first event that only `events` can hold, and why
};

/// The figures of what is sealed together.
using KpisOf = std::function<std::vector<wire::KpiRow>(const DayRows&)>;

/// An event that is not what it says it is stays in `events` alone.
DayRows sorted(std::vector<wire::EventRow> events, const InputsOf&);

/// `2026-06-15`, UTC.
std::string day_of(core::UnixTime);

}  // namespace bitgrid::archive
