#include "research/kpi/kpi_parts.hpp"

#include <algorithm>

namespace bitgrid::research {
namespace {

constexpr std::int64_t kFlapMs = 1'800'000;

// What only shows where two changes follow each other.
void count_pair(LoadParts& load, const Change& before, const Change& change) {
    if (before.is_on == change.is_on) return;  // one between them was not recorded
    if (change.time - before.time < kFlapMs) ++load.flaps;
    if (change.is_by_rule && change.block - before.block < change.min_runtime_blocks)
        ++load.early_stops;
}

void join(LoadParts& load, const LoadParts& later) {
    if (load.last && later.first) count_pair(load, *load.last, *later.first);
    if (!load.first) load.first = later.first;
    if (later.last) load.last = later.last;
    if (load.last_warmth == Warmth::Cold && later.first_warmth == Warmth::Warm) ++load.warmings;
    if (load.first_warmth == Warmth::Unknown) load.first_warmth = later.first_warmth;
    if (later.last_warmth != Warmth::Unknown) load.last_warmth = later.last_warmth;
    load.energy_kwh += later.energy_kwh;
    load.extra_import_kwh += later.extra_import_kwh;
    load.judged_kwh += later.judged_kwh;
    load.sats += later.sats;
    load.valued_kwh += later.valued_kwh;
    load.observed_ms += later.observed_ms;
    load.ticks += later.ticks;
    load.held += later.held;
    load.starts += later.starts;
    load.stops += later.stops;
    load.flaps += later.flaps;
    load.early_stops += later.early_stops;
    load.temp_known_ms += later.temp_known_ms;
    load.warmings += later.warmings;
}

}  // namespace

void count_change(LoadParts& load, const std::optional<Change>& before, const Change& change) {
    ++(change.is_on ? load.starts : load.stops);
    if (before) count_pair(load, *before, change);
    if (!load.first) load.first = change;
    load.last = change;
}

KpiParts combine(KpiParts all, const KpiParts& later) {
    all.expected_ms += later.expected_ms;
    all.decided_ms += later.decided_ms;
    all.traced_ms += later.traced_ms;
    all.pv_kwh += later.pv_kwh;
    all.house_kwh += later.house_kwh;
    all.import_kwh += later.import_kwh;
    all.export_kwh += later.export_kwh;
    all.consumed_kwh += later.consumed_kwh;
    all.whole_pv_kwh += later.whole_pv_kwh;
    all.whole_import_kwh += later.whole_import_kwh;
    all.whole_export_kwh += later.whole_export_kwh;
    all.surplus_kwh += later.surplus_kwh;
    all.captured_kwh += later.captured_kwh;
    for (std::size_t i = 0; i < all.value_ct.size(); ++i) all.value_ct[i] += later.value_ct[i];
    all.decisions += later.decisions;
    all.worded += later.worded;
    all.explained += later.explained;
    all.tick_delay += later.tick_delay;
    all.safety_reaction += later.safety_reaction;
    all.watched_ms += later.watched_ms;
    all.thermal_incidents += later.thermal_incidents;
    for (const LoadParts& load : later.loads) {
        const auto known = std::ranges::find(all.loads, load.id, &LoadParts::id);
        if (known == all.loads.end()) all.loads.push_back(load);
        else join(*known, load);
    }
    return all;
}

}  // namespace bitgrid::research
