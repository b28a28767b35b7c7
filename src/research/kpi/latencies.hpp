#pragma once
// Times as a histogram with edges that never move, so that those of many days add up: four buckets
// an octave from 1 ms to three minutes and a half. ms, >= 0. A value.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>

namespace bitgrid::research {

struct Latencies {
    static constexpr std::size_t kBuckets = 72;
    std::array<std::int64_t, kBuckets> counts{};

    /// The upper end of a bucket: at most 19 % above what fell into it.
    static double upper_ms(std::size_t bucket) {
        return std::exp2(static_cast<double>(bucket) / 4);
    }
    static std::size_t bucket_of(double ms) {
        if (!(ms > 1)) return 0;
        const double place = std::ceil(std::log2(ms) * 4);
        return static_cast<std::size_t>(std::min(place, static_cast<double>(kBuckets - 1)));
    }

    void add(double ms) { ++counts[bucket_of(ms)]; }
    std::int64_t size() const {
        std::int64_t all = 0;
        for (const std::int64_t count : counts) all += count;
        return all;
    }
    /// The least upper end that `share` of all times do not exceed; nothing where there are none.
    std::optional<double> quantile(double share) const {
        const std::int64_t all = size();
        if (all == 0) return std::nullopt;
        const auto rank = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(all)));
        std::int64_t below = 0;
        for (std::size_t i = 0; i < kBuckets; ++i) {
            below += counts[i];
            if (below >= std::max<std::int64_t>(rank, 1)) return upper_ms(i);
        }
        return upper_ms(kBuckets - 1);
    }
    Latencies& operator+=(const Latencies& more) {
        for (std::size_t i = 0; i < kBuckets; ++i) counts[i] += more.counts[i];
        return *this;
    }
    friend bool operator==(const Latencies&, const Latencies&) = default;
};

}  // namespace bitgrid::research
