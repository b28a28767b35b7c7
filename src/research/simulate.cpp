#include "research/simulate.hpp"

namespace bitgrid::research {
namespace {

using core::admit;
using core::Signal;

constexpr double kNominalTempC = 60;
constexpr double kNominalHeartbeatAgeS = 1;
constexpr double kBoundlessW = 1e5;

core::Config simulated_config(const Experiment& experiment, std::int64_t row_ms) {
    core::Config config = experiment.config;
    config.loads.resize(std::clamp(experiment.loads, std::size_t{1},
                                   std::max(config.loads.size(), std::size_t{1})));
    config.site.block_minutes = static_cast<int>(row_ms / 60'000);
    config.site.has_battery = experiment.battery.kwh > 0;
    return config;
}

/// The last closed row as the meters of the house would have reported it.
struct ClosedRow {
    double pv_w;
    double house_w;
    const SimulatedRow& row;
};

core::SiteReadings site_readings(const ClosedRow& closed, const Battery& battery) {
    const Flows& flows = closed.row.flows;
    core::SiteReadings site;
    site.pv_power = admit<core::Watts>(Signal::PvPower, std::max(closed.pv_w, 0.0));
    site.house_load = admit<core::Watts>(Signal::HouseLoad, std::min(closed.house_w, kBoundlessW));
    site.grid_import =
        admit<core::Watts>(Signal::GridImport, std::min(flows.import_w, kBoundlessW));
    site.grid_export =
        admit<core::Watts>(Signal::GridExport, std::min(flows.export_w, kBoundlessW));
    if (!(battery.kwh > 0)) return site;
    site.battery_power = admit<core::Watts>(Signal::BatteryPower, flows.battery_w);
    site.battery_soc = admit<core::Percent>(Signal::BatterySoc,
                                            std::min(flows.stored_kwh / battery.kwh * 100, 100.0));
    return site;
}

void look_ahead(const Experiment& experiment, const core::Config& config,
                core::EnergyState& state) {
    const auto lookahead_ms =
        static_cast<std::int64_t>(config.rules.forecast_lookahead.value * 60'000);
    const core::UnixTime until = state.time + lookahead_ms;
    if (!experiment.price_ct_kwh.empty()) {
        state.site.price =
            admit<core::CentPerKwh>(Signal::EnergyPrice, experiment.price_ct_kwh.at(state.time));
        state.site.price_peak = admit<core::CentPerKwh>(
            Signal::EnergyPrice, experiment.price_ct_kwh.highest(state.time, until));
    }
    if (experiment.forecast_w.empty()) return;
    if (const auto mean_w = experiment.forecast_w.mean(state.time, until))
        state.site.pv_forecast = admit<core::Kilowatts>(Signal::PvForecast, *mean_w / 1000);
}

core::LoadReadings load_readings(const core::LoadMemory& memory, double power_w) {
    core::LoadReadings load;
    load.is_expected_on = memory.target.is_on();
    load.temp = admit<core::Celsius>(Signal::LoadTemp, kNominalTempC);
    load.heartbeat_age = admit<core::Seconds>(Signal::LoadHeartbeat, kNominalHeartbeatAgeS);
    load.power = admit<core::Watts>(Signal::LoadPower, power_w);
    return load;
}

// What the rules see of the row that has just closed.
core::EnergyState state_at(core::UnixTime time, const ClosedRow& closed,
                           const Experiment& experiment, const core::Memory& memory) {
    core::EnergyState state;
    state.time = time;
    state.site = site_readings(closed, experiment.battery);
    for (std::size_t l = 0; l < closed.row.loads(); ++l)
        state.loads.push_back(load_readings(memory.loads[l], closed.row.load(l).load_w));
    return state;
}

}  // namespace

double SimulatedRow::loads_w() const {
    double sum_w = load_w;
    for (const SimulatedLoad& other : others) sum_w += other.load_w;
    return sum_w;
}

std::vector<SimulatedRow> simulate(const RecordedHome& home, const Experiment& experiment) {
    const core::Config config = simulated_config(experiment, home.row_ms);
    const std::size_t loads = config.loads.size();
    const double hours = home.hours();
    core::Memory memory;
    for (std::size_t l = 0; l < loads; ++l) memory.loads.emplace_back();
    double stored_kwh = experiment.battery.kwh * experiment.start_soc_pct / 100;

    std::vector<SimulatedRow> rows;
    rows.reserve(home.times.size());
    for (std::size_t i = 0; i < home.times.size(); ++i) {
        SimulatedRow row;
        row.others.resize(loads - 1);
        if (i > 0) {
            core::EnergyState state =
                state_at(home.times[i], {home.pv_w[i - 1], home.house_w[i - 1], rows.back()},
                         experiment, memory);
            look_ahead(experiment, config, state);
            const core::Outcome outcome = core::decide(config, memory, state);
            memory = outcome.memory;
            for (const core::LoadDecision& decision : outcome.decisions)
                row.load(decision.load).code = decision.code;
        }
        for (std::size_t l = 0; l < loads; ++l) {
            row.load(l).target = memory.loads[l].target;
            row.load(l).load_w = core::power_at(config.loads[l], row.load(l).target).value;
        }
        const double net_w = net_load(home.pv_w[i], home.house_w[i], row.loads_w());
        row.flows = flow(experiment.battery, stored_kwh, net_w, hours);
        stored_kwh = row.flows.stored_kwh;
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace bitgrid::research
