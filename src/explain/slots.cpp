#include "explain/slots.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "explain/evidence.hpp"
#include "explain/local_time.hpp"
#include "explain/numbers.hpp"

namespace bitgrid::explain {
namespace {

using core::Bound;
using core::Measure;

struct MeasureSlot {
    std::string_view name;
    Measure measure;
};
constexpr std::array kMeasureSlots{
    MeasureSlot{"surplus", Measure::SurplusKw}, MeasureSlot{"soc", Measure::BatterySocPct},
    MeasureSlot{"pv", Measure::PvPowerW},       MeasureSlot{"net", Measure::NetImportW},
    MeasureSlot{"price", Measure::EnergyPrice}, MeasureSlot{"peak", Measure::PricePeak},
    MeasureSlot{"fc", Measure::PvForecastKw},   MeasureSlot{"temp", Measure::TempC},
    MeasureSlot{"age", Measure::HeartbeatAgeS}, MeasureSlot{"power", Measure::OffPowerW},
    MeasureSlot{"fast", Measure::FastImportS},
};

struct BoundSlot {
    std::string_view name;
    Bound bound;
    std::string_view unit;
};
constexpr std::array kBoundSlots{
    BoundSlot{"eco", Bound::SurplusThrottleMinKw, "kW"},
    BoundSlot{"full", Bound::SurplusMinKw, "kW"},
    BoundSlot{"pmax", Bound::PriceMaxCtKwh, "ct/kWh"},
    BoundSlot{"reserve", Bound::SocStopPct, "%"},
    BoundSlot{"std", Bound::SocStandardPct, "%"},
    BoundSlot{"ecosoc", Bound::SocEcoStartPct, "%"},
    BoundSlot{"pvstart", Bound::PvStartW, "W"},
    BoundSlot{"hard", Bound::SocHardMinPct, "%"},
    BoundSlot{"soft", Bound::SocSoftMinPct, "%"},
    BoundSlot{"nmax", Bound::MaxGridImportW, "W"},
    BoundSlot{"fastmax", Bound::GridImportFastS, "s"},
    BoundSlot{"tmax", Bound::MaxChipTempC, "°C"},
    BoundSlot{"tresume", Bound::TResumeC, "°C"},
    BoundSlot{"amax", Bound::CommTimeoutS, "s"},
    BoundSlot{"standby", Bound::StandbyW, "W"},
    BoundSlot{"fmin", Bound::MinPredictedSurplusKw, "kW"},
    BoundSlot{"spike", Bound::PriceSpikeThresholdCt, "ct/kWh"},
};

std::string_view reason_name(core::LockoutReason reason) {
    switch (reason) {
        case core::LockoutReason::Overtemp:
            return "OVERTEMP";
        case core::LockoutReason::CommTimeout:
            return "COMM_TIMEOUT";
        case core::LockoutReason::ActuatorStuck:
            return "ACTUATOR_STUCK";
        case core::LockoutReason::Emergency:
            return "EMERGENCY";
    }
    return {};
}

}  // namespace

Slots::Slots(const Locale& locale, const core::Config& config, const core::DecisionEvent& event)
    : locale_{locale}, config_{config}, event_{event}, name_{config.loads[event.load_index].name} {}

std::string Slots::text_of(std::string_view slot) const {
    const auto measure = std::ranges::find(kMeasureSlots, slot, &MeasureSlot::name);
    if (measure != kMeasureSlots.end()) return measured_text(measure->measure);
    const auto bound = std::ranges::find(kBoundSlots, slot, &BoundSlot::name);
    if (bound != kBoundSlots.end()) return threshold_text(bound->bound, bound->unit);
    return special_text(slot);
}

std::string Slots::measured_text(Measure measure) const {
    std::vector<double> bounds;
    for (const core::Vote& vote : event_.decision.votes)
        for (const core::Fact& fact : vote.facts)
            if (fact.measure == measure) bounds.push_back(fact.bound);
    return measured(locale_, value_of(event_, measure), core::unit_of(measure), bounds);
}

std::string Slots::threshold_text(Bound bound, std::string_view unit) const {
    return threshold(locale_, bound_of(config_, event_, bound), unit);
}

std::string Slots::special_text(std::string_view slot) const {
    const core::RuleConfig& rules = config_.rules;
    if (slot == "name") return name_;
    if (slot == "until") return until();
    if (slot == "signals") return signals();
    if (slot == "band") return threshold(locale_, band_of(event_), "%");
    if (slot == "minruntime") return blocks(rules.min_runtime_blocks);
    if (slot == "minpause") return blocks(rules.min_pause_blocks);
    if (slot == "hold") return blocks(rules.deadband_hold_blocks);
    if (slot == "lookahead") return threshold(locale_, rules.forecast_lookahead.value, "min");
    if (slot == "limit") return threshold(locale_, event_.decision.target.limit.value, "W");
    const double own = value_of(event_, Measure::PathValue);
    const double best = bound_of(config_, event_, Bound::PreferredPath);
    if (slot == "value") return compared(locale_, own, "ct/kWh", best);
    if (slot == "best") return compared(locale_, best, "ct/kWh", own);
    if (slot == "reason") {
        const auto lockout = lockout_of(config_, event_);
        return std::string{lockout ? locale_.word("reasons", reason_name(lockout->reason))
                                   : locale_.no_data()};
    }
    if (slot == "cause") {
        const auto proposal = proposal_of(event_);
        const std::string_view reason = proposal ? core::spec_of(*proposal).reason : "other";
        return std::string{
            locale_.word("causes", locale_.has_word("causes", reason) ? reason : "other")};
    }
    return std::string{locale_.no_data()};
}

std::string Slots::until() const {
    const auto end = end_of(config_, event_);
    if (!end) return std::string{locale_.no_data()};
    return clock_time(locale_, config_.site.time_zone, *end, event_.time);
}

std::string Slots::blocks(int count) const {
    return threshold(locale_, static_cast<double>(count * config_.site.block_minutes), "min");
}

std::string Slots::signals() const {
    std::vector<std::string> names;
    for (const core::SignalSpec& spec : core::kSignals)
        if (event_.decision.missing.has(spec.signal))
            names.emplace_back(locale_.word("signals", spec.name));
    if (names.empty()) return std::string{locale_.no_data()};
    if (names.size() > most_signals_) {
        std::string more{locale_.word("general", "more_signals")};
        more.replace(more.find("{count}"), 7, std::to_string(names.size() - most_signals_));
        names.resize(most_signals_);
        names.push_back(more);
    }
    std::string text = names.front();
    for (std::size_t i = 1; i < names.size(); ++i)
        text.append(i + 1 == names.size() ? locale_.word("general", "and") : ", ").append(names[i]);
    return text;
}

std::string filled(std::string_view text, const Slots& slots) {
    std::string result;
    while (!text.empty()) {
        const auto open = text.find('{');
        result.append(text.substr(0, open));
        if (open == std::string_view::npos) break;
        const auto close = text.find('}', open);
        result.append(slots.text_of(text.substr(open + 1, close - open - 1)));
        text.remove_prefix(close + 1);
    }
    return result;
}

}  // namespace bitgrid::explain
