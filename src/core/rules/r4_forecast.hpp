#pragma once
#include "core/rules/situation.hpp"

namespace bitgrid::core {

/// Vetoes a start that the near future would punish. Example: forecast 1.2 kW <
/// min_predicted_surplus_kw 2.0 -> NOOP_R4_FORECAST_PV_INSUFFICIENT. No vote while the load is on;
/// a test whose input is absent is left out.
Vote r4_forecast(const Situation&);

}  // namespace bitgrid::core
