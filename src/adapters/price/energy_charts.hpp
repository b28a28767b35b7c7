#pragma once
// Day-ahead prices of the exchange from energy-charts.info (licence of the data: CC BY 4.0,
// Bundesnetzagentur | SMARD.de), as ct/kWh. Off unless it is enabled: the one request that leaves
// the house names the price zone and nothing else.
#include <string>

#include "adapters/hourly_fetch.hpp"
#include "core/config.hpp"

namespace bitgrid::adapters {

struct EnergyChartsConfig {
    bool is_enabled{false};
    std::string id{"price"};
    std::string url{"https://api.energy-charts.info/price"};
    std::string zone{"DE-LU"};
    double charges_ct_kwh{0};
    double tax_pct{0};
};

template <class Visitor>
void describe(Visitor& v, EnergyChartsConfig& c) {
    v("enabled", c.is_enabled, "whether prices are fetched");
    v("id", c.id, "name in health");
    v("url", c.url, "address of the service");
    v("zone", c.zone, "bidding zone");
    v("charges_ct_kwh", c.charges_ct_kwh, core::Range{-100, 100}, "added to the exchange's price");
    v("tax_pct", c.tax_pct, core::Range{0, 100}, "then added to both");
}

/// Engine thread only; what it is given must outlive it.
class EnergyChartsPrices {
public:
    EnergyChartsPrices(DeviceWorld, EnergyChartsConfig);

    void start();
    void stop() { fetch_.stop(); }

private:
    core::Result<void> take(const std::string& body);

    DeviceWorld world_;
    EnergyChartsConfig config_;
    HourlyFetch fetch_;
};

}  // namespace bitgrid::adapters
