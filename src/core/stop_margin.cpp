#include <algorithm>
#include <cmath>

#include "core/hypothesis.hpp"

namespace bitgrid::core {
namespace {

/// A bound that may end a running load, and the nearest value on its wrong side.
struct Edge {
    Rule rule;
    Measure measure;
    double bound;
    double beyond;
};
using Edges = BoundedList<Edge, 6>;

bool ends_at(const Hypothesis& base, const Edge& edge) {
    Hypothesis h = base;
    return h.change(edge.rule, edge.measure, edge.beyond) && !h.judge().target.is_on();
}

// A battery that charges first takes the more of the surplus, the emptier it is.
void add_soc_edges(Edges& edges, const Hypothesis& base) {
    const RuleConfig& rules = base.config().rules;
    if (base.uses_soc_band()) {
        edges.push_back(
            {Rule::R1, Measure::BatterySocPct, rules.soc_stop.value, rules.soc_stop.value - 1});
        return;
    }
    const double hard = rules.soc_hard_min.value;
    edges.push_back({Rule::R2, Measure::BatterySocPct, hard, hard});
    if (!rules.battery_first && !(rules.battery_may_feed.value > 0)) return;
    for (double soc = std::ceil(base.value(Measure::BatterySocPct)) - 1; soc > hard; --soc) {
        const Edge edge{Rule::R1, Measure::BatterySocPct, soc + 1, soc};
        if (!ends_at(base, edge)) continue;
        edges.push_back(edge);
        return;
    }
}

Edges edges_of(const Hypothesis& base) {
    const RuleConfig& rules = base.config().rules;
    Edges edges;
    const double hottest = std::min(rules.max_chip_temp.value, kHardMaxChipTemp.value);
    edges.push_back({Rule::R3, Measure::TempC, hottest, hottest + 1});
    if (base.config().site.has_battery) add_soc_edges(edges, base);
    const double import = rules.max_grid_import.value;
    edges.push_back({Rule::R2, Measure::NetImportW, import, import + 1});
    if (base.uses_soc_band()) return edges;
    const double least = least_surplus(rules, base.load_config()).value;
    edges.push_back({Rule::R1, Measure::SurplusKw, least, least - step_of(Measure::SurplusKw)});
    if (rules.price_max)
        edges.push_back({Rule::R1, Measure::EnergyPrice, rules.price_max->value,
                         rules.price_max->value + step_of(Measure::EnergyPrice)});
    return edges;
}

}  // namespace

std::optional<StopMargin> stop_margin(const Config& config, const Memory& memory,
                                      const EnergyState& state, std::size_t load) {
    const Outcome now = decide(config, memory, state);
    if (!now.memory.loads[load].target.is_on()) return std::nullopt;

    const Hypothesis base{config, now.memory, state, load};
    std::optional<StopMargin> nearest;
    double least_steps = 0;
    for (const Edge& edge : edges_of(base)) {
        const double value = base.value(edge.measure);
        if (std::isnan(value) || !ends_at(base, edge)) continue;
        const double distance = std::abs(edge.bound - value);
        const double steps = distance / comparable_step(edge.measure);
        if (nearest && steps >= least_steps) continue;
        const double per_unit = std::round(1 / step_of(edge.measure));
        const double gap = std::floor(distance * per_unit + 1e-7) / per_unit;
        nearest = StopMargin{edge.rule, edge.measure, value, edge.bound, gap};
        least_steps = steps;
    }
    return nearest;
}

}  // namespace bitgrid::core
