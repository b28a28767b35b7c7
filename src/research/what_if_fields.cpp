#include "research/what_if_fields.hpp"

#include <algorithm>

#include "research/rule_keys.hpp"
#include "research/what_if_request.hpp"

namespace bitgrid::research {
namespace {

using Json = nlohmann::json;
using core::Measure;
using core::Signal;

// The signal by which a measure is moved: a surplus by the sun.
std::optional<core::ReadingPlace> place_of(Measure measure, std::size_t load) {
    switch (measure) {
        case Measure::SurplusKw:
        case Measure::PvPowerW:
            return core::ReadingPlace{Signal::PvPower};
        case Measure::BatterySocPct:
            return core::ReadingPlace{Signal::BatterySoc};
        case Measure::NetImportW:
            return core::ReadingPlace{Signal::GridImport};
        case Measure::EnergyPrice:
            return core::ReadingPlace{Signal::EnergyPrice};
        case Measure::PricePeak:
            return core::ReadingPlace{Signal::EnergyPrice, true};
        case Measure::PvForecastKw:
            return core::ReadingPlace{Signal::PvForecast};
        case Measure::TempC:
            return core::ReadingPlace{Signal::LoadTemp, false, load};
        case Measure::HeartbeatAgeS:
            return core::ReadingPlace{Signal::LoadHeartbeat, false, load};
        case Measure::OffPowerW:
            return core::ReadingPlace{Signal::LoadPower, false, load};
        default:
            return std::nullopt;
    }
}

double step_of_unit(std::string_view unit) {
    if (unit == "kW" || unit == "kWh" || unit == "ct/kWh") return 0.1;
    if (unit == "W") return 10;
    return unit.empty() ? 0.01 : 1;
}

class Fields {
public:
    explicit Fields(const core::Case& moment) : moment_{moment}, rules_{moment.config.rules} {
        keys_ = rule_keys(rules_);
    }

    void add_votes(const core::DecisionEvent& event) {
        const core::Rule deciding = core::rule_of(event.decision.code);
        for (const core::Vote& vote : event.decision.votes)
            if (vote.rule == deciding) add_facts(vote, event.load_index);
        for (const core::SignalSpec& spec : core::kSignals)
            if (event.decision.missing.has(spec.signal))
                add_signal({spec.signal, false,
                            core::is_of_load(spec.signal) ? event.load_index : std::size_t{0}});
        for (const core::Vote& vote : event.decision.votes)
            if (vote.rule != deciding) add_facts(vote, event.load_index);
    }
    Json take() { return std::move(all_); }

private:
    void add_facts(const core::Vote& vote, std::size_t load) {
        for (const core::Fact& fact : vote.facts) {
            if (const auto place = place_of(fact.measure, load)) add_signal(*place);
            add_rule(core::name_of(fact.bound_id));
        }
    }

    void add_signal(core::ReadingPlace place) {
        const std::string name = name_of(place, moment_.config);
        if (is_there(name)) return;
        const core::SignalSpec& spec = core::spec_of(place.signal);
        const auto value = core::reading_at(moment_.state, place);
        all_.push_back({{"kind", "signal"},
                        {"name", name},
                        {"unit", spec.unit},
                        {"value", value ? Json(*value) : Json{}},
                        {"min", spec.min},
                        {"max", spec.max},
                        {"step", step_of_unit(spec.unit)}});
    }

    void add_rule(std::string_view name) {
        const auto rule = std::find_if(keys_.begin(), keys_.end(),
                                       [&](const RuleKey& one) { return one.key == name; });
        if (rule == keys_.end() || !rule->range || is_there(name)) return;
        const std::string_view unit = unit_of_key(name);
        all_.push_back({{"kind", "rule"},
                        {"name", name},
                        {"unit", unit},
                        {"value", rule->value},
                        {"min", rule->range->min},
                        {"max", rule->range->max},
                        {"step", rule->is_whole ? 1 : step_of_unit(unit)}});
    }

    bool is_there(std::string_view name) const {
        return std::any_of(all_.begin(), all_.end(),
                           [&](const Json& one) { return one["name"] == name; });
    }

    const core::Case& moment_;
    core::RuleConfig rules_;
    std::vector<RuleKey> keys_;
    Json all_ = Json::array();
};

}  // namespace

Json what_if_fields(const core::Case& moment, const core::DecisionEvent& before,
                    const core::DecisionEvent& after) {
    Fields fields{moment};
    fields.add_votes(before);
    fields.add_votes(after);
    return fields.take();
}

}  // namespace bitgrid::research
