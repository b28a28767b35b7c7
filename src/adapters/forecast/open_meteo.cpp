#include "adapters/forecast/open_meteo.hpp"

#include <cstdio>

namespace bitgrid::adapters {

OpenMeteoForecast::OpenMeteoForecast(DeviceWorld world, OpenMeteoConfig config)
    : world_{world},
      config_{std::move(config)},
      fetch_{world, config_.id, [this](core::UnixTime) { return address(); },
             [this](const std::string& body) { return take(body); }} {}

void OpenMeteoForecast::start() {
    if (config_.is_enabled) fetch_.start();
}

std::string OpenMeteoForecast::address() const {
    char place[160];
    std::snprintf(place, sizeof place, "?latitude=%.4f&longitude=%.4f&tilt=%.0f&azimuth=%.0f",
                  config_.latitude, config_.longitude, config_.tilt_deg, config_.azimuth_deg);
    return config_.url + place + "&minutely_15=" + kIrradianceField + "," + kAirField +
           "&forecast_days=3&timezone=GMT&timeformat=unixtime";
}

core::Result<void> OpenMeteoForecast::take(const std::string& body) {
    auto slots = read_open_meteo(body, config_.roof);
    if (!slots) return slots.error();
    world_.signals.forecast_series(std::move(*slots), world_.clock.wall());
    return {};
}

}  // namespace bitgrid::adapters
