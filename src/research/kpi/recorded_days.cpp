#include "research/kpi/recorded_days.hpp"

namespace bitgrid::research {

void RecordedDays::Series::add(core::UnixTime time, std::optional<double> value) {
    if (!value || (!times.empty() && time <= times.back())) return;
    times.push_back(time);
    values.push_back(*value);
}

void RecordedDays::add(const PastRows& rows) {
    for (const HouseRecord& record : records_of(rows, facts_)) {
        const core::UnixTime start = core::block_start(record.block, facts_.block_ms);
        if (!is_known(record.pv_w) || !is_known(record.house_w)) continue;
        if (!home_.times.empty() && start <= home_.times.back()) continue;
        home_.times.push_back(start);
        home_.pv_w.push_back(record.pv_w);
        home_.house_w.push_back(record.house_w);
    }
    for (const wire::StateRow& row : rows.states) {
        if (row.trigger != "BLOCK_TICK") continue;
        const core::UnixTime start = core::block_start(row.block_id, facts_.block_ms);
        prices_.add(start, row.energy_price_ct_kwh);
        if (row.pv_forecast_kw) forecast_w_.add(start, *row.pv_forecast_kw * 1000);
        if (!first_soc_pct_) first_soc_pct_ = row.battery_soc_pct;
    }
}

HeldSeries RecordedDays::prices() const { return {prices_.times, prices_.values, facts_.block_ms}; }

HeldSeries RecordedDays::forecast_w() const {
    return {forecast_w_.times, forecast_w_.values, facts_.block_ms};
}

}  // namespace bitgrid::research
