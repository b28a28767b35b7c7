#include "research/kpi/catalogue.hpp"

#include <array>

namespace bitgrid::research {
namespace {

using enum Scope;

constexpr KpiTarget at_least(double value) { return {true, value}; }
constexpr KpiTarget at_most(double value) { return {false, value}; }

constexpr std::array<KpiSpec, kKpiCount> kCatalogue{{
    {Kpi::GridImportKwh, "grid_import_kwh", "kWh", 1, House, 1, "bought from the grid",
     "aus dem Netz gekauft", "sum of grid import, mean power of each block times its length"},
    {Kpi::GridExportKwh, "grid_export_kwh", "kWh", 1, House, 1, "fed into the grid",
     "ins Netz eingespeist", "sum of grid export"},
    {Kpi::PvKwh, "pv_kwh", "kWh", 1, House, 1, "from the sun", "von der Sonne",
     "sum of PV production"},
    {Kpi::HouseKwh, "house_kwh", "kWh", 1, House, 1, "used by the house", "vom Haus verbraucht",
     "sum of the house's consumption without the controlled loads"},
    {Kpi::LoadKwh, "load_kwh", "kWh", 1, Both, 1, "used by the loads",
     "von den Verbrauchern genutzt",
     "sum of the measured power of the load; of the house: of all loads"},
    {Kpi::SelfConsumptionPct, "self_consumption_pct", "%", 1, House, 1,
     "share of the sun used at home", "Anteil der Sonne selbst genutzt",
     "(PV - export) / PV, 0 to 100, over the blocks in which PV, house, grid and every load are "
     "known"},
    {Kpi::AutarkyPct, "autarky_pct", "%", 1, House, 1, "share of the energy from own sun",
     "Autarkie",
     "(consumption - import) / consumption, 0 to 100, consumption being house and loads, over the "
     "same blocks"},
    {Kpi::SurplusCapturedPct, "surplus_captured_pct", "%", 1, House, 1,
     "share of the surplus used by the loads", "Anteil des Überschusses genutzt",
     "per block: the surplus is what would have been exported without the loads, max(0, export - "
     "import + loads); captured is what of it was not exported. Sum of captured / sum of surplus, "
     "the battery as it was"},
    {Kpi::LoadGridSharePct, "load_grid_share_pct", "%", 1, House, 1,
     "share of the loads' energy bought because of them",
     "Anteil der Verbraucher-Energie, der ihretwegen gekauft wurde",
     "(import as decided - import never on) / energy of the loads, all from the same model of the "
     "house: what is bought later because a load emptied the battery counts"},
    {Kpi::LoadGridDirectPct, "load_grid_direct_pct", "%", 1, Both, 1,
     "share of the loads' energy bought in the same block",
     "Anteil der Verbraucher-Energie, der im selben Block gekauft wurde",
     "per block: net import minus what it would have been without the loads, both at least 0; "
     "several loads share it by their power. Its sum / the load's energy in the same blocks"},
    {Kpi::ImportChangePct, "import_change_pct", "%", 1, House, 1,
     "grid import against a load that is always on", "Netzbezug gegenüber Dauerbetrieb",
     "(import as decided - import always on) / import always on, both from the same model of the "
     "house over the same blocks",
     at_most(-25)},
    {Kpi::SwitchesPerDay, "switches_per_day", "1/d", 1, Both, 2, "switches a day",
     "Schaltvorgänge am Tag",
     "changes between on and off / days that were decided for the load; of the house: of the load "
     "that switches most",
     at_most(2)},
    {Kpi::FlappingRatePct, "flapping_rate_pct", "%", 1, Both, 1, "share of switches undone at once",
     "Anteil gleich zurückgenommener Schaltvorgänge",
     "changes that undo the one before within less than 30 minutes / all changes"},
    {Kpi::MinRuntimeViolations, "min_runtime_violations", "", 1, Both, 0,
     "runs that a rule ended too early", "zu früh beendete Läufe",
     "stops before min_runtime_blocks are over since the load went on, but those of R2, R3, the "
     "reserve and of people"},
    {Kpi::DeadbandHitRatePct, "deadband_hit_rate_pct", "%", 1, Both, 1,
     "share of decisions held by R5", "Anteil von R5 gehaltener Entscheidungen",
     "decisions at a block's start whose code is of R5 / all at a block's start"},
    {Kpi::ExplainCoveragePct, "explain_coverage_pct", "%", 1, House, 2, "decisions explained",
     "erklärte Entscheidungen",
     "decisions with rule, trigger, words in every language and, where a rule of R1 to R5 "
     "decided, a measured value and its threshold / all decisions",
     at_least(98)},
    {Kpi::ExplainLatencyMs, "explain_latency_ms", "ms", 1, House, 0, "from decision to words",
     "von der Entscheidung zu den Worten",
     "words are part of a decision's own record, so the journal knows no time between them: "
     "always null"},
    {Kpi::DecisionLatencyP50Ms, "decision_latency_p50_ms", "ms", 1, House, 0,
     "from the block's start to the decision, median", "vom Blockbeginn zur Entscheidung, Median",
     "time of the decision minus start of its block; from a histogram, at most 19 % too high"},
    {Kpi::DecisionLatencyP99Ms, "decision_latency_p99_ms", "ms", 1, House, 0,
     "from the block's start to the decision, p99", "vom Blockbeginn zur Entscheidung, p99",
     "as decision_latency_p50_ms; a block that was under way at the start of the program counts"},
    {Kpi::SafetyReactionP50Ms, "safety_reaction_p50_ms", "ms", 1, House, 0,
     "from a safety stop to the load confirmed off, median",
     "vom Sicherheitsstopp bis sicher aus, Median",
     "time of CommandConfirmed minus time of the decision of R3 that it follows; from a "
     "histogram, at most 19 % too high"},
    {Kpi::SafetyReactionP99Ms, "safety_reaction_p99_ms", "ms", 1, House, 0,
     "from a safety stop to the load confirmed off, p99",
     "vom Sicherheitsstopp bis sicher aus, p99", "as safety_reaction_p50_ms"},
    {Kpi::ThermalIncidents, "thermal_incidents", "", 1, House, 0, "times that a load was too hot",
     "Überhitzungen", "SafetyTripped events with STOP_R3_OVERTEMP", at_most(0)},
    {Kpi::UptimePct, "uptime_pct", "%", 1, House, 2, "time in control", "Zeit in Betrieb",
     "blocks with a decision / blocks that began between the first and the last record of the "
     "range"},
    {Kpi::BlocksTracedPct, "blocks_traced_pct", "%", 1, House, 2, "blocks on record",
     "nachvollziehbare Blöcke", "blocks with a decision for every load / the blocks of uptime_pct",
     at_least(100)},
    {Kpi::MeasuredPct, "measured_pct", "%", 1, House, 1, "time measured whole",
     "vollständig gemessene Zeit",
     "blocks in which PV, house, grid and every load are known / the blocks of uptime_pct: what "
     "the shares above are made from"},
    {Kpi::SatsPerKwh, "sats_per_kwh", "sat/kWh", 1, Both, 1, "sats mined per kWh, last 7 days",
     "Sats je kWh, letzte 7 Tage",
     "sats / energy of the miners over the last seven days of the range, in the blocks whose "
     "sats are known",
     at_least(45)},
    {Kpi::EnergyToSats, "energy_to_sats", "sat", 1, Both, 0, "sats mined", "geschürfte Sats",
     "sum over the blocks of the miner's energy times sats per kWh, as last recorded on that day "
     "for the first miner, others by their J/TH"},
    {Kpi::ValueExportCt, "value_export_ct", "ct", 1, House, 0, "value of what was exported",
     "Wert der Einspeisung", "sum over the blocks of export times the value of a kWh on that path"},
    {Kpi::ValueStoreCt, "value_store_ct", "ct", 1, House, 0, "value of what was stored",
     "Wert des Gespeicherten", "sum of battery charge times the value of a kWh on that path"},
    {Kpi::ValueHeatCt, "value_heat_ct", "ct", 1, House, 0, "value of the heat", "Wert der Wärme",
     "sum of the heaters' energy times the value of a kWh on that path"},
    {Kpi::ValueHodlCt, "value_hodl_ct", "ct", 1, House, 0, "value of what was mined",
     "Wert des Geschürften", "sum of the miners' energy times the value of a kWh on that path"},
    {Kpi::Co2G, "co2_g", "g", 1, House, 0, "CO2 of the grid import", "CO2 des Netzbezugs",
     "grid import times the intensity that was given; null where none was"},
    {Kpi::StartsPerDay, "starts_per_day", "1/d", 1, Both, 2, "starts a day (wear)",
     "Starts am Tag (Verschleiß)",
     "changes from off to on / days that were decided for the load; of the house: of the load "
     "that starts most"},
    {Kpi::ThermalCyclesPerDay, "thermal_cycles_per_day", "1/d", 1, Both, 2,
     "thermal cycles a day (wear)", "Wärmezyklen am Tag (Verschleiß)",
     "warmings from below 45 °C to 60 °C or more / days whose temperatures are known; of the "
     "house: of the load with most"},
}};

}  // namespace

std::span<const KpiSpec> kpi_catalogue() { return kCatalogue; }
const KpiSpec& spec_of(Kpi kpi) { return kCatalogue[static_cast<std::size_t>(kpi)]; }

}  // namespace bitgrid::research
