#pragma once
// What Open-Meteo says of the irradiance on a roof, as the power of that roof.
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "ports/signals.hpp"

namespace bitgrid::adapters {

inline constexpr const char* kIrradianceField = "global_tilted_irradiance";
inline constexpr const char* kAirField = "temperature_2m";

/// P = kWp · GTI/1000 · (1 + a · (T_air + 0.0342 · GTI - 25)) · efficiency, a = -0.004 1/K.
struct RoofPlane {
    double kwp{5};
    double efficiency{1};
    double inverter_max_kw{0};  ///< 0: no limit

    double power_kw(double irradiance_w_m2, double air_c) const;
};

/// Slots in kW from blocks `minutely_15` or `hourly`, times as seconds, milliseconds or ISO 8601
/// (UTC). Pure, any bytes. Irradiance is the mean of the step before its time; small negative
/// values are 0. Steps without a value, or with an absurd one, are left out; Damaged where nothing
/// is left or the times make no sense.
core::Result<std::vector<ports::Slot>> read_open_meteo(std::string_view body, const RoofPlane&);

}  // namespace bitgrid::adapters
