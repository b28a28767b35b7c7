#pragma once
// What comes from outside the house: prices with their peaks, and a forecast that is wrong in a way
// that can be repeated. Prices in ct/kWh, PV power in W, irradiance in W/m², temperature in °C.
// Pure.
#include <vector>

#include "sim/recording.hpp"

namespace bitgrid::sim {

struct PricePeak {
    core::UnixTime from{};
    core::UnixTime to{};
    double ct_kwh{};
};

class Market {
public:
    explicit Market(Series prices) : prices_{std::move(prices)} {}

    static constexpr std::int64_t kSlotMs = 900'000;  ///< quarter hours, as the exchange has them

    void add_peak(PricePeak peak) { peaks_.push_back(peak); }
    /// Of the slot that holds `t`; the latest peak over it wins.
    double price_ct_kwh(core::UnixTime t) const;

private:
    Series prices_;
    std::vector<PricePeak> peaks_;
};

/// Forecast mean PV power over [from, to): the recorded one, off by up to `error` of itself (0.15 =
/// 15 %).
double forecast_pv_w(const Series& pv_w, core::UnixTime from, core::UnixTime to, double error);

/// Air temperature that the forecast gives for a moment.
double forecast_air_c(core::UnixTime);

/// The irradiance at which a plant of `kwp` gives `pv_w` at `air_c`:
/// P = kWp · GTI/1000 · (1 - 0.004 · (air + 0.0342 · GTI - 25)), in kW.
double irradiance_for(double pv_w, double kwp, double air_c);

}  // namespace bitgrid::sim
