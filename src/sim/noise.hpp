#pragma once
// Small movements of signals, made from the time alone: the same second always has the same noise.
// Pure.
#include <cstdint>

namespace bitgrid::sim {

/// Uniform in [-1, 1], a hash of both numbers.
double noise_at(std::uint64_t channel, std::int64_t index);

/// The same, moving smoothly from knot to knot every `knot_s` seconds; mean 0 over many knots.
double smooth_noise(std::uint64_t channel, std::int64_t unix_s, std::int64_t knot_s);

}  // namespace bitgrid::sim
