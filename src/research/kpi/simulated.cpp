#include "research/kpi/simulated.hpp"

namespace bitgrid::research {
namespace {

HouseRecord record_of(const RecordedHome& home, std::size_t i, const SimulatedRow& row) {
    HouseRecord record;
    record.block = core::block_of(home.times[i], home.row_ms);
    record.pv_w = std::max(home.pv_w[i], 0.0);
    record.house_w = home.house_w[i];
    record.import_w = row.flows.import_w;
    record.export_w = row.flows.export_w;
    record.battery_w = row.flows.battery_w;
    for (std::size_t l = 0; l < row.loads(); ++l)
        record.loads.push_back({row.load(l).load_w, kUnknown});
    return record;
}

// What the load's work brings at its level; a load that is off brings none, whatever it would.
void value(HouseRecord& record, const Experiment& experiment, const SimulatedRow& row,
           const Tariff& tariff, core::UnixTime time) {
    const double round_trip = experiment.battery.eta * experiment.battery.eta;
    record.value_ct_kwh = {tariff.feed_in_ct_kwh, tariff.grid_ct_kwh * round_trip, kUnknown,
                           kUnknown};
    // As the journal says it: of the first one that mines.
    double ths = 0, load_w = 0;
    for (std::size_t l = 0; l < row.loads() && ths == 0; ++l) {
        load_w = row.load(l).load_w;
        ths = load_w > 0 ? hash_rate_ths(experiment.config.loads[l], row.load(l).target) : 0;
    }
    if (ths == 0) return;
    const auto sats = tariff.sats_per_ths_day.at(time);
    const auto eur = tariff.btc_eur.at(time);
    if (sats) record.sats_per_kwh = *sats * ths / 24 / (load_w / 1000);
    if (sats && eur)
        record.value_ct_kwh[static_cast<std::size_t>(core::Path::Hodl)] =
            record.sats_per_kwh * *eur / 1e6;
}

}  // namespace

std::vector<HouseRecord> records_of(const RecordedHome& home,
                                    const std::vector<SimulatedRow>& rows) {
    std::vector<HouseRecord> records;
    records.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) records.push_back(record_of(home, i, rows[i]));
    return records;
}

KpiParts parts_of(const RecordedHome& home, const Experiment& experiment,
                  const std::vector<SimulatedRow>& rows, const Tariff& tariff, RowRange range) {
    KpiFacts facts{home.row_ms, experiment.config.rules.min_runtime_blocks, {}};
    for (std::size_t l = 0; l < (rows.empty() ? 0 : rows.front().loads()); ++l)
        facts.loads.push_back({experiment.config.loads[l].id, experiment.config.loads[l].kind});
    Tally tally{std::move(facts)};
    const auto all_ms = static_cast<std::int64_t>(range.end - range.first) * home.row_ms;
    tally.traced(all_ms, all_ms, all_ms);
    for (std::size_t i = range.first; i < range.end; ++i) {
        HouseRecord record = record_of(home, i, rows[i]);
        value(record, experiment, rows[i], tariff, home.times[i]);
        tally.measured(record);
        for (std::size_t l = 0; l < rows[i].loads(); ++l) {
            const SimulatedLoad& load = rows[i].load(l);
            const bool was_on = i > 0 && rows[i - 1].load(l).target.is_on();
            tally.decided({l, record.block, home.times[i], load.code, was_on, load.target.is_on(),
                           true, false, false});
        }
    }
    return tally.parts();
}

}  // namespace bitgrid::research
