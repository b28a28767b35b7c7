#include "core/hypothesis.hpp"

#include <algorithm>
#include <cmath>

#include "core/reading_of.hpp"

namespace bitgrid::core {
namespace {

std::optional<Signal> signal_of(Measure measure) {
    switch (measure) {
        case Measure::BatterySocPct:
            return Signal::BatterySoc;
        case Measure::PvPowerW:
            return Signal::PvPower;
        case Measure::NetImportW:
            return Signal::GridImport;
        case Measure::EnergyPrice:
        case Measure::PricePeak:
            return Signal::EnergyPrice;
        case Measure::PvForecastKw:
            return Signal::PvForecast;
        case Measure::TempC:
            return Signal::LoadTemp;
        default:
            return std::nullopt;
    }
}

double gap_of(Measure measure, double from, double to) {
    const double steps_per_unit = std::round(1 / step_of(measure));
    // Noise of the subtraction is no step, but what must change at all is at least one.
    return std::max(std::ceil(std::abs(to - from) * steps_per_unit - 1e-7), 1.0) / steps_per_unit;
}

}  // namespace

double comparable_step(Measure measure) { return unit_of(measure) == "W" ? 100 : step_of(measure); }

Hypothesis::Hypothesis(const Config& config, const Memory& memory, const EnergyState& state,
                       std::size_t load)
    : config_{&config}, memory_{memory}, measured_{state}, state_{state}, load_{load} {
    // Counts between blocks only; the next tick does not see it.
    state_.site.fast_import_for = {};
    measured_surplus_kw_ = judge().surplus_kw;
}

bool Hypothesis::uses_soc_band() const {
    return config_->site.has_battery && config_->rules.strategy == Strategy::SocBand;
}

LoadDecision Hypothesis::judge() const {
    return decide(*config_, memory_, state_).decisions[load_];
}

double Hypothesis::value(Measure measure) const {
    switch (measure) {
        case Measure::SurplusKw:
            return judge().surplus_kw;
        case Measure::Unacknowledged:
            return load_memory().lockout && !load_memory().lockout->is_acked ? 1 : 0;
        default:
            return reading_of(state_, load_, measure);
    }
}

// What stands there as "from" is what people see, not what earlier changes have made of it.
double Hypothesis::measured(Measure measure, double now) const {
    if (measure == Measure::SurplusKw) return std::min(measured_surplus_kw_, now);
    if (measure == Measure::Unacknowledged) return now;
    return reading_of(measured_, load_, measure);
}

bool Hypothesis::change(Rule rule, Measure measure, double to) {
    const double from = measured(measure, value(measure));
    if (const auto signal = signal_of(measure)) {
        const SignalSpec& spec = spec_of(*signal);
        if (!(to >= spec.min && to <= spec.max)) return false;
    }
    move(measure, to);
    changes_.push_back({rule, measure, from, to, gap_of(measure, from, to)});
    const SignalSpec& pv = spec_of(Signal::PvPower);
    return state_.site.pv_power->value >= pv.min && state_.site.pv_power->value <= pv.max;
}

void Hypothesis::move(Measure measure, double to) {
    SiteReadings& site = state_.site;
    LoadReadings& load = state_.loads[load_];
    switch (measure) {
        case Measure::SurplusKw:
            return move_surplus(to);
        case Measure::PvPowerW:
            return move_pv(to);
        case Measure::NetImportW:
            return move_net_import(to);
        case Measure::BatterySocPct:
            site.battery_soc.value = Percent{to};
            return;
        case Measure::EnergyPrice:
            return move_price(to);
        case Measure::PricePeak:
            // The peak includes the present price.
            site.price_peak.value = CentPerKwh{to};
            if (site.price) site.price.value.value = std::min(site.price->value, to);
            return;
        case Measure::PvForecastKw:
            site.pv_forecast.value = Kilowatts{to};
            return;
        case Measure::TempC:
            load.temp.value = Celsius{to};
            return;
        case Measure::HeartbeatAgeS:
            load.heartbeat_age.value = Seconds{to};
            return;
        case Measure::OffPowerW:
            load.power.value = Watts{to};
            return;
        case Measure::Unacknowledged:
            memory_.loads[load_].lockout->is_acked = to == 0;
            return;
        default:
            return;
    }
}

void Hypothesis::move_pv(double to_w) {
    const double now_w = std::max(state_.site.pv_power->value, 0.0);
    const double net_w = value(Measure::NetImportW);
    state_.site.pv_power.value = Watts{to_w};
    move_net_import(net_w - (to_w - now_w));
}

void Hypothesis::move_surplus(double to_kw) {
    const double now_kw = value(Measure::SurplusKw);
    const double now_w = std::max(state_.site.pv_power->value, 0.0);
    if (now_kw > to_kw) return move_pv(now_w - (now_kw - to_kw) * 1000);

    // More sun may start the loads before this one, which then take their part of it: ask again
    // until enough is left. Their power only grows with the sun, so the first answer is the least.
    constexpr int kMostRounds = 4 * static_cast<int>(kMaxLoads);
    double pv_w = now_w;
    for (int round = 0; round < kMostRounds; ++round) {
        const double short_kw = to_kw - value(Measure::SurplusKw);
        if (short_kw <= 0) return;
        // The last bit of the sum may fall on the wrong side of the bound.
        pv_w = std::max(pv_w + short_kw * 1000, std::nextafter(pv_w, 1e6));
        move_pv(pv_w);
    }
}

void Hypothesis::move_net_import(double to_w) {
    const auto side = [](Reading<Watts>& reading, double watts) {
        reading.value = Watts{watts};
        reading.quality = Quality::Good;
    };
    side(state_.site.grid_import, std::max(to_w, 0.0));
    side(state_.site.grid_export, std::max(-to_w, 0.0));
}

// Where now is the highest price ahead, both are one signal.
void Hypothesis::move_price(double to_ct) {
    SiteReadings& site = state_.site;
    const bool is_peak =
        site.price_peak && measured_.site.price_peak->value <= measured_.site.price->value;
    site.price.value = CentPerKwh{to_ct};
    if (is_peak || (site.price_peak && site.price_peak->value < to_ct))
        site.price_peak.value = CentPerKwh{to_ct};
}

}  // namespace bitgrid::core
