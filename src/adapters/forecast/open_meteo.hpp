#pragma once
// PV forecast of one roof plane from Open-Meteo's irradiance on it (free for non-commercial use, at
// most one request an hour), as mean kW of each quarter hour. Off unless it is enabled: the request
// that leaves the house names the place, as exactly as it is configured.
#include <string>

#include "adapters/forecast/open_meteo_reply.hpp"
#include "adapters/hourly_fetch.hpp"
#include "core/config.hpp"

namespace bitgrid::adapters {

struct OpenMeteoConfig {
    bool is_enabled{false};
    std::string id{"forecast"};
    std::string url{"https://api.open-meteo.com/v1/forecast"};
    double latitude{48.1};
    double longitude{11.6};
    double tilt_deg{30};
    double azimuth_deg{0};
    RoofPlane roof;
};

template <class Visitor>
void describe(Visitor& v, OpenMeteoConfig& c) {
    v("enabled", c.is_enabled, "whether the forecast is fetched");
    v("id", c.id, "name in health");
    v("url", c.url, "address of the service");
    v("latitude", c.latitude, core::Range{-90, 90}, "of the roof, degrees north");
    v("longitude", c.longitude, core::Range{-180, 180}, "of the roof, degrees east");
    v("tilt_deg", c.tilt_deg, core::Range{0, 90}, "of the modules; 0: flat");
    v("azimuth_deg", c.azimuth_deg, core::Range{-180, 180}, "0: south, -90: east, 90: west");
    v("kwp", c.roof.kwp, core::Range{0.1, 1000}, "peak power of the modules");
    v("efficiency", c.roof.efficiency, core::Range{0.1, 1}, "share left by dirt, wires, inverter");
    v("inverter_max_kw", c.roof.inverter_max_kw, core::Range{0, 1000}, "0: no limit");
}

/// Engine thread only; what it is given must outlive it.
class OpenMeteoForecast {
public:
    OpenMeteoForecast(DeviceWorld, OpenMeteoConfig);

    void start();
    void stop() { fetch_.stop(); }

private:
    std::string address() const;
    core::Result<void> take(const std::string& body);

    DeviceWorld world_;
    OpenMeteoConfig config_;
    HourlyFetch fetch_;
};

}  // namespace bitgrid::adapters
