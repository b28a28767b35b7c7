#pragma once
// A house for the engine's tests: real rules on a clock moved by hand, with devices that remember.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/engine.hpp"
#include "engine/fake_world.hpp"

namespace bitgrid::engine::testing {

using core::Code;
using core::Signal;

inline constexpr std::int64_t kMinute = 60'000;
inline constexpr std::int64_t kBlock = 10 * kMinute;
inline constexpr core::UnixTime kTenOClock{1'781'517'600'000};  // 2026-06-15T10:00:00Z

/// A house with sun, a battery, a miner behind a relay and a heating rod.
class House : public ::testing::Test {
protected:
    House() {
        config.loads = {core::LoadConfig{}, core::LoadConfig{}};
        config.loads[1].id = "rod";
        config.loads[1].kind = core::LoadKind::Heater;
        config.loads[1].full_w = core::Watts{1000};
        config.loads[1].has_temperature = false;
        config.loads[1].can_throttle = false;
        begin();
    }

    void begin(std::optional<ports::Checkpoint> restored = std::nullopt) {
        engine.emplace(config, engine::Versions{"1", "cfg", "test"},
                       engine::Engine::Ports{clock, uuids, narrator, journal}, std::move(restored));
        engine->attach(0, miner, &relay);
        engine->attach(1, rod, nullptr);
        engine->start();
    }

    void site(Signal signal, double value) { engine->measured({signal, {}, value}); }
    void load(const char* id, Signal signal, double value) {
        engine->measured({signal, id, value});
    }

    /// Everything reports, once in five seconds, for so long. Loads draw what they were told.
    void live(std::int64_t ms) {
        for (std::int64_t t = 0; t < ms; t += 5'000) {
            report();
            clock.advance(std::min<std::int64_t>(5'000, ms - t));
        }
    }
    // What lives moves a little, and what flows in flows out.
    void report() {
        wobble = 1 - wobble;
        const double drawn = ignores_stop && miner_w > 0 ? miner_w : watts_of(miner);
        miner_w = relay.is_closed ? drawn : 0;
        const double shown_w = welded ? 1674 : miner_w;
        const double rod_w = rod.last().is_on() ? 1000 : 0;
        const double battery_w = 2 * wobble - 1;
        if (has_site) {
            const double left_w = pv_w - 400 - shown_w - rod_w + battery_w;
            site(Signal::PvPower, pv_stands_still ? pv_w : pv_w + wobble);
            site(Signal::HouseLoad, 400 + wobble);
            site(Signal::GridImport, import_w > 0 ? import_w : std::max(-left_w, 0.0));
            site(Signal::GridExport, import_w > 0 ? 0 : std::max(left_w, 0.0));
            site(Signal::BatterySoc, soc);
            site(Signal::BatteryPower, battery_w);
        }
        if (miner_reports) {
            load("miner", Signal::LoadTemp, temp_c + wobble / 10);
            engine->alive("miner");
        }
        load("miner", Signal::LoadPower, shown_w > 0 ? shown_w + wobble / 10 : 0);
        load("rod", Signal::LoadPower, rod_w > 0 ? rod_w + wobble / 10 : 0);
        engine->alive("rod");
    }
    static double watts_of(const engine::fake::Driver& driver) {
        const bool is_on = driver.last().is_on();
        return is_on ? driver.commands.back().watts.value : 5;
    }
    void live_until_started() {
        live(kBlock + kMinute);
        ASSERT_EQ(miner.last(), core::kFull);
    }
    core::HealthLevel health_of(std::string_view part) const {
        for (const ports::PartHealth& known : engine->look().health)
            if (known.part == part) return known.level;
        return core::HealthLevel::Ok;
    }
    Code last_code(std::size_t load) const {
        return engine->look().loads[load].last_decision->decision.code;
    }

    core::Config config;
    engine::fake::Clock clock{kTenOClock};
    engine::UuidSource uuids{7};
    engine::fake::Narrator narrator;
    engine::fake::Journal journal;
    engine::fake::Driver miner, rod;
    engine::fake::Relay relay;
    std::optional<engine::Engine> engine;
    bool has_site{true}, miner_reports{true}, ignores_stop{false}, welded{false};
    bool pv_stands_still{false};
    double pv_w{4000}, import_w{0}, soc{80}, temp_c{60}, miner_w{0}, wobble{0};
};

}  // namespace bitgrid::engine::testing
