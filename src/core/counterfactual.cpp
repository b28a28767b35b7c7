#include "core/counterfactual.hpp"

#include <algorithm>
#include <cmath>

#include "core/hypothesis.hpp"
#include "core/rules/r3_safety.hpp"

namespace bitgrid::core {
namespace {

bool can_signals_help(const Memory& memory, const EnergyState& state, const LoadDecision& now) {
    const bool rules_decide =
        memory.autonomy == AutonomyLevel::Full || memory.autonomy == AutonomyLevel::Semi;
    return rules_decide && !memory.is_emergency && !memory.loads[now.load].wish &&
           !state.is_shutting_down && !state.is_held_by_guard &&
           !state.loads[now.load].is_unconfirmed && now.missing.empty();
}

std::int64_t blocks_to_wait(const RuleConfig& rules, bool is_on) {
    return std::max(is_on ? rules.min_runtime_blocks : rules.min_pause_blocks,
                    rules.deadband_hold_blocks);
}

// R5's holds and a lockout end by themselves; the rules start a load only at a block's start.
std::optional<UnixTime> first_free_block(const Hypothesis& h) {
    const LoadMemory& memory = h.load_memory();
    const std::int64_t block_ms = h.config().site.block_ms();
    const BlockId now = block_of(h.state().time, block_ms);
    BlockId free = now;
    const std::int64_t wait = blocks_to_wait(h.config().rules, memory.target.is_on());
    if (memory.last_action && memory.unchanged_since && wait > 0)
        free = std::max(free, *memory.unchanged_since + wait);
    if (memory.lockout && h.state().time < memory.lockout->until)
        free = std::max(free, block_of(memory.lockout->until + (block_ms - 1), block_ms));
    if (free == now) return std::nullopt;
    return block_start(free, block_ms);
}

/// Moves a measure down to `highest` where it is above.
bool lower(Hypothesis& h, Rule rule, Measure measure, double highest) {
    return !(h.value(measure) > highest) || h.change(rule, measure, highest);
}

bool make_safe(Hypothesis& h) {
    const RuleConfig& rules = h.config().rules;
    const LoadReadings& load = h.readings();
    const auto& lockout = h.load_memory().lockout;
    double coolest = std::min(rules.max_chip_temp.value, kHardMaxChipTemp.value);
    if (lockout) coolest = std::min(coolest, rules.t_resume.value);

    if (!lower(h, Rule::R3, Measure::TempC, coolest)) return false;
    if (load.is_expected_on && !lower(h, Rule::R3, Measure::HeartbeatAgeS,
                                      std::min(rules.comm_timeout.value, kHardCommTimeout.value)))
        return false;
    if (load.off_for && load.off_for->value >= rules.stop_confirm.value &&
        !lower(h, Rule::R3, Measure::OffPowerW, standby_of(rules, h.load_config()).value))
        return false;
    if (lockout && needs_ack(*lockout, rules) && !lockout->is_acked)
        return h.change(Rule::R3, Measure::Unacknowledged, 0);
    return true;
}

// The price of now and the highest one ahead are one signal where now is the highest.
bool make_affordable(Hypothesis& h) {
    const RuleConfig& rules = h.config().rules;
    const double price = h.value(Measure::EnergyPrice);
    const double peak = h.value(Measure::PricePeak);
    const double below_spike = rules.price_spike_threshold.value - step_of(Measure::PricePeak);
    const bool is_spike =
        !h.load_memory().target.is_on() && peak >= rules.price_spike_threshold.value;
    const bool is_dear = !h.uses_soc_band() && rules.price_max && price > rules.price_max->value;
    const double price_max = is_dear ? rules.price_max->value : 0;

    if (is_spike && peak <= price) {
        const bool is_r1_tighter = is_dear && price_max <= below_spike;
        return h.change(is_r1_tighter ? Rule::R1 : Rule::R4, Measure::EnergyPrice,
                        is_r1_tighter ? price_max : below_spike);
    }
    if (is_spike && !h.change(Rule::R4, Measure::PricePeak, below_spike)) return false;
    return !is_dear || lower(h, Rule::R1, Measure::EnergyPrice, price_max);
}

bool make_sunny(Hypothesis& h) {
    const double needed = h.config().rules.min_predicted_surplus.value;
    if (h.load_memory().target.is_on() || !(h.value(Measure::PvForecastKw) < needed)) return true;
    return h.change(Rule::R4, Measure::PvForecastKw, needed);
}

double needed_surplus(const Hypothesis& h) {
    const RuleConfig& rules = h.config().rules;
    const double least = least_surplus(rules, h.load_config()).value;
    return h.load_memory().target.is_on() ? std::max(least, rules.surplus_min.value) : least;
}

/// A state of charge that might do, and the rule that asks for it.
struct Charge {
    Rule rule;
    double soc;
};
using Charges = BoundedList<Charge, 8>;

bool lower_import(Hypothesis& h) {
    return lower(h, Rule::R2, Measure::NetImportW, h.config().rules.max_grid_import.value);
}

bool is_running_as_wanted(const Hypothesis& h) {
    const Action action = h.judge().action();
    const bool is_eco_enough = !h.load_memory().target.is_on();
    return action == Action::Start || (is_eco_enough && action == Action::Throttle);
}

// Above R2's soft band the battery may still want the sun for itself: up to where it leaves enough?
void add_charge_that_leaves_enough(Charges& charges, const Hypothesis& h, double from_soc) {
    const double until = std::ceil(h.config().rules.battery_first_until.value);
    for (double soc = std::floor(from_soc) + 1; soc <= until; ++soc) {
        Hypothesis charged = h;
        if (!charged.change(Rule::R1, Measure::BatterySocPct, soc) || !lower_import(charged))
            return;
        if (!is_running_as_wanted(charged)) continue;
        charges.push_back({Rule::R1, soc});
        return;
    }
}

Charges charges_to_try(const Hypothesis& h) {
    const RuleConfig& rules = h.config().rules;
    Charges charges;
    double soc = h.value(Measure::BatterySocPct);
    if (!h.config().site.has_battery) {
        charges.push_back({Rule::R2, soc});
        return charges;
    }
    if (h.uses_soc_band()) {
        charges.push_back({Rule::R1, soc});
        for (const Percent edge : {rules.soc_stop, rules.soc_eco_start, rules.soc_standard_stop,
                                   rules.soc_standard, rules.soc_super_stop, rules.soc_super})
            if (edge.value > soc) charges.push_back({Rule::R1, edge.value});
    } else {
        const double highest = spec_of(Signal::BatterySoc).max;
        const double reserve = std::max(rules.soc_hard_min.value, rules.soc_soft_min.value);
        if (!(soc > reserve)) soc = std::max(reserve, std::min(reserve + 1, highest));
        charges.push_back({Rule::R2, soc});
        if (rules.battery_first) add_charge_that_leaves_enough(charges, h, soc);
    }
    // A full battery takes nothing any more: the surplus must go another way.
    const EnergyPathDecision path = judge_energy_path(h.config(), h.state(), 1);
    if (path.preferred == Path::Store) charges.push_back({Rule::R1, 100});
    return charges;
}

class Search {
public:
    explicit Search(Hypothesis base) : base_{std::move(base)} {}

    std::optional<Hypothesis> nearest() {
        for (const Charge& charge : charges_to_try(base_)) {
            try_with(charge, false);
            if (base_.uses_soc_band()) try_with(charge, true);
        }
        return best_;
    }

private:
    void try_with(const Charge& charge, bool with_pv_start) {
        Hypothesis h = base_;
        if (charge.soc > h.value(Measure::BatterySocPct) &&
            !h.change(charge.rule, Measure::BatterySocPct, charge.soc))
            return;
        const Measure sun = h.uses_soc_band() ? Measure::PvPowerW : Measure::SurplusKw;
        const double needed =
            h.uses_soc_band() ? h.config().rules.pv_start.value : needed_surplus(h);
        const bool is_dark = h.value(sun) < needed;
        if (h.uses_soc_band() ? !with_pv_start : !is_dark) return keep_with_grid(h);
        if (!is_dark) return;

        // More sun also lowers the import: where that is enough, the import needs no change.
        Hypothesis sunnier = h;
        if (sunnier.change(Rule::R1, sun, sun_that_frees_grid(h, sun, needed)) &&
            grid_excess_w(sunnier) <= 0)
            keep(sunnier);
        else if (h.change(Rule::R1, sun, needed)) keep_with_grid(h);
    }

    static double grid_excess_w(const Hypothesis& h) {
        return h.value(Measure::NetImportW) - h.config().rules.max_grid_import.value;
    }

    static double sun_that_frees_grid(const Hypothesis& h, Measure sun, double needed) {
        const double watt = sun == Measure::PvPowerW ? 1 : 0.001;
        // A millionth more against the last bit of the sum.
        const double freeing = (h.value(sun) / watt + grid_excess_w(h) + 1e-6) * watt;
        return grid_excess_w(h) > (needed - h.value(sun)) / watt ? freeing : needed;
    }

    void keep_with_grid(Hypothesis h) {
        if (lower_import(h)) keep(h);
    }

    void keep(const Hypothesis& h) {
        if (!is_running_as_wanted(h)) return;
        const double effort = effort_of(h.changes());
        if (best_ && (h.changes().size() > best_->changes().size() ||
                      (h.changes().size() == best_->changes().size() && effort >= least_effort_)))
            return;
        best_.emplace(h);
        least_effort_ = effort;
    }

    static double effort_of(const Changes& changes) {
        double effort = 0;
        for (const Change& c : changes) effort += c.gap / comparable_step(c.measure);
        return effort;
    }

    Hypothesis base_;
    std::optional<Hypothesis> best_;
    double least_effort_{0};
};

}  // namespace

std::optional<Counterfactual> counterfactual(const Config& config, const Memory& memory,
                                             const EnergyState& state, std::size_t load) {
    const Outcome now = decide(config, memory, state);
    const Level level = now.memory.loads[load].target.level;
    if (level == Level::Full || level == Level::Limited) return std::nullopt;
    if (!can_signals_help(now.memory, state, now.decisions[load])) return std::nullopt;

    Hypothesis base{config, now.memory, state, load};
    const auto not_before = first_free_block(base);
    if (not_before) base.move_to(*not_before);
    if (!make_safe(base) || !make_affordable(base) || !make_sunny(base)) return std::nullopt;

    const auto best = Search{base}.nearest();
    if (!best || (best->changes().empty() && !not_before)) return std::nullopt;
    return Counterfactual{best->judge().action(), best->changes(), not_before, true};
}

}  // namespace bitgrid::core
