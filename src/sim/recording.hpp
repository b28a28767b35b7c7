#pragma once
// A recorded home: means of PV power and house load over rows of equal length, read from CSV (gzip
// or not). Powers in W, >= 0; times UTC, left edge of the row. Immutable once read. Reading returns
// what is wrong, by line.
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"

namespace bitgrid::sim {

/// `2024-05-21T06:00Z`, seconds and `Z` optional.
core::Result<core::UnixTime> parse_time(std::string_view);

/// Days since the epoch of `2024-05-21`, as the moment of its midnight.
core::Result<core::UnixTime> parse_day(std::string_view);

/// A series of row means that can be asked for any moment.
class Series {
public:
    Series() = default;
    Series(core::UnixTime start, std::int64_t row_ms, std::vector<double> means);

    bool is_empty() const { return means_.empty(); }
    core::UnixTime start() const { return start_; }
    core::UnixTime end() const {
        return start_ + row_ms_ * static_cast<std::int64_t>(means_.size());
    }
    std::int64_t row_ms() const { return row_ms_; }
    std::span<const double> means() const { return means_; }

    /// The row's own mean, held over the row. Outside the record: the same time of the nearest
    /// recorded day.
    double held_at(core::UnixTime) const;
    /// Moves smoothly within and between rows, never below 0, and keeps each row's mean.
    double smooth_at(core::UnixTime) const;
    /// Mean of the held values over [from, to).
    double mean(core::UnixTime from, core::UnixTime to) const;

private:
    std::int64_t row_of(core::UnixTime) const;
    double row(std::int64_t index) const;
    double edge(std::int64_t left_row) const;

    core::UnixTime start_{};
    std::int64_t row_ms_{600'000};
    std::vector<double> means_;
};

struct Recording {
    Series pv_w;
    Series house_w;
};

/// Columns `timestamp`, `pv_power_w`, `house_load_w`; others are ignored.
core::Result<Recording> read_recording(const std::filesystem::path&);

/// Columns `timestamp`, `ct_per_kwh`.
core::Result<Series> read_prices(const std::filesystem::path&);

}  // namespace bitgrid::sim
