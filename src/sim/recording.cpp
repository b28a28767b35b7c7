#include "sim/recording.hpp"

#include <algorithm>
#include <cassert>

namespace bitgrid::sim {

Series::Series(core::UnixTime start, std::int64_t row_ms, std::vector<double> means)
    : start_{start}, row_ms_{row_ms}, means_{std::move(means)} {
    assert(row_ms_ > 0);
}

std::int64_t Series::row_of(core::UnixTime t) const {
    const std::int64_t offset = t - start_;
    return offset >= 0 ? offset / row_ms_ : (offset - row_ms_ + 1) / row_ms_;
}

double Series::row(std::int64_t index) const {
    assert(!means_.empty());
    const auto count = static_cast<std::int64_t>(means_.size());
    const std::int64_t day = std::max<std::int64_t>(1, 86'400'000 / row_ms_);
    // Before and after the record its first and last day go on for ever; shorter than a day, it
    // repeats whole.
    const std::int64_t period = std::min(day, count);
    if (index < 0) index = ((index % period) + period) % period;
    if (index >= count) index = count - period + (index - count) % period;
    return means_[static_cast<std::size_t>(index)];
}

double Series::held_at(core::UnixTime t) const { return row(row_of(t)); }

// Value on the edge between a row and the next: low enough that both rows can keep their mean
// without going below 0.
double Series::edge(std::int64_t left_row) const {
    const double left = row(left_row);
    const double right = row(left_row + 1);
    return std::min((left + right) / 2, 2 * std::min(left, right));
}

double Series::smooth_at(core::UnixTime t) const {
    const std::int64_t index = row_of(t);
    const double from = edge(index - 1);
    const double to = edge(index);
    // Two straight lines by way of the middle, whose height is chosen so that the row's mean is met
    // exactly.
    const double middle = 2 * row(index) - (from + to) / 2;
    const core::UnixTime begin = start_ + index * row_ms_;
    const double share = static_cast<double>(t - begin) / static_cast<double>(row_ms_);
    return share < 0.5 ? from + (middle - from) * 2 * share
                       : middle + (to - middle) * (2 * share - 1);
}

double Series::mean(core::UnixTime from, core::UnixTime to) const {
    double sum = 0;
    for (core::UnixTime t = from; t < to;) {
        const core::UnixTime row_end = start_ + (row_of(t) + 1) * row_ms_;
        const core::UnixTime piece_end = std::min(row_end, to);
        sum += held_at(t) * static_cast<double>(piece_end - t);
        t = piece_end;
    }
    return from < to ? sum / static_cast<double>(to - from) : held_at(from);
}

}  // namespace bitgrid::sim
