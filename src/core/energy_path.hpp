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
    /// ct/kWh in the order of Path; NaN = unknown.
    std::array<double, kPathCount> value_ct_kwh{};
    double sats_per_kwh{std::numeric_limits<double>::quiet_NaN()};
    Path preferred{Path::Hodl};
    bool has_surplus{false};  ///< only then is it recorded
};

/// sats/kWh = (3.6e6 / J_per_TH) * 1e12 * reward / (difficulty * 2^32) * (1 - pool fee). NaN where
/// an input is missing.
double sats_per_kwh(const PolicyConfig&, JoulePerTerahash);

EnergyPathDecision judge_energy_path(const Config&, const EnergyState&, double surplus_kw);

}  // namespace bitgrid::core
