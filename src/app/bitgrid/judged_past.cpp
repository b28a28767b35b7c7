#include "app/bitgrid/judged_past.hpp"

#include "research/kpi/simulated.hpp"

namespace bitgrid::app {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kWeekMs = 7 * kDayMs;
constexpr std::int64_t kMostModelledDays = 400;

std::optional<double> first_soc(const research::PastRows& rows) {
    for (const wire::StateRow& row : rows.states)
        if (row.battery_soc_pct) return row.battery_soc_pct;
    return std::nullopt;
}

research::KpiParts sum_of(const std::vector<research::Span>& days, core::UnixTime from) {
    research::KpiParts sum;
    for (const research::Span& day : days)
        if (day.from >= from) sum = research::combine(std::move(sum), day.parts);
    return sum;
}

std::vector<research::Span> days_of(const HomeRun& run,
                                    const std::vector<research::SimulatedRow>& rows) {
    std::vector<research::Span> days;
    const research::RecordedHome& home = run.file.home;
    const auto day_of = [&](std::size_t i) { return home.times[i].ms / kDayMs; };
    for (std::size_t first = 0; first < rows.size();) {
        std::size_t end = first;
        while (end < rows.size() && day_of(end) == day_of(first)) ++end;
        days.push_back({{day_of(first) * kDayMs},
                        research::parts_of(home, run.experiment, rows, run.tariff, {first, end})});
        first = end;
    }
    return days;
}

}  // namespace

research::ModelHouse model_of(const core::Config& config) {
    research::ModelHouse house;
    house.battery = {config.site.has_battery ? config.rules.battery_capacity.value : 0,
                     config.rules.battery_max_charge.value / 1000, config.rules.eta};
    house.block_ms = config.site.block_ms();
    for (const core::LoadConfig& load : config.loads) house.full_w.push_back(load.full_w.value);
    return house;
}

void judge(JudgedPast& past, std::optional<double> co2_g_per_kwh) {
    research::KpiContext context;
    context.co2_g_per_kwh = co2_g_per_kwh;
    context.last_week = sum_of(past.days, past.stretch.to + -kWeekMs);
    context.baselines = past.baselines;
    past.kpis = research::kpis_of(sum_of(past.days, {}), context);
}

core::Result<JudgedPast> judged_journal(PastReader& reader) {
    const core::Config config = reader.config();
    const research::KpiFacts facts = research::facts_of(config);
    research::ModelHouse house = model_of(config);
    JudgedPast past{config.site.name, reader.stretch(), false, {}, {}, {}};
    std::vector<research::HouseRecord> records;
    std::optional<double> soc;
    // Years are judged by the sums of their days: living through all of them again would take long.
    const bool is_long = past.stretch.to - past.stretch.from > kMostModelledDays * kDayMs;
    const auto take = [&](const PastDay& day) -> core::Result<void> {
        const research::Stretch rest{day.sums ? day.stretch.to : day.stretch.from, day.stretch.to};
        auto parts = research::parts_of(day.rows, day.facts, rest);
        if (day.sums) parts = research::combine(*day.sums, parts);
        // The moment of midnight alone makes no day.
        if (parts.expected_ms == 0 && parts.decisions == 0) return {};
        past.days.push_back({day.day, std::move(parts)});
        for (const research::HouseRecord& record : research::records_of(day.rows, facts))
            records.push_back(record);
        if (!soc) soc = first_soc(day.rows);
        return {};
    };
    const auto read =
        reader.read(take, is_long ? PastReader::Detail::Sums : PastReader::Detail::Rows);
    if (!read) return read.error();
    if (is_long) return past;
    house.start_soc_pct = soc.value_or(house.start_soc_pct);
    past.baselines = research::baselines_of(records, house);
    return past;
}

JudgedPast judged_rows(const HomeRun& run, const std::vector<research::SimulatedRow>& rows) {
    const research::RecordedHome& home = run.file.home;
    research::ModelHouse house = model_of(run.experiment.config);
    house.battery = run.experiment.battery;
    house.start_soc_pct = run.experiment.start_soc_pct;
    house.block_ms = home.row_ms;
    house.full_w.resize(rows.empty() ? 1 : rows.front().loads());
    JudgedPast past{run.experiment.config.site.name,
                    {home.times.front(), home.times.back() + home.row_ms},
                    true,
                    days_of(run, rows),
                    {},
                    {}};
    past.baselines = research::baselines_of(research::records_of(home, rows), house);
    return past;
}

JudgedPast judged_home(const HomeRun& run, const std::string& schedule) {
    if (schedule.empty()) {
        HomeRun all = run;
        all.experiment.loads = core::kMaxLoads;
        return judged_rows(all, research::simulate(all.file.home, all.experiment));
    }
    return judged_rows(run, or_refuse(research::read_schedule(schedule, run.file.home)));
}

}  // namespace bitgrid::app
