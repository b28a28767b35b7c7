// The shipped story against the pure rules with their defaults: a short closed loop without engine,
// adapters, sockets.
#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "core/decide.hpp"
#include "sim/testing_house.hpp"

using namespace bitgrid;
using namespace bitgrid::sim;

namespace {

constexpr std::int64_t kBlockS = 600;

class Day {
public:
    explicit Day(const Story& story)
        : clock{*story.day}, house{clock, {}, shipped_home(kData), shipped_prices(kData), story} {
        memory.loads.push_back({});
    }

    void run() {
        for (std::int64_t s = 1; s <= 86'400; ++s) {
            clock.advance(1000);
            look(house.now());
            if (s % kBlockS == 0) tick();
            else if (miner_expected_on() &&
                     core::judge_safety(config, memory, state(), 0).is_binding)
                act(core::Trigger::SafetyAsync);
        }
    }

    std::set<std::string, std::less<>> codes;

private:
    inline static const std::filesystem::path kData{"data"};

    bool hears_plant() const { return house.faults().link(Device::Inverter) == Link::Up; }

    void look(const HousePhysics& now) {
        if (hears_plant()) {
            last_plant = now.time();
            pv_w += now.flows().pv_w;
            house_w += now.flows().house_w + now.flows().car_w;
            grid_w += now.flows().grid_w;
            ++seconds;
        }
        if (house.faults().link(Device::Miner) == Link::Up && now.miner.is_answering())
            last_miner = now.time();
    }

    bool miner_expected_on() const {
        const auto now = house.physics().time();
        return memory.loads[0].target.is_on() && now - commanded >= 180'000;
    }

    core::EnergyState state() const {
        using core::admit, core::Signal;
        const HousePhysics& now = house.physics();
        const auto plant_age = static_cast<std::int32_t>(now.time() - last_plant);
        const auto miner_age = static_cast<std::int32_t>(now.time() - last_miner);
        const double n = static_cast<double>(std::max<std::int64_t>(seconds, 1));
        core::EnergyState state;
        state.time = now.time();
        state.site.pv_power = admit<core::Watts>(Signal::PvPower, pv_w / n, plant_age);
        state.site.house_load = admit<core::Watts>(Signal::HouseLoad, house_w / n, plant_age);
        state.site.grid_import =
            admit<core::Watts>(Signal::GridImport, std::max(grid_w / n, 0.0), plant_age);
        state.site.grid_export =
            admit<core::Watts>(Signal::GridExport, std::max(-grid_w / n, 0.0), plant_age);
        state.site.battery_soc =
            admit<core::Percent>(Signal::BatterySoc, now.battery.soc_pct(), plant_age);
        state.site.price =
            admit<core::CentPerKwh>(Signal::EnergyPrice, house.market().price_ct_kwh(now.time()));
        state.site.price_peak = admit<core::CentPerKwh>(Signal::EnergyPrice, peak());
        state.site.pv_forecast = admit<core::Kilowatts>(
            Signal::PvForecast,
            forecast_pv_w(now.recording().pv_w, now.time(), now.time() + 1'800'000, 0.15) / 1000);
        core::LoadReadings load;
        load.is_expected_on = miner_expected_on();
        if (now.miner.phase() == MinerPhase::Working)
            load.temp = admit<core::Celsius>(Signal::LoadTemp, now.miner.temp_c(), miner_age);
        load.heartbeat_age = admit<core::Seconds>(Signal::LoadHeartbeat, miner_age / 1000.0);
        load.power = admit<core::Watts>(Signal::LoadPower, now.miner.power_w(), 0);
        state.loads.push_back(load);
        return state;
    }

    double peak() const {
        double most = -1000;
        for (std::int64_t ahead = 0; ahead <= 1'800'000; ahead += 900'000)
            most = std::max(most, house.market().price_ct_kwh(house.physics().time() + ahead));
        return most;
    }

    void tick() {
        act(core::Trigger::BlockTick);
        pv_w = house_w = grid_w = 0;
        seconds = 0;
    }

    void act(core::Trigger trigger) {
        const core::Target before = memory.loads[0].target;
        core::Occasion occasion;
        occasion.trigger = trigger;
        const core::Outcome outcome = core::decide(config, memory, state(), occasion);
        memory = outcome.memory;
        const core::LoadDecision& decision = outcome.decisions[0];
        codes.insert(std::string{core::name_of(decision.code)});
        if (memory.loads[0].target == before) return;
        command(memory.loads[0].target);
    }

    void command(core::Target target) {
        HousePhysics& now = house.now();
        if (!target.is_on()) {
            now.miner.stop();
            if (house.faults().link(Device::Miner) != Link::Up)
                now.miner_plug.set(false, std::nullopt);
            return;
        }
        commanded = now.time();
        now.miner_plug.set(true, std::nullopt);
        now.miner.set_mode(target.level == core::Level::Full ? WorkMode::Super : WorkMode::Eco);
        now.miner.start();
    }

    core::Config config;
    core::Memory memory;
    net::ManualClock clock;
    House house;
    core::UnixTime last_plant{}, last_miner{}, commanded{};
    double pv_w{0}, house_w{0}, grid_w{0};
    std::int64_t seconds{0};
};

TEST(StoryDay, MakesEveryRuleActWithItsDefaults) {
    const auto story = read_story("data/stories/day.story");
    ASSERT_TRUE(story) << story.error().what;
    ASSERT_TRUE(story->day);
    Day day{*story};
    day.run();
    for (const char* code :
         {"THROTTLE_R1_SURPLUS_THROTTLE", "START_R1_SURPLUS_OK", "STOP_R1_PRICE_TOO_HIGH",
          "STOP_R1_INSUFFICIENT_SURPLUS", "NOOP_R2_SOC_SOFT_MIN", "STOP_R2_SOC_HARD_MIN",
          "STOP_R2_GRID_IMPORT_EXCEEDED", "STOP_R3_OVERTEMP", "STOP_R3_LOCKOUT",
          "STOP_R3_MISSING_TELEMETRY", "NOOP_R4_FORECAST_PV_INSUFFICIENT",
          "NOOP_R4_FORECAST_PRICE_SPIKE", "NOOP_R5_MIN_RUNTIME_NOT_REACHED",
          "NOOP_R5_MIN_PAUSE_NOT_REACHED"})
        EXPECT_TRUE(day.codes.contains(code)) << code;
}

}  // namespace
