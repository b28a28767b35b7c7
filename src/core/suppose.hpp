#pragma once
// Signals that are not what they are, with what follows from them: the sun and the house move the
// meter, the price moves its own peak. As the counterfactual of a decision moves them.
#include <optional>
#include <vector>

#include "core/energy_state.hpp"

namespace bitgrid::core {

/// One reading of a state.
struct ReadingPlace {
    Signal signal;
    bool is_peak{false};  ///< with EnergyPrice: the highest price ahead instead of the present one
    std::size_t load{0};  ///< of a load's signals
    friend bool operator==(const ReadingPlace&, const ReadingPlace&) = default;
};

/// What a reading is; none: it is missing, or cannot be used.
std::optional<double> reading_at(const EnergyState&, ReadingPlace);

struct Supposition {
    ReadingPlace place;
    std::optional<double> value;  ///< in the unit of the signal; none: it does not report
};

struct SupposedChange {
    ReadingPlace place;
    std::optional<double> from;
    std::optional<double> to;
    bool follows{false};  ///< from the others; nobody asked for it
};

/// Puts them into the state: fresh, and believed. What nobody names follows where it must:
/// - grid import and export, by the difference that sun, battery, house and loads make to the
///   balance, unless one of them is named; of the two named alone the other is 0 while it flows;
/// - the price peak with the price, where the present price is the peak, and the price with the
///   peak, which is never below it.
/// A value outside the range of its signal is implausible and counts as missing. Cannot fail.
std::vector<SupposedChange> suppose(EnergyState&, const std::vector<Supposition>&);

}  // namespace bitgrid::core
