#include "sim/market.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sim/noise.hpp"

namespace bitgrid::sim {
namespace {
constexpr std::uint64_t kDayError = 11;
constexpr std::uint64_t kHourError = 12;
}  // namespace

double Market::price_ct_kwh(core::UnixTime t) const {
    const core::UnixTime slot{t.ms / kSlotMs * kSlotMs};
    for (auto peak = peaks_.rbegin(); peak != peaks_.rend(); ++peak)
        if (slot < peak->to && peak->from < slot + kSlotMs) return peak->ct_kwh;
    return prices_.is_empty() ? 0 : prices_.held_at(t);
}

double forecast_pv_w(const Series& pv_w, core::UnixTime from, core::UnixTime to, double error) {
    const double off = 0.7 * noise_at(kDayError, from.ms / 86'400'000) +
                       0.3 * smooth_noise(kHourError, from.ms / 1000, 7200);
    return std::max(0.0, pv_w.mean(from, to) * (1 + error * off));
}

double forecast_air_c(core::UnixTime t) {
    const double hours = static_cast<double>(t.ms % 86'400'000) / 3'600'000;
    return 16 + 6 * std::sin((hours - 9) / 24 * 2 * std::numbers::pi);
}

double irradiance_for(double pv_w, double kwp, double air_c) {
    if (pv_w <= 0 || kwp <= 0) return 0;
    // P = a·G·(b - c·G): the smaller root, or the top of the curve where no irradiance would do.
    const double a = kwp;
    const double b = 1 - 0.004 * (air_c - 25);
    const double c = 0.004 * 0.0342;
    const double inside = b * b - 4 * c * pv_w / a;
    return inside <= 0 ? b / (2 * c) : (b - std::sqrt(inside)) / (2 * c);
}

}  // namespace bitgrid::sim
