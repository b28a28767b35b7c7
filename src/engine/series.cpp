#include "engine/series.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrid::engine {
namespace {

constexpr std::size_t kMaxSlots = 2'000;                            // ten days of quarter hours
constexpr std::int64_t kKeepPastMs = std::int64_t{24} * 3'600'000;  // for the face

std::int64_t overlap_ms(const ports::Slot& slot, core::UnixTime from, core::UnixTime to) {
    return std::min(slot.end, to) - std::max(slot.start, from);
}

}  // namespace

void Series::merge(std::vector<ports::Slot> fresh, core::UnixTime now) {
    std::erase_if(
        fresh, [](const ports::Slot& s) { return !(s.start < s.end) || !std::isfinite(s.value); });
    std::erase_if(slots_, [&](const ports::Slot& old) {
        if (old.end + kKeepPastMs < now) return true;
        return std::any_of(fresh.begin(), fresh.end(), [&](const ports::Slot& s) {
            return overlap_ms(s, old.start, old.end) > 0;
        });
    });
    slots_.insert(slots_.end(), fresh.begin(), fresh.end());
    std::stable_sort(slots_.begin(), slots_.end(),
                     [](const ports::Slot& a, const ports::Slot& b) { return a.start < b.start; });
    if (slots_.size() > kMaxSlots) slots_.resize(kMaxSlots);
}

std::optional<double> Series::at(core::UnixTime t) const {
    for (const ports::Slot& slot : slots_)
        if (slot.start <= t && t < slot.end) return slot.value;
    return std::nullopt;
}

std::optional<double> Series::highest(core::UnixTime from, core::UnixTime to) const {
    std::optional<double> highest;
    for (const ports::Slot& slot : slots_)
        if (overlap_ms(slot, from, to) > 0)
            highest = std::max(highest.value_or(slot.value), slot.value);
    return highest;
}

std::optional<double> Series::mean(core::UnixTime from, core::UnixTime to) const {
    double sum = 0;
    std::int64_t known_ms = 0;
    for (const ports::Slot& slot : slots_) {
        const std::int64_t ms = overlap_ms(slot, from, to);
        if (ms <= 0) continue;
        sum += slot.value * static_cast<double>(ms);
        known_ms += ms;
    }
    if (known_ms == 0 || known_ms * 2 < to - from) return std::nullopt;
    return sum / static_cast<double>(known_ms);
}

}  // namespace bitgrid::engine
