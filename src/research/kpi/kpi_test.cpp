#include <gtest/gtest.h>

#include <random>

#include "research/kpi/baselines.hpp"
#include "research/kpi/kpi_parts_json.hpp"
#include "research/kpi/kpis.hpp"
#include "research/kpi/kpis_json.hpp"
#include "research/kpi/past_rows.hpp"
#include "research/kpi/simulated.hpp"
#include "research/presets.hpp"
#include "research/simulate_files.hpp"

using namespace bitgrid;
using namespace bitgrid::research;

namespace {

constexpr std::int64_t kBlockMs = 600'000;
constexpr core::BlockId kNoon = 2'860'488;  // 2024-05-21T12:00Z

KpiFacts facts() {
    return {
        kBlockMs, 3, {{"miner", core::LoadKind::Miner, 18.6}, {"rod", core::LoadKind::Heater, 0}}};
}

core::UnixTime start_of(core::BlockId block) { return core::block_start(block, kBlockMs); }

/// A journal as a test writes it: a tick for two loads at a time, everything good.
struct Journal {
    PastRows rows;

    Journal() { rows.has_events = true; }

    struct Tick {
        core::BlockId block;
        double pv_w, house_w, import_w, export_w;
        double miner_w;
        double rod_w{0};
    };
    Journal& tick(const Tick& t, std::int64_t late_ms = 0) {
        for (const char* load : {"miner", "rod"}) {
            wire::StateRow s;
            s.seq = ++seq;
            s.time = start_of(t.block) + late_ms;
            s.block_id = t.block;
            s.load_id = load;
            s.trigger = "BLOCK_TICK";
            s.pv_power_w = t.pv_w;
            s.house_load_w = t.house_w;
            s.grid_import_w = t.import_w;
            s.grid_export_w = t.export_w;
            s.load_power_w = std::string_view{load} == "miner" ? t.miner_w : t.rod_w;
            rows.states.push_back(s);
            decide(t.block, load, "off", "off", "NOOP_R1_INSUFFICIENT_SURPLUS", late_ms);
        }
        return *this;
    }
    wire::DecisionRow& decide(core::BlockId block, const char* load, const char* before,
                              const char* target, const char* code, std::int64_t late_ms = 0) {
        wire::DecisionRow d;
        d.seq = seq;
        d.time = start_of(block) + late_ms;
        d.block_id = block;
        d.load_id = load;
        d.trigger = "BLOCK_TICK";
        d.decision_code = code;
        d.rule = std::string_view{code}.find("_R3_") != std::string_view::npos ? "R3" : "R1";
        d.level_before = before;
        d.target_level = target;
        d.is_explained = true;
        d.config_version = "c";
        return rows.decisions.emplace_back(d);
    }
    std::int64_t seq{0};
};

KpiParts parts_of(const Journal& journal, core::BlockId first, core::BlockId end) {
    return parts_of(journal.rows, facts(), {start_of(first), start_of(end)});
}

double figure(const KpiParts& parts, Kpi kpi, std::string_view load = {}) {
    const auto value = find_kpi(kpis_of(parts), kpi, load);
    EXPECT_TRUE(value) << spec_of(kpi).key;
    return value.value_or(-1);
}

TEST(Kpis, AreWhatAPersonComputesFromTwoBlocks) {
    // 3 kW of sun, 0.5 kW house, 1.5 kW miner: 1 kW goes out. Then a cloud: 1 kW of sun, 0.6 kW
    // house, 1.5 kW miner and 0.6 kW rod: 1.7 kW come in, of which 1.5/2.1 for the miner.
    Journal journal;
    journal.tick({kNoon + 1, 3000, 500, 0, 1000, 1500});
    journal.tick({kNoon + 2, 1000, 600, 1700, 0, 1500, 600});
    const KpiParts parts = parts_of(journal, kNoon + 1, kNoon + 3);
    EXPECT_DOUBLE_EQ(figure(parts, Kpi::GridImportKwh), 1.7 / 6);
    EXPECT_DOUBLE_EQ(figure(parts, Kpi::GridExportKwh), 1.0 / 6);
    EXPECT_DOUBLE_EQ(figure(parts, Kpi::PvKwh), 4.0 / 6);
    EXPECT_DOUBLE_EQ(figure(parts, Kpi::LoadKwh), 3.6 / 6);
    EXPECT_DOUBLE_EQ(figure(parts, Kpi::LoadKwh, "rod"), 0.6 / 6);
    EXPECT_DOUBLE_EQ(figure(parts, Kpi::SelfConsumptionPct), 75);
    EXPECT_NEAR(figure(parts, Kpi::AutarkyPct), (4.7 - 1.7) / 4.7 * 100, 1e-9);
    // Without the loads 2.5 kW and then 0.4 kW would have gone out; 1 kW did.
    EXPECT_NEAR(figure(parts, Kpi::SurplusCapturedPct), 1.9 / 2.9 * 100, 1e-9);
    EXPECT_NEAR(figure(parts, Kpi::LoadGridDirectPct), 1.7 / 3.6 * 100, 1e-9);
    EXPECT_NEAR(figure(parts, Kpi::LoadGridDirectPct, "miner"), 1.7 * 1.5 / 2.1 / 3 * 100, 1e-9);
    EXPECT_DOUBLE_EQ(figure(parts, Kpi::UptimePct), 100);
    EXPECT_DOUBLE_EQ(figure(parts, Kpi::BlocksTracedPct), 100);
    EXPECT_DOUBLE_EQ(figure(parts, Kpi::MeasuredPct), 100);
    EXPECT_DOUBLE_EQ(figure(parts, Kpi::ExplainCoveragePct), 100);
    EXPECT_DOUBLE_EQ(figure(parts, Kpi::ThermalIncidents), 0);
}

TEST(Kpis, AreUnknownWhereNothingIsKnownNeverZero) {
    for (const KpiValue& value : kpis_of(KpiParts{}))
        EXPECT_FALSE(value.value) << spec_of(value.kpi).key;
    Journal journal;
    journal.tick({kNoon + 1, 3000, 500, 0, 1000, 1500});
    for (wire::StateRow& row : journal.rows.states) row.grid_export_w.reset();
    journal.rows.has_events = false;
    const auto kpis = kpis_of(parts_of(journal, kNoon + 1, kNoon + 2));
    EXPECT_FALSE(find_kpi(kpis, Kpi::GridExportKwh));
    EXPECT_FALSE(find_kpi(kpis, Kpi::SelfConsumptionPct));
    EXPECT_FALSE(find_kpi(kpis, Kpi::SurplusCapturedPct));
    EXPECT_FALSE(find_kpi(kpis, Kpi::ThermalIncidents));
    EXPECT_FALSE(find_kpi(kpis, Kpi::EnergyToSats));
    EXPECT_FALSE(find_kpi(kpis, Kpi::Co2G));
    EXPECT_EQ(find_kpi(kpis, Kpi::MeasuredPct), 0);
    EXPECT_TRUE(find_kpi(kpis, Kpi::PvKwh));
}

TEST(Kpis, CountBlocksThatNobodyDecidedAndBlocksThatLackALoad) {
    Journal journal;
    journal.tick({kNoon, 0, 500, 500, 0, 0}).tick({kNoon + 1, 0, 500, 500, 0, 0});
    journal.tick({kNoon + 3, 0, 500, 500, 0, 0});
    journal.rows.decisions.pop_back();  // the rod's
    const KpiParts parts = parts_of(journal, kNoon, kNoon + 4);
    EXPECT_DOUBLE_EQ(figure(parts, Kpi::UptimePct), 75);
    EXPECT_DOUBLE_EQ(figure(parts, Kpi::BlocksTracedPct), 50);
}

TEST(Kpis, CountSwitchesFlapsAndRunsThatARuleEndedTooEarly) {
    Journal journal;
    journal.decide(kNoon, "miner", "off", "eco", "THROTTLE_R1_SURPLUS_THROTTLE");
    journal.decide(kNoon + 1, "miner", "eco", "full", "START_R1_SURPLUS_OK");           // no switch
    journal.decide(kNoon + 2, "miner", "full", "off", "STOP_R1_INSUFFICIENT_SURPLUS");  // early
    journal.decide(kNoon + 8, "miner", "off", "full", "START_R1_SURPLUS_OK");
    journal.decide(kNoon + 9, "miner", "full", "off", "STOP_R2_GRID_IMPORT_EXCEEDED");  // may
    const KpiParts parts =
        parts_of(journal.rows, {kBlockMs, 3, {{"miner"}}}, {start_of(kNoon), start_of(kNoon + 10)});
    EXPECT_EQ(parts.loads[0].starts, 2);
    EXPECT_EQ(parts.loads[0].stops, 2);
    EXPECT_DOUBLE_EQ(figure(parts, Kpi::SwitchesPerDay), 4 / (5 / 144.0));
    EXPECT_DOUBLE_EQ(figure(parts, Kpi::FlappingRatePct), 50);
    EXPECT_EQ(figure(parts, Kpi::MinRuntimeViolations), 1);
}

TEST(Kpis, FindAFlapAcrossMidnight) {
    Journal evening, morning;
    evening.decide(kNoon, "miner", "off", "full", "START_R1_SURPLUS_OK");
    morning.decide(kNoon + 1, "miner", "full", "off", "STOP_R1_INSUFFICIENT_SURPLUS");
    const KpiFacts one{kBlockMs, 3, {{"miner"}}};
    const auto of = [&](const Journal& j, core::BlockId block) {
        return parts_of(j.rows, one, {start_of(block), start_of(block + 1)});
    };
    const KpiParts both = combine(of(evening, kNoon), of(morning, kNoon + 1));
    EXPECT_EQ(both.loads[0].flaps, 1);
    EXPECT_EQ(both.loads[0].early_stops, 1);
    EXPECT_EQ(of(morning, kNoon + 1).loads[0].flaps, 0);
}

TEST(Kpis, MeasureTimesFromWhatTheJournalKnows) {
    Journal journal;
    for (int i = 0; i < 99; ++i) journal.tick({kNoon + i, 0, 500, 500, 0, 0}, 7);
    journal.tick({kNoon + 99, 0, 500, 500, 0, 0}, 60'000);
    wire::DecisionRow& stop =
        journal.decide(kNoon + 5, "miner", "full", "off", "STOP_R3_OVERTEMP", 1000);
    stop.trigger = "SAFETY_ASYNC";
    stop.command_id = "c1";
    const auto event = [&](const char* type, const char* code, const char* canonical) {
        wire::EventRow row;
        row.type = type;
        row.code = code;
        row.time = start_of(kNoon + 5) + 3500;
        row.canonical = canonical;
        journal.rows.events.push_back(row);
    };
    event("SafetyTripped", "STOP_R3_OVERTEMP", "{}");
    event("SafetyTripped", "STOP_R3_COMM_TIMEOUT", "{}");
    event("CommandConfirmed", "", R"({"command_id":"c1"})");
    event("CommandConfirmed", "", R"({"command_id":"of something else"})");
    event("CommandConfirmed", "", "no JSON");
    const KpiParts parts = parts_of(journal, kNoon, kNoon + 100);
    EXPECT_EQ(figure(parts, Kpi::ThermalIncidents), 1);
    EXPECT_EQ(parts.safety_reaction.size(), 1);
    EXPECT_NEAR(figure(parts, Kpi::SafetyReactionP50Ms), 2500, 2500 * 0.19);
    EXPECT_GE(figure(parts, Kpi::SafetyReactionP50Ms), 2500);
    EXPECT_GE(figure(parts, Kpi::DecisionLatencyP50Ms), 7);
    EXPECT_LE(figure(parts, Kpi::DecisionLatencyP50Ms), 7 * 1.19);
    EXPECT_LE(figure(parts, Kpi::DecisionLatencyP99Ms), 7 * 1.19) << "99 of 100 were quick";
}

TEST(Kpis, ValueEnergyWhereAKwhHasAPrice) {
    Journal journal;
    journal.tick({kNoon + 1, 3000, 500, 0, 1000, 1500, 600});
    wire::ValueRow worth;
    worth.block_id = kNoon - 3;
    worth.sats_per_kwh = 60;
    worth.export_ct_kwh = 8;
    worth.hodl_ct_kwh = 5;
    journal.rows.values.push_back(worth);
    const KpiParts parts = parts_of(journal, kNoon + 1, kNoon + 2);
    EXPECT_NEAR(figure(parts, Kpi::EnergyToSats), 0.25 * 60, 1e-9);
    EXPECT_NEAR(figure(parts, Kpi::SatsPerKwh), 60, 1e-9);
    EXPECT_NEAR(figure(parts, Kpi::ValueExportCt), 8.0 / 6, 1e-9);
    EXPECT_NEAR(figure(parts, Kpi::ValueHodlCt), 0.25 * 5, 1e-9);
    EXPECT_FALSE(find_kpi(kpis_of(parts), Kpi::ValueHeatCt)) << "nobody said what heat is worth";
    KpiContext context;
    context.co2_g_per_kwh = 400;
    context.last_week = KpiParts{};
    EXPECT_EQ(find_kpi(kpis_of(parts, context), Kpi::Co2G), 0);
    EXPECT_FALSE(find_kpi(kpis_of(parts, context), Kpi::SatsPerKwh)) << "none in the last week";
}

TEST(Kpis, GiveASecondMinerTheSatsOfItsOwnEfficiency) {
    Journal journal;
    journal.tick({kNoon + 1, 3000, 500, 0, 0, 600, 600});
    journal.rows.values.push_back({1, start_of(kNoon), kNoon, "hodl", {}, {}, {}, {}, 60});
    KpiFacts two = facts();
    two.loads[1] = {"rod", core::LoadKind::Miner, 37.2};  // twice the energy for a hash
    const KpiParts parts = parts_of(journal.rows, two, {start_of(kNoon), start_of(kNoon + 2)});
    EXPECT_NEAR(figure(parts, Kpi::EnergyToSats, "miner"), 6, 1e-9);
    EXPECT_NEAR(figure(parts, Kpi::EnergyToSats, "rod"), 3, 1e-9);
}

// A few days of whims, the same on every run.
Journal whims(unsigned seed, int blocks) {
    std::mt19937 random{seed};
    std::uniform_real_distribution<double> upto{0, 3000};
    Journal journal;
    bool is_on = false;
    for (int i = 0; i < blocks; ++i) {
        const double net_w = upto(random) - 1500;
        journal.tick({kNoon + i, upto(random), upto(random), std::max(net_w, 0.0),
                      std::max(-net_w, 0.0), is_on ? upto(random) : 0});
        journal.rows.states.back().load_temp_c = 20 + upto(random) / 40;
        if (random() % 4 != 0) continue;
        wire::DecisionRow& row = journal.rows.decisions[journal.rows.decisions.size() - 2];
        row.level_before = is_on ? "full" : "off";
        row.target_level = is_on ? "off" : "full";
        row.decision_code = is_on ? "STOP_R1_INSUFFICIENT_SURPLUS" : "START_R1_SURPLUS_OK";
        is_on = !is_on;
    }
    return journal;
}

/// The rows of some of its ticks.
PastRows cut(const Journal& journal, core::BlockId first, core::BlockId end) {
    PastRows some;
    some.has_events = true;
    const auto is_in = [&](const auto& row) { return row.block_id >= first && row.block_id < end; };
    for (const auto& row : journal.rows.decisions)
        if (is_in(row)) some.decisions.push_back(row);
    for (const auto& row : journal.rows.states)
        if (is_in(row)) some.states.push_back(row);
    return some;
}

void expect_same(const KpiParts& a, const KpiParts& b) {
    const auto x = kpis_of(a), y = kpis_of(b);
    ASSERT_EQ(x.size(), y.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        ASSERT_EQ(x[i].value.has_value(), y[i].value.has_value()) << spec_of(x[i].kpi).key;
        if (!x[i].value) continue;
        EXPECT_NEAR(*x[i].value, *y[i].value, 1e-6) << spec_of(x[i].kpi).key;
    }
}

TEST(Kpis, AddUpInWhateverWayTheDaysAreJoined) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        const Journal journal = whims(seed, 90);
        const auto part = [&](int first, int end) {
            return parts_of(cut(journal, kNoon + first, kNoon + end), facts(),
                            {start_of(kNoon + first), start_of(kNoon + end)});
        };
        const int a = static_cast<int>(seed) * 4, b = a + 7;
        const KpiParts whole = part(0, 90);
        expect_same(combine(combine(part(0, a), part(a, b)), part(b, 90)), whole);
        expect_same(combine(part(0, a), combine(part(a, b), part(b, 90))), whole);
        expect_same(combine(KpiParts{}, combine(whole, KpiParts{})), whole);
    }
}

TEST(Kpis, StayWithinTheirRanges) {
    for (unsigned seed = 1; seed <= 30; ++seed)
        for (const KpiValue& value : kpis_of(parts_of(whims(seed, 60), kNoon, kNoon + 60))) {
            const KpiSpec& spec = spec_of(value.kpi);
            if (!value.value || value.kpi == Kpi::ImportChangePct) continue;
            EXPECT_TRUE(std::isfinite(*value.value)) << spec.key;
            EXPECT_GE(*value.value, 0) << spec.key;
            if (spec.unit != "%") continue;
            EXPECT_LE(*value.value, 100) << spec.key;
        }
}

TEST(KpiCatalogue, NamesEveryFigureOnceWithFormulaAndBothLanguages) {
    std::size_t i = 0;
    for (const KpiSpec& spec : kpi_catalogue()) {
        EXPECT_EQ(static_cast<std::size_t>(spec.kpi), i++) << spec.key;
        EXPECT_GE(spec.version, 1);
        EXPECT_FALSE(spec.en.empty() || spec.de.empty() || spec.formula.empty()) << spec.key;
        for (const KpiSpec& other : kpi_catalogue())
            EXPECT_EQ(other.key == spec.key, &other == &spec);
    }
    EXPECT_EQ(i, kKpiCount);
}

TEST(KpiPartsJson, ReadsBackWhatItWrites) {
    const KpiParts parts = parts_of(whims(7, 90), kNoon, kNoon + 90);
    const auto json = kpi_parts_json(parts);
    const auto back = kpi_parts_from_json(nlohmann::json::parse(json.dump()));
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_EQ(kpi_parts_json(*back), json);
    expect_same(*back, parts);
}

TEST(KpiPartsJson, NamesWhatIsMissingOrWrong) {
    const auto good = kpi_parts_json(parts_of(whims(7, 9), kNoon, kNoon + 9));
    EXPECT_EQ(kpi_parts_from_json({{"schema", "kpi/1"}}).error().code, core::ErrorCode::BadInput);
    for (const auto& [key, value] : good.items()) {
        if (key == "schema") continue;
        auto bad = good;
        bad.erase(key);
        EXPECT_EQ(kpi_parts_from_json(bad).error().what, "figures: no valid \"" + key + "\"");
    }
    auto bad = good;
    bad["tick_delay"][3] = -1;
    EXPECT_FALSE(kpi_parts_from_json(bad));
    bad = good;
    bad["loads"][0]["starts"] = 1e300;
    EXPECT_FALSE(kpi_parts_from_json(bad));
    bad = good;
    bad["loads"][0]["first_warmth"] = 9;
    EXPECT_FALSE(kpi_parts_from_json(bad));
}

TEST(KpisJson, SaysNullForWhatIsNotKnownAndWhetherTargetsAreReached) {
    Journal journal;
    journal.tick({kNoon + 1, 3000, 500, 0, 1000, 1500});
    const Stretch stretch{start_of(kNoon + 1), start_of(kNoon + 2)};
    const auto json = kpis_json(kpis_of(parts_of(journal.rows, facts(), stretch)), stretch, {});
    EXPECT_EQ(json["from"], "2024-05-21T12:10:00.000Z");
    EXPECT_EQ(json["kpis"]["co2_g"]["value"], nullptr);
    EXPECT_EQ(json["kpis"]["explain_coverage_pct"]["reached"], true);
    EXPECT_EQ(json["kpis"]["explain_coverage_pct"]["target"]["at_least"], 98);
    EXPECT_EQ(json["kpis"]["sats_per_kwh"].contains("reached"), false) << "not known";
    EXPECT_EQ(json["loads"]["miner"]["load_kwh"], 0.25);
    EXPECT_EQ(json["baselines"], nullptr);
}

TEST(Baselines, AreWhatAPersonComputesWithoutABattery) {
    const auto record = [](double pv_w, double house_w, double load_w) {
        HouseRecord r;
        r.pv_w = pv_w;
        r.house_w = house_w;
        r.loads.push_back({load_w, kUnknown});
        return r;
    };
    // The threshold sees 2 kW, then 1 kW (on it stays), then nothing.
    const std::vector<HouseRecord> records{record(2500, 500, 0), record(1500, 500, 0),
                                           record(500, 500, 1500), record(500, kUnknown, 0),
                                           record(500, 500, 0)};
    const Baselines all = baselines_of(records, {{0, 0, 1}, 50, kBlockMs, {1500}});
    EXPECT_EQ(all.known_ms, 4 * kBlockMs) << "one is not known";
    EXPECT_DOUBLE_EQ(all.of(Hand::NeverOn).import_kwh, 0);
    EXPECT_DOUBLE_EQ(all.of(Hand::NeverOn).export_kwh, 3.0 / 6);
    EXPECT_DOUBLE_EQ(all.of(Hand::AlwaysOn).import_kwh, (0.5 + 1.5 + 1.5) / 6);
    EXPECT_DOUBLE_EQ(all.of(Hand::AsDecided).import_kwh, 1.5 / 6);
    EXPECT_EQ(all.of(Hand::AsDecided).switches, 2);
    EXPECT_DOUBLE_EQ(all.of(Hand::Threshold).import_kwh, (0.5 + 1.5) / 6);
    EXPECT_EQ(all.of(Hand::Threshold).switches, 2);
    EXPECT_NEAR(*all.captured_pct(Hand::Threshold), 1.0 / 3 * 100, 1e-9);
}

TEST(Baselines, CountWhatIsBoughtLaterBecauseALoadEmptiedTheBattery) {
    HouseRecord noon;
    noon.pv_w = 0;
    noon.house_w = 0;
    noon.loads.push_back({6000, kUnknown});
    HouseRecord evening = noon;
    evening.house_w = 6000;
    evening.loads[0].power_w = 0;
    KpiContext context;  // a battery of 1 kWh: empty after the load, enough for the house before it
    context.baselines = baselines_of({noon, evening}, {{1, 6, 1}, 100, kBlockMs, {6000}});
    const auto kpis = kpis_of(KpiParts{}, context);
    EXPECT_NEAR(*find_kpi(kpis, Kpi::LoadGridSharePct), 100, 1e-9);
    EXPECT_NEAR(*find_kpi(kpis, Kpi::ImportChangePct), -50, 1e-9) << "1 kWh instead of 2";
}

// The same home by two ways: the summary of the simulation, and the figures of its rows.
TEST(SimulatedKpis, AgreeWithTheSummaryOfTheSimulation) {
    const auto file = read_home("data/home_may.csv");
    ASSERT_TRUE(file) << file.error().what;
    const Experiment e{*preset_named("surplus", {}), {}, 50, {}, {}};
    const auto rows = simulate(file->home, e);
    const Tariff tariff;
    const Summary summary = summarise(file->home, e, rows, tariff);
    const KpiParts parts = parts_of(file->home, e, rows, tariff, {0, rows.size()});
    EXPECT_NEAR(figure(parts, Kpi::GridImportKwh), summary.with_load.import_kwh, 1e-6);
    EXPECT_NEAR(figure(parts, Kpi::GridExportKwh), summary.with_load.export_kwh, 1e-6);
    EXPECT_NEAR(figure(parts, Kpi::LoadKwh), summary.load_kwh, 1e-6);
    EXPECT_NEAR(figure(parts, Kpi::SwitchesPerDay), summary.switches_per_day(), 1e-9);
    EXPECT_FALSE(find_kpi(kpis_of(parts), Kpi::ExplainCoveragePct)) << "no words are made there";
    EXPECT_FALSE(find_kpi(kpis_of(parts), Kpi::DecisionLatencyP50Ms));
    const ModelHouse house{{}, 50, kBlockMs, {1674}};
    const Baselines all = baselines_of(records_of(file->home, rows), house);
    EXPECT_NEAR(all.of(Hand::AsDecided).import_kwh, summary.with_load.import_kwh, 1e-6);
    EXPECT_NEAR(all.of(Hand::NeverOn).export_kwh, summary.without_load.export_kwh, 1e-6);
    EXPECT_NEAR(*all.captured_pct(Hand::AsDecided), summary.captured_pct(), 1e-6);
}

}  // namespace
