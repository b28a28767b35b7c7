// The counterfactual against brute force, over random houses: its figures in one place.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "core/counterfactual.hpp"

using namespace bitgrid::core;

namespace {

constexpr BlockId kNow = 2'969'682;
constexpr int kStates = 24'000;

class Dice {
public:
    explicit Dice(unsigned seed) : generator_{seed} {}
    bool chance(double p) { return std::uniform_real_distribution<>{0, 1}(generator_) < p; }
    int number(int low, int high) { return std::uniform_int_distribution<>{low, high}(generator_); }
    /// Half of the values on a grid, so that they hit bounds exactly.
    double value(double low, double high, double grid) {
        const double v = std::uniform_real_distribution<>{low, high}(generator_);
        return chance(0.5) ? v : std::round(v / grid) * grid;
    }

private:
    std::mt19937 generator_;
};

struct House {
    bool is_price_peak_now{false};
    Config config;
    Memory memory;
    EnergyState state;
};

void roll_thresholds(Dice& dice, RuleConfig& rules) {
    rules.soc_hard_min = Percent{dice.value(5, 60, 1)};
    rules.soc_soft_min = Percent{dice.value(5, 80, 1)};
    rules.surplus_throttle_min = Kilowatts{dice.value(0.1, 1.5, 0.1)};
    rules.surplus_min = Kilowatts{dice.value(0.5, 3, 0.1)};
    rules.max_grid_import = Watts{dice.value(0, 1000, 100)};
    rules.max_chip_temp = Celsius{dice.value(70, 95, 1)};
    rules.t_resume = Celsius{dice.value(50, 80, 1)};
    rules.comm_timeout = Seconds{dice.value(20, 80, 1)};
    rules.price_spike_threshold = CentPerKwh{dice.value(20, 40, 1)};
    rules.min_predicted_surplus = Kilowatts{dice.value(0, 4, 0.1)};
    rules.deadband_hold_blocks = dice.number(0, 5);
    rules.min_runtime_blocks = dice.number(0, 5);
}

void roll_rules(Dice& dice, Config& config) {
    RuleConfig& rules = config.rules;
    config.site.has_battery = dice.chance(0.85);
    if (dice.chance(0.3)) rules.strategy = Strategy::SocBand;
    rules.battery_first = dice.chance(0.2);
    if (dice.chance(0.15)) rules.battery_may_feed = Watts{500};
    if (dice.chance(0.2)) rules.price_max.reset();
    if (dice.chance(0.2)) rules.price_max = CentPerKwh{35};
    rules.require_ack = dice.chance(0.3);
    rules.min_pause_blocks = dice.number(0, 4);
    if (dice.chance(0.4)) roll_thresholds(dice, rules);
    if (dice.chance(0.2)) config.policy.policy = Policy::Adaptive;
    else if (dice.chance(0.1)) config.policy.policy = Policy::ExportFirst;
    if (dice.chance(0.5)) config.policy.avoided_import = CentPerKwh{30};
}

void roll_memory(Dice& dice, LoadMemory& memory, UnixTime now) {
    const Target targets[] = {kOff, kOff, kEco, kEco, kFull};
    memory.target = targets[dice.number(0, 4)];
    memory.mode = static_cast<Mode>(dice.number(0, 5));
    if (dice.chance(0.8)) {
        memory.last_action = memory.target.is_on() ? Action::Start : Action::Stop;
        memory.unchanged_since = kNow - dice.number(-1, 6);
    }
    if (!memory.target.is_on() && dice.chance(0.2))
        memory.lockout = Lockout{static_cast<LockoutReason>(dice.number(0, 3)),
                                 now + dice.number(-60, 60) * 60'000, dice.chance(0.5), false};
    if (dice.chance(0.05)) {
        memory.wish = Override{};
        memory.wish->action = static_cast<OverrideAction>(dice.number(0, 2));
        memory.wish->until = now + dice.number(-10, 60) * 60'000;
    }
}

void roll_site(Dice& dice, SiteReadings& site) {
    site.pv_power = admit<Watts>(Signal::PvPower, dice.value(-50, 9000, 100));
    site.house_load = admit<Watts>(Signal::HouseLoad, dice.value(0, 4000, 100));
    site.grid_import = admit<Watts>(Signal::GridImport, dice.value(0, 2000, 100));
    if (dice.chance(0.8))
        site.grid_export = admit<Watts>(Signal::GridExport, dice.value(0, 2000, 100));
    if (dice.chance(0.97))
        site.battery_soc = admit<Percent>(Signal::BatterySoc, dice.value(30, 100, 1));
    if (dice.chance(0.7)) {
        const double price = dice.value(5, 45, 1);
        site.price = admit<CentPerKwh>(Signal::EnergyPrice, price);
        if (dice.chance(0.8))
            site.price_peak = admit<CentPerKwh>(
                Signal::EnergyPrice, dice.chance(0.5) ? price : price + dice.value(0, 15, 1));
    }
    if (dice.chance(0.7))
        site.pv_forecast = admit<Kilowatts>(Signal::PvForecast, dice.value(0, 5, 0.1));
}

LoadReadings roll_readings(Dice& dice, bool is_on) {
    LoadReadings load;
    load.is_expected_on = is_on;
    if (is_on || dice.chance(0.5))
        load.temp = admit<Celsius>(Signal::LoadTemp, dice.value(40, 98, 1));
    if (is_on) load.heartbeat_age = admit<Seconds>(Signal::LoadHeartbeat, dice.value(0, 90, 1));
    if (!is_on && dice.chance(0.1)) {
        load.off_for = Reading<Seconds>{Seconds{60}, 0, Quality::Good};
        load.power = admit<Watts>(Signal::LoadPower, dice.value(0, 60, 1));
    }
    return load;
}

House roll(Dice& dice) {
    House house;
    roll_rules(dice, house.config);
    house.config.loads[0].can_throttle = !dice.chance(0.25);
    if (dice.chance(0.25)) house.config.loads.push_back(LoadConfig{.id = "second"});
    house.state.time = block_start(kNow, house.config.site.block_ms()) + dice.number(0, 9) * 60'000;
    roll_site(dice, house.state.site);
    for (std::size_t i = 0; i < house.config.loads.size(); ++i) {
        LoadMemory memory;
        roll_memory(dice, memory, house.state.time);
        house.memory.loads.push_back(memory);
        house.state.loads.push_back(roll_readings(dice, memory.target.is_on()));
    }
    if (dice.chance(0.06)) house.memory.autonomy = AutonomyLevel::Manual;
    else if (dice.chance(0.06)) house.memory.autonomy = AutonomyLevel::Assist;
    else if (dice.chance(0.1)) house.memory.autonomy = AutonomyLevel::Semi;
    house.memory.is_emergency = dice.chance(0.02);
    const SiteReadings& site = house.state.site;
    house.is_price_peak_now =
        site.price && site.price_peak && site.price_peak->value <= site.price->value;
    // Twice: on the first tick a wish may end, on the next the rules are free.
    for (int tick = 0; tick < 2; ++tick)
        house.memory = decide(house.config, house.memory, house.state).memory;
    return house;
}

Action action_of(const House& house, std::size_t load) {
    return decide(house.config, house.memory, house.state).decisions[load].action();
}

void set_net(SiteReadings& site, double watts) {
    site.grid_import = admit<Watts>(Signal::GridImport, std::max(watts, 0.0));
    site.grid_export = admit<Watts>(Signal::GridExport, std::max(-watts, 0.0));
}
double net(const SiteReadings& s) {
    return s.grid_import->value - (s.grid_export ? s.grid_export->value : 0);
}

void add_sun(House& house, double watts) {
    SiteReadings& site = house.state.site;
    const double net_w = net(site);
    site.pv_power = admit<Watts>(Signal::PvPower, std::max(site.pv_power->value, 0.0) + watts);
    set_net(site, net_w - watts);
}

double surplus_left(const House& house, std::size_t load) {
    return decide(house.config, house.memory, house.state).decisions[load].surplus_kw;
}

// Adds what is missing until nothing is: loads before this one may take their part of it.
void brighten(House& house, std::size_t load, double to_kw) {
    for (int i = 0; i < 20; ++i) {
        const double short_w = (to_kw - surplus_left(house, load)) * 1000;
        if (short_w <= 0) return;
        add_sun(house, short_w + 1e-6);
    }
}

void apply(House& house, std::size_t load, Measure measure, double to) {
    SiteReadings& site = house.state.site;
    LoadReadings& own = house.state.loads[load];
    switch (measure) {
        case Measure::SurplusKw:
            return brighten(house, load, to);
        case Measure::PvPowerW:
            return add_sun(house, to - std::max(site.pv_power->value, 0.0));
        case Measure::NetImportW:
            return set_net(site, to);
        case Measure::BatterySocPct:
            site.battery_soc.value = Percent{to};
            return;
        case Measure::PvForecastKw:
            site.pv_forecast.value = Kilowatts{to};
            return;
        case Measure::TempC:
            own.temp.value = Celsius{to};
            return;
        case Measure::HeartbeatAgeS:
            own.heartbeat_age.value = Seconds{to};
            return;
        case Measure::OffPowerW:
            own.power.value = Watts{to};
            return;
        case Measure::Unacknowledged:
            house.memory.loads[load].lockout->is_acked = to < 1;
            return;
        case Measure::EnergyPrice:
            if (house.is_price_peak_now || (site.price_peak && site.price_peak->value < to))
                site.price_peak.value = CentPerKwh{to};
            site.price.value = CentPerKwh{to};
            return;
        case Measure::PricePeak:
            site.price_peak.value = CentPerKwh{to};
            if (site.price && site.price->value > to) site.price.value = CentPerKwh{to};
            return;
        default:
            FAIL() << "no such change: " << name_of(measure);
    }
}

constexpr std::size_t kNone = 99;

/// The house with all changes but one, which is left out or made smaller by a step.
House changed(House house, std::size_t load, const Counterfactual& foil, std::size_t spared = kNone,
              bool is_dropped = false) {
    if (foil.not_before) house.state.time = *foil.not_before;
    for (std::size_t i = 0; i < foil.changes.size(); ++i) {
        const Change& c = foil.changes[i];
        if (i != spared) {
            apply(house, load, c.measure, c.to);
        } else if (!is_dropped) {
            // A whole step, and the last bit of the sum.
            const double step = step_of(c.measure) + 1e-9;
            const double weaker =
                c.to > c.from ? std::max(c.to - step, c.from) : std::min(c.to + step, c.from);
            if (c.measure == Measure::SurplusKw && load == 0) {
                // The other changes stay: a tenth of a kilowatt less than would do.
                House probe = house;
                brighten(probe, load, c.to);
                add_sun(house, probe.state.site.pv_power->value -
                                   std::max(house.state.site.pv_power->value, 0.0) - 100);
            } else if (c.measure != Measure::SurplusKw) {
                apply(house, load, c.measure, weaker);
            }
        }
    }
    return house;
}

bool is_wanted(Action action, bool was_on) {
    return action == Action::Start || (!was_on && action == Action::Throttle);
}

struct Move {
    Measure measure;
    double to;
};

/// Every signal of the first load and every value worth trying: all bounds and one step beyond.
std::vector<Move> moves_of(const House& house) {
    const RuleConfig& r = house.config.rules;
    const SiteReadings& site = house.state.site;
    const LoadReadings& own = house.state.loads[0];
    std::vector<Move> moves;
    if (site.battery_soc)
        for (const double soc : {r.soc_hard_min.value + 1, r.soc_soft_min.value + 1, 58.0, 75.0,
                                 80.0, 85.0, 90.0, 100.0})
            if (soc > site.battery_soc->value) moves.push_back({Measure::BatterySocPct, soc});
    if (r.strategy == Strategy::SocBand && site.pv_power->value < r.pv_start.value)
        moves.push_back({Measure::PvPowerW, r.pv_start.value});
    for (const double kw : {r.surplus_throttle_min.value, r.surplus_min.value})
        if (kw > surplus_left(house, 0)) moves.push_back({Measure::SurplusKw, kw});
    if (net(site) > r.max_grid_import.value)
        moves.push_back({Measure::NetImportW, r.max_grid_import.value});
    const double below_spike = r.price_spike_threshold.value - 0.1;
    if (site.price)
        for (const double ct : {r.price_max.value_or(CentPerKwh{25}).value, below_spike})
            if (ct < site.price->value) moves.push_back({Measure::EnergyPrice, ct});
    if (site.price_peak && site.price_peak->value > below_spike)
        moves.push_back({Measure::PricePeak, below_spike});
    if (site.pv_forecast) moves.push_back({Measure::PvForecastKw, r.min_predicted_surplus.value});
    if (own.temp)
        for (const double c : {r.max_chip_temp.value, r.t_resume.value})
            if (c < own.temp->value) moves.push_back({Measure::TempC, c});
    if (own.heartbeat_age && own.heartbeat_age->value > r.comm_timeout.value)
        moves.push_back({Measure::HeartbeatAgeS, r.comm_timeout.value});
    if (own.off_for && own.power) moves.push_back({Measure::OffPowerW, 30});
    if (house.memory.loads[0].lockout) moves.push_back({Measure::Unacknowledged, 0});
    return moves;
}

/// Whether some choice of at most `most` moves makes the first load run.
bool brute_force(const House& house, std::size_t most, bool was_on, const std::vector<Move>& moves,
                 std::size_t from = 0) {
    if (is_wanted(action_of(house, 0), was_on)) return true;
    if (most == 0) return false;
    for (std::size_t i = from; i < moves.size(); ++i) {
        // The sun last, as what it must add depends on the rest; grid after it.
        House next = house;
        apply(next, 0, moves[i].measure, moves[i].to);
        if (brute_force(next, most - 1, was_on, moves, i + 1)) return true;
    }
    return false;
}

bool may_help(const House& house, std::size_t load) {
    const Level level = house.memory.loads[load].target.level;
    const auto missing = decide(house.config, house.memory, house.state).decisions[load].missing;
    return (level == Level::Off || level == Level::Eco) && !house.memory.loads[load].wish &&
           (house.memory.autonomy == AutonomyLevel::Full ||
            house.memory.autonomy == AutonomyLevel::Semi) &&
           !house.memory.is_emergency && missing.empty();
}

class Corpus : public testing::Test {
protected:
    template <class Check>
    int each(int count, Check&& check) {
        Dice dice{20'260'615};
        int foils = 0;
        for (int i = 0; i < count && !HasFailure(); ++i) {
            const House house = roll(dice);
            for (std::size_t load = 0; load < house.config.loads.size(); ++load) {
                SCOPED_TRACE("state " + std::to_string(i) + " load " + std::to_string(load));
                const auto foil = counterfactual(house.config, house.memory, house.state, load);
                foils += foil ? 1 : 0;
                check(house, load, foil);
            }
        }
        return foils;
    }
};

TEST_F(Corpus, EveryCounterfactualLeadsToTheWantedAction) {
    const int foils = each(kStates, [](const House& house, std::size_t load, const auto& foil) {
        if (!foil) return;
        EXPECT_TRUE(foil->is_verified);
        EXPECT_TRUE(is_wanted(foil->wanted, house.memory.loads[load].target.is_on()));
        const Action action = action_of(changed(house, load, *foil), load);
        EXPECT_TRUE(is_wanted(action, house.memory.loads[load].target.is_on()));
        // A later load's surplus jumps with the loads before it: strides may overshoot.
        if (load == 0) {
            EXPECT_EQ(name_of(action), name_of(foil->wanted));
        }
        for (const Change& c : foil->changes) {
            EXPECT_GE(c.gap, std::abs(c.to - c.from) - 1e-6) << "who reaches the gap, gets it";
            EXPECT_LT(c.gap, std::abs(c.to - c.from) + step_of(c.measure)) << "and not more";
            EXPECT_GT(c.gap, 0);
        }
    });
    RecordProperty("counterfactuals", foils);
    EXPECT_GT(foils, 15'000);
}

TEST_F(Corpus, DroppingOrWeakeningAnyChangeBreaksIt) {
    int broken = 0;
    each(kStates, [&](const House& house, std::size_t load, const auto& foil) {
        if (!foil) return;
        const bool was_on = house.memory.loads[load].target.is_on();
        for (std::size_t c = 0; c < foil->changes.size(); ++c) {
            for (const bool is_dropped : {true, false}) {
                const House less = changed(house, load, *foil, c, is_dropped);
                EXPECT_FALSE(is_wanted(action_of(less, load), was_on))
                    << name_of(foil->changes[c].measure) << (is_dropped ? " dropped" : " weakened");
                ++broken;
            }
        }
        if (foil->not_before) {
            Counterfactual sooner = *foil;
            *sooner.not_before = *foil->not_before + -house.config.site.block_ms();
            EXPECT_FALSE(is_wanted(action_of(changed(house, load, sooner), load), was_on));
            ++broken;
        }
    });
    RecordProperty("broken", broken);
    EXPECT_GT(broken, 30'000);
}

TEST_F(Corpus, BruteForceFindsNothingWithFewerChanges) {
    int searched = 0;
    each(3'000, [&](const House& house, std::size_t load, const auto& foil) {
        if (load != 0 || house.config.loads.size() > 1 || !foil || foil->changes.empty()) return;
        House later = house;
        if (foil->not_before) later.state.time = *foil->not_before;
        const std::size_t fewer = std::min<std::size_t>(foil->changes.size() - 1, 3);
        EXPECT_FALSE(
            brute_force(later, fewer, house.memory.loads[0].target.is_on(), moves_of(later)));
        ++searched;
    });
    EXPECT_GT(searched, 1'000);
}

TEST_F(Corpus, WhereNoneIsNamedBruteForceFindsNoneEither) {
    int searched = 0;
    each(6'000, [&](const House& house, std::size_t load, const auto& foil) {
        if (load != 0 || house.config.loads.size() > 1 || foil || !may_help(house, 0)) return;
        const bool was_on = house.memory.loads[0].target.is_on();
        if (is_wanted(action_of(house, 0), was_on)) return;
        House later = house;
        later.state.time = later.state.time + 1'000 * house.config.site.block_ms();
        EXPECT_FALSE(brute_force(later, 3, was_on, moves_of(later)));
        ++searched;
    });
    RecordProperty("searched", searched);
    EXPECT_GT(searched, 100);
}

TEST_F(Corpus, CrossingTheStopMarginEndsTheRunAndStayingWithinDoesNot) {
    int margins = 0;
    each(kStates, [&](const House& house, std::size_t load, const auto&) {
        const auto margin = stop_margin(house.config, house.memory, house.state, load);
        const bool is_on = house.memory.loads[load].target.is_on();
        EXPECT_TRUE(is_on || !margin);
        if (!margin || load != 0) return;
        ++margins;
        const double direction = margin->bound >= margin->value &&
                                         margin->measure != Measure::SurplusKw &&
                                         margin->measure != Measure::BatterySocPct
                                     ? 1
                                     : -1;
        const auto moved_to = [&](double to) {
            House moved = house;
            if (margin->measure == Measure::SurplusKw)
                add_sun(moved, (to - surplus_left(house, 0)) * 1000);
            else apply(moved, 0, margin->measure, to);
            return decide(moved.config, moved.memory, moved.state).decisions[0].target.is_on();
        };
        EXPECT_FALSE(moved_to(margin->bound + direction * 1.001 * step_of(margin->measure)));
        if (margin->gap > 0 && margin->measure != Measure::SurplusKw) {
            EXPECT_TRUE(moved_to(margin->value + direction * margin->gap * 0.999));
        }
    });
    RecordProperty("margins", margins);
    EXPECT_GT(margins, 3'500);
}

}  // namespace
