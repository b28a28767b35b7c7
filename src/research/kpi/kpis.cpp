#include "research/kpi/kpis.hpp"

#include <algorithm>

namespace bitgrid::research {
namespace {

using Value = std::optional<double>;

constexpr double kDayMs = 86'400'000;

Value ratio(double part, double whole) {
    if (!(whole > 0)) return std::nullopt;
    return part / whole;
}
Value share(double part, double whole) {
    const Value of = ratio(part, whole);
    return of ? Value{std::clamp(*of * 100, 0.0, 100.0)} : of;
}
Value per_day(int count, std::int64_t ms) { return ratio(count, static_cast<double>(ms) / kDayMs); }
Value only_if(bool is_known, double value) { return is_known ? Value{value} : std::nullopt; }

Value of_load(const LoadParts& load, Kpi kpi) {
    const int switches = load.starts + load.stops;
    switch (kpi) {
        case Kpi::LoadKwh:
            return load.energy_kwh.get();
        case Kpi::LoadGridDirectPct:
            return share(load.extra_import_kwh.total, load.judged_kwh);
        case Kpi::SwitchesPerDay:
            return per_day(switches, load.observed_ms);
        case Kpi::FlappingRatePct:
            return share(load.flaps, switches);
        case Kpi::MinRuntimeViolations:
            return only_if(load.ticks > 0, load.early_stops);
        case Kpi::DeadbandHitRatePct:
            return share(load.held, load.ticks);
        case Kpi::SatsPerKwh:
            return ratio(load.sats.total, load.valued_kwh);
        case Kpi::EnergyToSats:
            return load.sats.get();
        case Kpi::StartsPerDay:
            return per_day(load.starts, load.observed_ms);
        case Kpi::ThermalCyclesPerDay:
            return per_day(load.warmings, load.temp_known_ms);
        default:
            return std::nullopt;
    }
}

/// Of all loads together, or of the one with the most.
class Loads {
public:
    explicit Loads(const KpiParts& parts) : parts_{parts} {}

    Value most(Kpi kpi) const {
        Value most;
        for (const LoadParts& load : parts_.loads)
            if (const Value value = of_load(load, kpi)) most = std::max(most.value_or(0), *value);
        return most;
    }
    /// Unknown as soon as that of one load is.
    Value sum(Kpi kpi) const {
        Value sum;
        for (const LoadParts& load : parts_.loads) {
            const Value value = of_load(load, kpi);
            if (!value) return std::nullopt;
            sum = sum.value_or(0) + *value;
        }
        return sum;
    }
    template <class Member>
    double total(Member member) const {
        double all = 0;
        for (const LoadParts& load : parts_.loads) all += static_cast<double>(load.*member);
        return all;
    }
    double total(Sum LoadParts::*member) const {
        double all = 0;
        for (const LoadParts& load : parts_.loads) all += (load.*member).total;
        return all;
    }
    bool has_sats() const {
        return std::ranges::any_of(parts_.loads,
                                   [](const LoadParts& load) { return load.sats.known_ms > 0; });
    }

private:
    const KpiParts& parts_;
};

Value of_energy(const KpiParts& p, const Loads& loads, Kpi kpi) {
    switch (kpi) {
        case Kpi::GridImportKwh:
            return p.import_kwh.get();
        case Kpi::GridExportKwh:
            return p.export_kwh.get();
        case Kpi::PvKwh:
            return p.pv_kwh.get();
        case Kpi::HouseKwh:
            return p.house_kwh.get();
        case Kpi::LoadKwh:
            return loads.sum(kpi);
        case Kpi::SelfConsumptionPct:
            return share(p.whole_pv_kwh - p.whole_export_kwh, p.whole_pv_kwh);
        case Kpi::AutarkyPct:
            return share(p.consumed_kwh.total - p.whole_import_kwh, p.consumed_kwh.total);
        case Kpi::SurplusCapturedPct:
            return share(p.captured_kwh, p.surplus_kwh);
        case Kpi::LoadGridDirectPct:
            return share(loads.total(&LoadParts::extra_import_kwh),
                         loads.total(&LoadParts::judged_kwh));
        default:
            return std::nullopt;
    }
}

Value of_money(const KpiParts& p, const KpiContext& context, Kpi kpi) {
    const auto value_of = [&](core::Path path) {
        return p.value_ct[static_cast<std::size_t>(path)].get();
    };
    const Loads week{context.last_week ? *context.last_week : p};
    switch (kpi) {
        case Kpi::SatsPerKwh:
            return ratio(week.total(&LoadParts::sats), week.total(&LoadParts::valued_kwh));
        case Kpi::EnergyToSats:
            return only_if(Loads{p}.has_sats(), Loads{p}.total(&LoadParts::sats));
        case Kpi::ValueExportCt:
            return value_of(core::Path::Export);
        case Kpi::ValueStoreCt:
            return value_of(core::Path::Store);
        case Kpi::ValueHeatCt:
            return value_of(core::Path::Heat);
        case Kpi::ValueHodlCt:
            return value_of(core::Path::Hodl);
        case Kpi::Co2G:
            if (!context.co2_g_per_kwh || p.import_kwh.known_ms == 0) return std::nullopt;
            return p.import_kwh.total * *context.co2_g_per_kwh;
        default:
            return std::nullopt;
    }
}

// Against other hands on the switch, in the same model.
Value of_model(const KpiContext& context, Kpi kpi) {
    if (!context.baselines || context.baselines->known_ms == 0) return std::nullopt;
    const Baselines& all = *context.baselines;
    const HandResult& decided = all.of(Hand::AsDecided);
    switch (kpi) {
        case Kpi::LoadGridSharePct:
            return share(all.extra_import_kwh(Hand::AsDecided), decided.load_kwh);
        case Kpi::ImportChangePct: {
            const Value of = ratio(decided.import_kwh, all.of(Hand::AlwaysOn).import_kwh);
            return of ? Value{(*of - 1) * 100} : of;
        }
        default:
            return std::nullopt;
    }
}

Value of_control(const KpiParts& p, const Loads& loads, Kpi kpi) {
    const auto expected = static_cast<double>(p.expected_ms);
    switch (kpi) {
        case Kpi::SwitchesPerDay:
        case Kpi::StartsPerDay:
        case Kpi::ThermalCyclesPerDay:
            return loads.most(kpi);
        case Kpi::FlappingRatePct:
            return share(loads.total(&LoadParts::flaps),
                         loads.total(&LoadParts::starts) + loads.total(&LoadParts::stops));
        case Kpi::MinRuntimeViolations:
            return loads.sum(kpi);
        case Kpi::DeadbandHitRatePct:
            return share(loads.total(&LoadParts::held), loads.total(&LoadParts::ticks));
        case Kpi::ExplainCoveragePct:
            return share(static_cast<double>(p.explained), static_cast<double>(p.worded));
        case Kpi::DecisionLatencyP50Ms:
            return p.tick_delay.quantile(0.5);
        case Kpi::DecisionLatencyP99Ms:
            return p.tick_delay.quantile(0.99);
        case Kpi::SafetyReactionP50Ms:
            return p.safety_reaction.quantile(0.5);
        case Kpi::SafetyReactionP99Ms:
            return p.safety_reaction.quantile(0.99);
        case Kpi::ThermalIncidents:
            return only_if(p.watched_ms > 0, p.thermal_incidents);
        case Kpi::UptimePct:
            return share(static_cast<double>(p.decided_ms), expected);
        case Kpi::BlocksTracedPct:
            return share(static_cast<double>(p.traced_ms), expected);
        case Kpi::MeasuredPct:
            return share(static_cast<double>(p.consumed_kwh.known_ms), expected);
        default:
            return std::nullopt;
    }
}

Value of_house(const KpiParts& p, const KpiContext& context, Kpi kpi) {
    const Loads loads{p};
    if (const Value energy = of_energy(p, loads, kpi)) return energy;
    if (const Value money = of_money(p, context, kpi)) return money;
    if (const Value model = of_model(context, kpi)) return model;
    return of_control(p, loads, kpi);
}

// What a kWh brings is asked of the last days alone.
const LoadParts& judged(const LoadParts& load, const KpiContext& context, Kpi kpi) {
    static const LoadParts idle;
    if (kpi != Kpi::SatsPerKwh || !context.last_week) return load;
    const auto lately = std::ranges::find(context.last_week->loads, load.id, &LoadParts::id);
    return lately == context.last_week->loads.end() ? idle : *lately;
}

}  // namespace

std::vector<KpiValue> kpis_of(const KpiParts& parts, const KpiContext& context) {
    std::vector<KpiValue> all;
    for (const KpiSpec& spec : kpi_catalogue())
        if (spec.scope != Scope::Load)
            all.push_back({spec.kpi, {}, of_house(parts, context, spec.kpi)});
    for (const LoadParts& load : parts.loads)
        for (const KpiSpec& spec : kpi_catalogue())
            if (spec.scope != Scope::House)
                all.push_back(
                    {spec.kpi, load.id, of_load(judged(load, context, spec.kpi), spec.kpi)});
    return all;
}

std::optional<double> find_kpi(const std::vector<KpiValue>& all, Kpi kpi,
                               std::string_view load_id) {
    for (const KpiValue& value : all)
        if (value.kpi == kpi && value.load_id == load_id) return value.value;
    return std::nullopt;
}

}  // namespace bitgrid::research
