#include "research/held_series.hpp"

#include <algorithm>
#include <cassert>

namespace bitgrid::research {

using core::UnixTime;

HeldSeries::HeldSeries(std::vector<UnixTime> times, std::vector<double> values,
                       std::int64_t last_ms)
    : times_{std::move(times)}, values_{std::move(values)}, last_ms_{last_ms} {
    assert(times_.size() == values_.size() && std::ranges::is_sorted(times_));
}

UnixTime HeldSeries::end_of(std::size_t i) const {
    return i + 1 < times_.size() ? times_[i + 1] : times_[i] + last_ms_;
}

std::size_t HeldSeries::first_ending_after(UnixTime time) const {
    const auto next = std::ranges::upper_bound(times_, time);
    const auto index = static_cast<std::size_t>(next - times_.begin());
    return index == 0 ? 0 : index - 1;
}

std::optional<double> HeldSeries::at(UnixTime time) const {
    if (empty() || time < times_.front()) return std::nullopt;
    const std::size_t i = first_ending_after(time);
    return time < end_of(i) ? std::optional{values_[i]} : std::nullopt;
}

std::optional<double> HeldSeries::mean(UnixTime from, UnixTime to) const {
    double sum = 0;
    double known_ms = 0;
    for (std::size_t i = first_ending_after(from); i < times_.size() && times_[i] < to; ++i) {
        const auto ms = static_cast<double>(std::min(to, end_of(i)) - std::max(from, times_[i]));
        if (ms <= 0) continue;
        sum += values_[i] * ms;
        known_ms += ms;
    }
    if (known_ms * 2 < static_cast<double>(to - from) || known_ms == 0) return std::nullopt;
    return sum / known_ms;
}

std::optional<double> HeldSeries::highest(UnixTime from, UnixTime to) const {
    std::optional<double> highest;
    for (std::size_t i = first_ending_after(from); i < times_.size() && times_[i] < to; ++i)
        if (end_of(i) > from) highest = std::max(highest.value_or(values_[i]), values_[i]);
    return highest;
}

}  // namespace bitgrid::research
