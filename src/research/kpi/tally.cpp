#include "research/kpi/tally.hpp"

#include <algorithm>

namespace bitgrid::research {
namespace {

// A chip between the two is as it was: it must cool down and heat up to count as a cycle.
constexpr double kColdC = 45;
constexpr double kWarmC = 60;

// Stops that no least running time holds back: safety, autarky, the reserve, and people.
bool may_come_early(core::Code code) {
    const core::Rule rule = core::rule_of(code);
    return rule == core::Rule::R2 || rule == core::Rule::R3 || rule == core::Rule::Override ||
           rule == core::Rule::Autonomy || code == core::Code::Stop_R1_SOC_RESERVE_STOP;
}

core::Path path_of(core::LoadKind kind) {
    return kind == core::LoadKind::Heater ? core::Path::Heat : core::Path::Hodl;
}

}  // namespace

KpiFacts facts_of(const core::Config& config) {
    KpiFacts facts{config.site.block_ms(), config.rules.min_runtime_blocks, {}};
    for (const core::LoadConfig& load : config.loads) {
        const bool is_miner = load.kind == core::LoadKind::Miner && load.full_ths.value > 0;
        const double j_per_th = is_miner ? load.full_w.value / load.full_ths.value : 0;
        facts.loads.push_back({load.id, load.kind, j_per_th});
    }
    return facts;
}

Tally::Tally(KpiFacts facts)
    : facts_{std::move(facts)}, kwh_per_w_{static_cast<double>(facts_.block_ms) / 3.6e9} {
    double first_j_per_th = 0;
    for (const KpiFacts::Load& load : facts_.loads) {
        parts_.loads.emplace_back();
        parts_.loads.back().id = load.id;
        if (first_j_per_th == 0) first_j_per_th = load.j_per_th;
        yields_.push_back(load.j_per_th > 0 ? first_j_per_th / load.j_per_th : 1);
    }
}

void Tally::measured(const HouseRecord& r) {
    const std::int64_t ms = facts_.block_ms;
    parts_.pv_kwh.add(r.pv_w * kwh_per_w_, ms);
    parts_.house_kwh.add(r.house_w * kwh_per_w_, ms);
    parts_.import_kwh.add(r.import_w * kwh_per_w_, ms);
    parts_.export_kwh.add(r.export_w * kwh_per_w_, ms);
    double loads_w = 0;
    for (std::size_t i = 0; i < r.loads.size(); ++i) {
        const LoadRecord& load = r.loads[i];
        loads_w += load.power_w;
        parts_.loads[i].energy_kwh.add(load.power_w * kwh_per_w_, ms);
        feel(parts_.loads[i], load.temp_c);
    }
    weigh(r, loads_w);
    value(r);
}

// What the loads took from the surplus and what was bought for them, the battery as it was. Where
// anything is not known, nothing is.
void Tally::weigh(const HouseRecord& r, double loads_w) {
    const double net_w = r.import_w - r.export_w;
    if (!is_known(net_w + loads_w + r.pv_w + r.house_w)) return;
    const double without_w = net_w - loads_w;
    parts_.consumed_kwh.add((r.house_w + loads_w) * kwh_per_w_, facts_.block_ms);
    parts_.whole_pv_kwh += r.pv_w * kwh_per_w_;
    parts_.whole_import_kwh += r.import_w * kwh_per_w_;
    parts_.whole_export_kwh += r.export_w * kwh_per_w_;
    const double surplus_w = std::max(-without_w, 0.0);
    parts_.surplus_kwh += surplus_w * kwh_per_w_;
    parts_.captured_kwh += (surplus_w - std::max(-net_w, 0.0)) * kwh_per_w_;
    const double extra_w = std::max(net_w, 0.0) - std::max(without_w, 0.0);
    for (std::size_t i = 0; i < r.loads.size(); ++i) {
        const double power_w = r.loads[i].power_w;
        const double share = loads_w > 0 ? power_w / loads_w : 0;
        parts_.loads[i].extra_import_kwh.add(extra_w * share * kwh_per_w_, facts_.block_ms);
        parts_.loads[i].judged_kwh += power_w * kwh_per_w_;
    }
}

// What is recorded is that of the first miner; another one makes more or less of a kWh.
void Tally::value(const HouseRecord& r) {
    const double stored_w = is_known(r.battery_w) ? std::max(-r.battery_w, 0.0) : kUnknown;
    std::array<double, core::kPathCount> went_w{r.export_w, stored_w, 0, 0};
    std::array<bool, core::kPathCount> is_there{true, true, false, false};
    for (std::size_t i = 0; i < r.loads.size(); ++i) {
        const auto kind = facts_.loads[i].kind;
        if (!kind || *kind == core::LoadKind::Plug) continue;
        const auto way = static_cast<std::size_t>(path_of(*kind));
        is_there[way] = true;
        went_w[way] += r.loads[i].power_w * yields_[i];
        if (*kind != core::LoadKind::Miner) continue;
        const double kwh = r.loads[i].power_w * kwh_per_w_;
        const double sats = kwh * r.sats_per_kwh * yields_[i];
        parts_.loads[i].sats.add(sats, facts_.block_ms);
        if (is_known(sats)) parts_.loads[i].valued_kwh += kwh;
    }
    for (std::size_t i = 0; i < went_w.size(); ++i)
        if (is_there[i])
            parts_.value_ct[i].add(went_w[i] * kwh_per_w_ * r.value_ct_kwh[i], facts_.block_ms);
}

void Tally::feel(LoadParts& load, double temp_c) {
    if (!is_known(temp_c)) return;
    load.temp_known_ms += facts_.block_ms;
    const Warmth now = temp_c < kColdC    ? Warmth::Cold
                       : temp_c >= kWarmC ? Warmth::Warm
                                          : Warmth::Unknown;
    if (now == Warmth::Unknown) return;
    if (load.last_warmth == Warmth::Cold && now == Warmth::Warm) ++load.warmings;
    if (load.first_warmth == Warmth::Unknown) load.first_warmth = now;
    load.last_warmth = now;
}

void Tally::decided(const DecisionRecord& d) {
    LoadParts& load = parts_.loads[d.load];
    ++parts_.decisions;
    if (d.is_recorded) {
        ++parts_.worded;
        parts_.explained += d.is_explained ? 1 : 0;
    }
    if (d.is_tick) {
        ++load.ticks;
        load.observed_ms += facts_.block_ms;
        load.held += core::rule_of(d.code) == core::Rule::R5 ? 1 : 0;
        const core::UnixTime due = core::block_start(d.block, facts_.block_ms);
        if (d.is_recorded) parts_.tick_delay.add(static_cast<double>(d.time - due));
    }
    if (d.was_on == d.is_on) return;
    count_change(
        load, load.last,
        {d.block, d.time, d.is_on, !d.is_on && !may_come_early(d.code), facts_.min_runtime_blocks});
}

void Tally::traced(std::int64_t expected_ms, std::int64_t decided_ms, std::int64_t traced_ms) {
    parts_.expected_ms += expected_ms;
    parts_.decided_ms += decided_ms;
    parts_.traced_ms += traced_ms;
}

void Tally::watched(std::int64_t ms, int thermal_incidents) {
    parts_.watched_ms += ms;
    parts_.thermal_incidents += thermal_incidents;
}

}  // namespace bitgrid::research
