#include "sim/noise.hpp"

namespace bitgrid::sim {

double noise_at(std::uint64_t channel, std::int64_t index) {
    // splitmix64: good enough to look random, and the same on every machine.
    std::uint64_t x = static_cast<std::uint64_t>(index) + channel * 0x9E3779B97F4A7C15ULL;
    x += 0x9E3779B97F4A7C15ULL;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
    x ^= x >> 31;
    return static_cast<double>(x >> 11) * 0x1.0p-52 - 1.0;
}

double smooth_noise(std::uint64_t channel, std::int64_t unix_s, std::int64_t knot_s) {
    const std::int64_t knot = unix_s / knot_s;
    const double share = static_cast<double>(unix_s % knot_s) / static_cast<double>(knot_s);
    return noise_at(channel, knot) * (1 - share) + noise_at(channel, knot + 1) * share;
}

}  // namespace bitgrid::sim
