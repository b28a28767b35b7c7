#pragma once
// For tests: random houses, judged by the real rules, as the events that the narrator gets.
#include <cmath>
#include <map>
#include <random>
#include <vector>

#include "core/events.hpp"

namespace bitgrid::explain {

struct Told {
    core::Config config;
    core::DecisionEvent event;
};

class Corpus {
public:
    explicit Corpus(unsigned seed) : generator_{seed} {}

    /// `most` events of each code, one tick of a random house each, until `codes` codes have so
    /// many or the rolls are over.
    std::map<core::Code, std::vector<Told>> by_code(std::size_t most, std::size_t codes,
                                                    int rolls) {
        std::map<core::Code, std::vector<Told>> events;
        for (int i = 0; i < rolls && codes > 0; ++i) {
            Told told = next();
            auto& same = events[told.event.decision.code];
            if (same.size() == most) continue;
            prove(told);
            same.push_back(std::move(told));
            if (same.size() == most) --codes;
        }
        return events;
    }

private:
    bool chance(double p) { return std::uniform_real_distribution<>{0, 1}(generator_) < p; }
    int number(int low, int high) { return std::uniform_int_distribution<>{low, high}(generator_); }
    double value(double low, double high, double grid) {
        const double v = std::uniform_real_distribution<>{low, high}(generator_);
        return chance(0.6) ? v : std::round(v / grid) * grid;
    }

    Told next() {
        Told told;
        core::DecisionEvent& event = told.event;
        roll_config(told.config);
        event.time = event.state.time = {1'781'524'800'000 + number(0, 9) * 60'000};
        roll_memory(event.memory, told.config, event.time);
        roll_site(event.state.site);
        event.state.loads.push_back(roll_load(event.memory.loads[0].target.is_on()));
        event.state.is_shutting_down = chance(0.02);
        event.state.is_held_by_guard = chance(0.02);
        if (chance(0.03)) event.state.distrusted.add(core::Signal::PvPower);
        if (chance(0.03)) event.state.distrusted.add(core::Signal::BatterySoc);
        judge(told);
        if (event.decision.proposal && chance(0.5)) {
            event.memory.loads[0].accepted = event.decision.proposal;
            judge(told);
        }
        return told;
    }

    static void judge(Told& told) {
        core::DecisionEvent& event = told.event;
        event.decision = core::decide(told.config, event.memory, event.state).decisions[0];
    }

    static void prove(Told& told) {
        core::DecisionEvent& event = told.event;
        if (event.decision.target == core::kFull)
            event.margin = core::stop_margin(told.config, event.memory, event.state, 0);
        else event.foil = core::counterfactual(told.config, event.memory, event.state, 0);
    }

    void roll_config(core::Config& config) {
        config.loads[0].name = "Avalon";
        config.site.has_battery = chance(0.9);
        core::RuleConfig& rules = config.rules;
        if (chance(0.4)) rules.strategy = core::Strategy::SocBand;
        rules.battery_first = chance(0.1);
        if (chance(0.1)) rules.price_max.reset();
        if (chance(0.2)) rules.surplus_min = core::Kilowatts{1.25};
        if (chance(0.3)) rules.pv_start = core::Watts{1500};
        rules.require_ack = chance(0.4);
        if (chance(0.2)) rules.deadband_hold_blocks = 5;
        if (chance(0.35)) {
            config.policy.policy = static_cast<core::Policy>(number(0, 3));
            config.policy.feed_in = core::CentPerKwh{8};
            config.policy.avoided_import = core::CentPerKwh{30};
            config.policy.heat_value = core::CentPerKwh{12};
            config.policy.heat_useful = core::Percent{chance(0.5) ? 100.0 : 0.0};
            config.policy.btc_difficulty = 1e14;
            config.policy.btc_block_reward_sat = 3.2e8;
            if (chance(0.7)) config.policy.btc_price_eur = value(20'000, 120'000, 1000);
        }
    }

    void roll_memory(core::Memory& memory, const core::Config& config, core::UnixTime now) {
        core::LoadMemory load;
        const core::Target targets[] = {core::kOff, core::kOff, core::kEco, core::kFull};
        load.target = targets[number(0, 3)];
        load.mode = static_cast<core::Mode>(number(0, 5));
        if (chance(0.6)) {
            load.last_action = load.target.is_on() ? core::Action::Start : core::Action::Stop;
            load.unchanged_since = core::block_of(now, config.site.block_ms()) - number(0, 8);
        }
        if (chance(0.06))
            load.lockout = core::Lockout{static_cast<core::LockoutReason>(number(0, 3)),
                                         now + number(-60, 60) * 60'000, chance(0.5), false};
        if (chance(0.15)) load.wish = roll_wish(now);
        if (load.wish && load.wish->action == core::OverrideAction::Start)
            load.target = core::kFull;
        const int autonomy = number(0, 9);
        memory.autonomy =
            autonomy < 3 ? static_cast<core::AutonomyLevel>(autonomy) : core::AutonomyLevel::Full;
        memory.is_emergency = chance(0.02);
        memory.loads.push_back(load);
    }

    core::Override roll_wish(core::UnixTime now) {
        core::Override wish;
        wish.action = static_cast<core::OverrideAction>(number(0, 2));
        wish.limit = core::Watts{600};
        const bool is_over = chance(0.6);
        wish.until = now + (is_over ? -1 : number(1, 1'000)) * 60'000;
        const core::Target before[] = {core::kOff, core::kEco, core::kFull};
        if (chance(0.9)) wish.before = before[number(0, 2)];
        return wish;
    }

    void roll_site(core::SiteReadings& site) {
        using core::Signal;
        const double pv = value(0, 8000, 100);
        if (!chance(0.01)) site.pv_power = core::admit<core::Watts>(Signal::PvPower, pv);
        site.house_load = core::admit<core::Watts>(Signal::HouseLoad, value(100, 4000, 100));
        const bool imports = chance(0.15);
        site.grid_import =
            core::admit<core::Watts>(Signal::GridImport, imports ? value(300, 3000, 100) : 0);
        site.grid_export = core::admit<core::Watts>(Signal::GridExport, value(0, 300, 100));
        if (chance(0.03))
            site.fast_import_for = {core::Seconds{value(55, 90, 1)}, 0, core::Quality::Good};
        if (!chance(0.02))
            site.battery_soc = core::admit<core::Percent>(Signal::BatterySoc,
                                                          value(chance(0.2) ? 20 : 55, 100, 1));
        if (chance(0.7)) {
            const double price = value(5, 36, 1);
            site.price = core::admit<core::CentPerKwh>(Signal::EnergyPrice, price);
            site.price_peak = core::admit<core::CentPerKwh>(
                Signal::EnergyPrice, price + (chance(0.5) ? 0 : value(0, 10, 1)));
        }
        if (chance(0.5))
            site.pv_forecast = core::admit<core::Kilowatts>(Signal::PvForecast, value(0.5, 6, 0.1));
    }

    core::LoadReadings roll_load(bool is_on) {
        using core::Signal;
        core::LoadReadings load;
        load.is_expected_on = is_on;
        load.is_unconfirmed = chance(0.02);
        const double temp = chance(0.12) ? value(74, 88, 1) : value(30, 74, 1);
        if (is_on && !chance(0.01)) {
            load.temp = core::admit<core::Celsius>(Signal::LoadTemp, temp);
            const double age = chance(0.03) ? value(58, 4'000, 1) : value(0, 20, 1);
            load.heartbeat_age = core::admit<core::Seconds>(Signal::LoadHeartbeat, age);
        }
        if (!is_on && chance(0.3)) load.temp = core::admit<core::Celsius>(Signal::LoadTemp, temp);
        if (!is_on && chance(0.06)) {
            load.off_for = {core::Seconds{60}, 0, core::Quality::Good};
            load.power = core::admit<core::Watts>(Signal::LoadPower, value(20, 900, 1));
        }
        return load;
    }

    std::mt19937 generator_;
};

}  // namespace bitgrid::explain
