#include "research/simulate_summary.hpp"

#include <algorithm>

namespace bitgrid::research {
namespace {

/// Sums up what is mined; unknown as soon as one row's figures are.
class Yield {
public:
    explicit Yield(const Tariff& tariff) : tariff_{tariff}, is_known_{!tariff.btc_eur.empty()} {}

    void add(core::UnixTime time, double ths, double hours) {
        if (ths == 0 || !is_known_) return;
        const auto sats = tariff_.sats_per_ths_day.at(time);
        const auto eur = tariff_.btc_eur.at(time);
        is_known_ = sats && eur;
        if (!is_known_) return;
        const double mined = ths * *sats * hours / 24;
        sats_ += mined;
        eur_ += mined * *eur / 1e8;
    }
    std::optional<double> sats() const { return is_known_ ? std::optional{sats_} : std::nullopt; }
    std::optional<double> eur() const { return is_known_ ? std::optional{eur_} : std::nullopt; }

private:
    const Tariff& tariff_;
    bool is_known_;
    double sats_{0};
    double eur_{0};
};

}  // namespace

GridEnergy run_without_load(const RecordedHome& home, const Experiment& experiment) {
    GridEnergy total;
    double stored_kwh = experiment.battery.kwh * experiment.start_soc_pct / 100;
    for (std::size_t i = 0; i < home.times.size(); ++i) {
        const Flows flows = flow(experiment.battery, stored_kwh,
                                 net_load(home.pv_w[i], home.house_w[i], 0), home.hours());
        stored_kwh = flows.stored_kwh;
        total.import_kwh += flows.import_w * home.hours() / 1000;
        total.export_kwh += flows.export_w * home.hours() / 1000;
    }
    return total;
}

double hash_rate_ths(const core::LoadConfig& load, core::Target target) {
    switch (target.level) {
        case core::Level::Off:
            return 0;
        case core::Level::Eco:
            return load.eco_ths.value;
        case core::Level::Full:
            return load.full_ths.value;
        case core::Level::Limited:
            return load.full_ths.value * target.limit.value / load.full_w.value;
    }
    return 0;
}

double Summary::captured_pct() const {
    if (!(without_load.export_kwh > 0)) return 0;
    return (without_load.export_kwh - with_load.export_kwh) / without_load.export_kwh * 100;
}

std::optional<double> Summary::net_eur() const {
    if (!mined_eur) return std::nullopt;
    return *mined_eur - feed_in_forgone_eur - extra_grid_eur;
}

Summary summarise(const RecordedHome& home, const Experiment& experiment,
                  const std::vector<SimulatedRow>& rows, const Tariff& tariff) {
    Summary s;
    s.rows = rows.size();
    s.days = static_cast<double>(rows.size()) * home.hours() / 24;
    s.without_load = run_without_load(home, experiment);
    Yield yield{tariff};
    std::vector<int> rows_by_code(core::code_count());
    std::vector<int> switches(rows.empty() ? 0 : rows.front().loads());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const SimulatedRow& row = rows[i];
        s.with_load.import_kwh += row.flows.import_w * home.hours() / 1000;
        s.with_load.export_kwh += row.flows.export_w * home.hours() / 1000;
        s.load_kwh += row.loads_w() * home.hours() / 1000;
        for (std::size_t l = 0; l < row.loads(); ++l) {
            if (i > 0 && row.load(l).target.is_on() != rows[i - 1].load(l).target.is_on())
                s.switches = std::max(s.switches, ++switches[l]);
            yield.add(home.times[i], hash_rate_ths(experiment.config.loads[l], row.load(l).target),
                      home.hours());
        }
        ++rows_by_code[static_cast<std::size_t>(row.code)];
    }
    for (std::size_t i = 0; i < rows_by_code.size(); ++i)
        if (rows_by_code[i] > 0)
            s.rows_by_code[std::string{core::code_at(i).name}] = rows_by_code[i];
    s.sats = yield.sats();
    s.mined_eur = yield.eur();
    s.feed_in_forgone_eur =
        (s.without_load.export_kwh - s.with_load.export_kwh) * tariff.feed_in_ct_kwh / 100;
    s.extra_grid_eur = s.extra_grid_kwh() * tariff.grid_ct_kwh / 100;
    return s;
}

}  // namespace bitgrid::research
