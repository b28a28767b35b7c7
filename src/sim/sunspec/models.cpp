// What each SunSpec model says of the house: offsets count from the model's header.
#include <algorithm>
#include <cmath>

#include "sim/noise.hpp"
#include "sim/sunspec/plant.hpp"

namespace bitgrid::sim {
namespace {

constexpr double kAsleepBelowW = 5;
// Counters of a plant that has stood for some years.
constexpr double kPvWh = 21'500'000, kImportWh = 4'120'000, kExportWh = 9'330'000;
constexpr double kChargedWh = 3'400'000, kDischargedWh = 3'060'000;

enum State : std::uint16_t { kSleeping = 2, kMppt = 4 };
enum ChargeState : std::uint16_t {
    kEmpty = 2,
    kDischarging = 3,
    kCharging = 4,
    kFull = 5,
    kHolding = 6
};

bool sleeps(double pv_w, double battery_w) {
    return pv_w < kAsleepBelowW && !(std::abs(battery_w) > 1);
}

double volts(core::UnixTime t) { return 230 + 2 * smooth_noise(21, t.ms / 1000, 20); }

ChargeState charge_state(double battery_w, double soc_pct) {
    if (battery_w > 1) return kDischarging;
    if (battery_w < -1) return kCharging;
    if (soc_pct >= 99.9) return kFull;
    return soc_pct <= 0.1 ? kEmpty : kHolding;
}

// A power of one phase, a third of the whole, that keeps NaN.
double third(double watts) { return watts / 3; }

}  // namespace

void SunSpecPlant::add_common(SunSpecChain& chain, std::uint8_t unit) {
    chain.begin(1, 66);
    chain.text(2, 16, "BitGrid");
    chain.text(18, 16,
               unit == 200 ? "Simulated Meter"
               : unit == 2 ? "Simulated Hybrid"
                           : "Simulated Plant");
    chain.text(34, 8, "");
    chain.text(42, 8, "1.0");
    chain.text(50, 16, "SIM-" + std::to_string(unit));
    chain.u16(66, unit);
    chain.u16(67, 0x8000);
}

void SunSpecPlant::add_inverter(SunSpecChain& chain, bool is_hybrid) {
    const HousePhysics& house = house_.physics();
    const double pv_w = house_.shown("pv_power_w", house.flows().pv_w);
    const double battery_w = house_.shown("battery_power_w", house.flows().battery_w);
    const double ac_w = is_hybrid ? pv_w + battery_w : pv_w;
    const bool is_asleep = sleeps(pv_w, is_hybrid ? battery_w : 0);
    const double shown_w = is_asleep ? std::nan("") : ac_w;
    const double v = volts(house.time());

    chain.begin(103, 50, {6,  13, 14, 15, 17, 18, 19, 20, 21, 22, 23,
                          26, 28, 30, 31, 32, 33, 34, 35, 36, 37});
    for (std::uint16_t phase = 3; phase <= 5; ++phase)
        chain.u16(phase, std::abs(third(shown_w)) / v, -2);
    chain.u16(2, std::abs(shown_w) / v, -2);
    chain.scale(6, -2);
    for (std::uint16_t phase = 10; phase <= 12; ++phase) chain.u16(phase, v, -1);
    chain.scale(13, -1);
    chain.i16(14, shown_w);
    chain.scale(15, 0);
    chain.u16(16, 50 + 0.02 * smooth_noise(22, house.time().ms / 1000, 15), -2);
    chain.scale(17, -2);
    chain.u32(24, kPvWh + house.meters().pv_wh);
    chain.scale(26, 0);
    chain.i16(31, is_asleep ? std::nan("") : pv_w * 1.02);
    chain.scale(32, 0);
    chain.i16(33, 28 + pv_w / 300, -1);
    chain.scale(37, -1);
    chain.u16(38, is_asleep ? kSleeping : kMppt);
    chain.u32(40, 0);
    chain.u32(42, 0);
}

void SunSpecPlant::add_meter(SunSpecChain& chain) {
    const HousePhysics& house = house_.physics();
    const double grid_w = house_.shown("grid_power_w", house.flows().grid_w);
    const double v = volts(house.time());
    chain.begin(203, 105,
                {2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
                 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 54});
    chain.i16(2, grid_w / v, -2);
    for (std::uint16_t phase = 3; phase <= 5; ++phase) chain.i16(phase, third(grid_w) / v, -2);
    chain.scale(6, -2);
    for (std::uint16_t phase = 7; phase <= 10; ++phase) chain.i16(phase, v, -1);
    chain.scale(15, -1);
    chain.i16(16, 50 + 0.02 * smooth_noise(22, house.time().ms / 1000, 15), -2);
    chain.scale(17, -2);
    chain.i16(18, grid_w);
    for (std::uint16_t phase = 19; phase <= 21; ++phase) chain.i16(phase, third(grid_w));
    chain.scale(22, 0);
    chain.u32(38, kExportWh + house.meters().export_wh);
    chain.u32(46, kImportWh + house.meters().import_wh);
    chain.scale(54, 0);
    chain.u32(105, 0);
}

void SunSpecPlant::add_strings(SunSpecChain& chain) {
    const HousePhysics& house = house_.physics();
    const double pv_w = house_.shown("pv_power_w", house.flows().pv_w);
    const double battery_w = house_.shown("battery_power_w", house.flows().battery_w);
    // Awake for the battery alone, it measures its strings and finds nothing.
    const double string_w = sleeps(pv_w, battery_w) ? std::nan("") : pv_w;
    const double charge_w = std::isnan(battery_w) ? battery_w : std::max(-battery_w, 0.0);
    const double discharge_w = std::isnan(battery_w) ? battery_w : std::max(battery_w, 0.0);
    const double powers[] = {0.55 * string_w, 0.45 * string_w, charge_w, discharge_w};
    const Meters& meters = house.meters();
    const double energies[] = {0.55 * (kPvWh + meters.pv_wh), 0.45 * (kPvWh + meters.pv_wh),
                               kChargedWh + meters.charged_wh,
                               kDischargedWh + meters.discharged_wh};
    constexpr std::string_view kNames[] = {"MPPT1", "MPPT2", "StCha 3", "StDisCha 4"};

    chain.begin(160, 8 + 4 * 20, {2, 3, 4, 5});
    chain.scale(4, 0);
    chain.scale(5, 0);
    chain.u32(6, 0);
    chain.u16(8, 4);
    for (std::uint16_t i = 0; i < 4; ++i) {
        const auto module = static_cast<std::uint16_t>(10 + 20 * i);
        chain.u16(module, i + 1);
        chain.text(static_cast<std::uint16_t>(module + 1), 8, kNames[i]);
        chain.u16(static_cast<std::uint16_t>(module + 11), powers[i]);
        chain.u32(static_cast<std::uint16_t>(module + 12), energies[i]);
        chain.u16(static_cast<std::uint16_t>(module + 17), kMppt);
    }
}

void SunSpecPlant::add_storage(SunSpecChain& chain) {
    const HousePhysics& house = house_.physics();
    const double soc = house_.shown("battery_soc_pct", house.battery.soc_pct());
    chain.begin(124, 24, {12, 13, 18, 19, 20, 21, 22, 23, 24, 25});
    chain.u16(2, house.battery.config().max_w);
    chain.u16(5, storage_.mode);
    chain.u16(7, 0, -2);
    chain.u16(8, soc, -2);
    chain.u16(10, 210 + soc / 10, -1);
    chain.u16(11, charge_state(house.flows().battery_w, house.battery.soc_pct()));
    chain.i16(12, storage_.discharge_rate);
    chain.i16(13, storage_.charge_rate);
    chain.u16(15, storage_.revert_s);
    chain.u16(17, storage_.may_charge_from_grid);
    chain.scale(18, 0);
    chain.scale(21, -2);
    chain.scale(22, -2);
    chain.scale(24, -1);
    chain.scale(25, -2);
}

void SunSpecPlant::add_battery(SunSpecChain& chain) {
    const HousePhysics& house = house_.physics();
    const double soc = house_.shown("battery_soc_pct", house.battery.soc_pct());
    const double watts = house_.shown("battery_power_w", house.flows().battery_w);
    const double v = 210 + soc / 10;
    chain.begin(802, 62, {44, 47, 49, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63});
    chain.u16(3, house.battery.config().capacity_wh);
    chain.u16(4, house.battery.config().max_w);
    chain.u16(5, house.battery.config().max_w);
    chain.u16(7, 100, -2);
    chain.u16(8, 0, -2);
    chain.u16(11, soc, -2);
    chain.u16(13, 98, -2);
    chain.u16(16, charge_state(house.flows().battery_w, house.battery.soc_pct()));
    chain.u16(18, static_cast<double>(house.time().ms / 1000 % 60'000));  // heartbeat
    chain.u16(22, 3);                                                     // connected
    chain.u16(34, v, -1);
    chain.i16(44, watts / v, -1);
    chain.i16(47, watts);
    chain.scale(53, 0);
    chain.scale(54, 0);
    chain.scale(56, -2);
    chain.scale(58, -2);
    chain.scale(59, -1);
    chain.scale(61, -1);
    chain.scale(63, 0);
}

}  // namespace bitgrid::sim
