#include "core/rules/r4_forecast.hpp"

namespace bitgrid::core {

Vote r4_forecast(const Situation& s) {
    Vote vote{Rule::R4};
    if (s.is_degraded()) return vote;

    const SiteReadings& site = s.site();
    const bool is_sunny =
        !site.pv_forecast ||
        vote.test(Measure::PvForecastKw, site.pv_forecast->value, Op::GreaterEqual,
                  Bound::MinPredictedSurplusKw, s.rules().min_predicted_surplus.value);
    const bool is_cheap = !site.price_peak || vote.test(Measure::PricePeak, site.price_peak->value,
                                                        Op::Less, Bound::PriceSpikeThresholdCt,
                                                        s.rules().price_spike_threshold.value);
    if (s.is_on()) return vote;
    if (!is_sunny) vote.bind(Code::Noop_R4_FORECAST_PV_INSUFFICIENT);
    else if (!is_cheap) vote.bind(Code::Noop_R4_FORECAST_PRICE_SPIKE);
    return vote;
}

}  // namespace bitgrid::core
