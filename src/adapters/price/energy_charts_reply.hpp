#pragma once
// What energy-charts.info says of the exchange's prices.
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "ports/signals.hpp"

namespace bitgrid::adapters {

/// Slots in ct/kWh as the exchange has them. Pure, any bytes. Slots without a price, or with one
/// outside of -500 to 5000 EUR/MWh, are left out; BadInput where nothing is left or the times make
/// no sense.
core::Result<std::vector<ports::Slot>> read_energy_charts(std::string_view body);

}  // namespace bitgrid::adapters
