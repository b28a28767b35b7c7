#pragma once
// Values that hold from their time until the next one's: prices, forecasts, daily figures.
// Immutable.
#include <optional>
#include <vector>

#include "core/time.hpp"

namespace bitgrid::research {

class HeldSeries {
public:
    HeldSeries() = default;
    /// `times` ascending and as many as `values`. The last value holds for `last_ms`.
    HeldSeries(std::vector<core::UnixTime> times, std::vector<double> values, std::int64_t last_ms);

    bool empty() const { return values_.empty(); }
    /// Nothing before the first value and after the end of the last.
    std::optional<double> at(core::UnixTime) const;
    /// Time-weighted mean over [from, to) of what is known of it; nothing where less than half is.
    std::optional<double> mean(core::UnixTime from, core::UnixTime to) const;
    /// Highest value that holds at any moment of [from, to).
    std::optional<double> highest(core::UnixTime from, core::UnixTime to) const;

private:
    std::size_t first_ending_after(core::UnixTime) const;
    core::UnixTime end_of(std::size_t i) const;

    std::vector<core::UnixTime> times_;
    std::vector<double> values_;
    std::int64_t last_ms_{};
};

}  // namespace bitgrid::research
