#include "core/reading_of.hpp"

#include <limits>

namespace bitgrid::core {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

template <class T>
double known(const Reading<T>& reading) {
    return reading ? reading->value : kMissing;
}

}  // namespace

double reading_of(const EnergyState& state, std::size_t load, Measure measure) {
    const SiteReadings& site = state.site;
    switch (measure) {
        case Measure::BatterySocPct:
            return known(site.battery_soc);
        case Measure::PvPowerW:
            return known(site.pv_power);
        case Measure::NetImportW:
            return known(site.grid_import) - (site.grid_export ? site.grid_export->value : 0.0);
        case Measure::EnergyPrice:
            return known(site.price);
        case Measure::PricePeak:
            return known(site.price_peak);
        case Measure::PvForecastKw:
            return known(site.pv_forecast);
        case Measure::TempC:
            return known(state.loads[load].temp);
        case Measure::HeartbeatAgeS:
            return known(state.loads[load].heartbeat_age);
        case Measure::OffPowerW:
            return known(state.loads[load].power);
        default:
            return kMissing;
    }
}

}  // namespace bitgrid::core
