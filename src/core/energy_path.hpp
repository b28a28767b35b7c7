#pragma once
// What the next surplus kWh is worth on each way it can take, in ct/kWh, from named inputs.
#include <array>
#include <limits>

#include "core/config.hpp"
#include "core/energy_state.hpp"

namespace bitgrid::core {

enum class Path : std::uint8_t { Export, Store, Heat, Hodl };
inline constexpr std::size_t kPathCount = 4;

struct EnergyPathDecision {
    /// ct/kWh in the order of Path; NaN = unknown, or not there on this site.
    std::array<double, kPathCount> value_ct_kwh{};
    double sats_per_kwh{std::numeric_limits<double>::quiet_NaN()};  ///< of the first miner
    Path preferred{Path::Hodl};
    bool has_surplus{false};  ///< only then is it recorded

    double value(Path path) const { return value_ct_kwh[static_cast<std::size_t>(path)]; }
};

/// sats/kWh = (3.6e6 / J_per_TH) * 1e12 * reward / (difficulty * 2^32) * (1 - pool fee). NaN where
/// an input is missing.
double sats_per_kwh(const PolicyConfig&, JoulePerTerahash);

/// Values every path and names the one that the policy prefers. A policy that names a path means
/// it whatever the numbers say; heat that nobody can use now gives way to hodl. `adaptive` takes
/// the highest known value, and hodl where none is known. Pure; cannot fail.
EnergyPathDecision judge_energy_path(const Config&, const EnergyState&, double surplus_kw);

}  // namespace bitgrid::core
