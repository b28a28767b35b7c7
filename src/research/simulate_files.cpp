#include "research/simulate_files.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>

#include "research/csv_table.hpp"
#include "wire/words.hpp"

namespace bitgrid::research {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr int kHistoryDays = 7;

// Most rows follow each other at the same distance; what is rarer is a gap.
Result<std::int64_t> row_length(const std::string& file, const std::vector<core::UnixTime>& times) {
    if (times.size() < 2)
        return Error{ErrorCode::BadInput, file + ": at least two rows are needed"};
    std::int64_t shortest = times[1] - times[0];
    for (std::size_t i = 1; i < times.size(); ++i)
        shortest = std::min(shortest, times[i] - times[i - 1]);
    if (shortest % kMinuteMs != 0 || shortest > 60 * kMinuteMs)
        return Error{ErrorCode::BadInput,
                     file + ": rows must be a whole number of minutes apart, 1 to 60"};
    return shortest;
}

Error not_whole(const std::filesystem::path& path) {
    return {ErrorCode::Unavailable, path.string() + ": cannot be written"};
}

void append_number(std::string& text, double value) {
    std::array<char, 48> digits;
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                            std::chars_format::fixed, 9);
    text.append(digits.data(), error == std::errc{} ? end : digits.data());
}

Result<void> read_decisions(const CsvTable& table, const std::string& file,
                            std::vector<SimulatedRow>& rows) {
    const auto levels = table.cells("level");
    if (!levels) return levels.error();
    const auto codes = table.cells("decision_code");
    if (!codes) return codes.error();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto level = wire::value_of<core::Level>((*levels)[i]);
        const auto code = core::code_named((*codes)[i]);
        if (!level || !code)
            return Error{ErrorCode::BadInput, file + ": row " + std::to_string(i + 1) +
                                                  ": unknown " + (level ? "code" : "level")};
        rows[i].target.level = *level;
        rows[i].code = *code;
    }
    return {};
}

// What the battery gave is what the balance of the house leaves over.
Result<void> read_flows(const CsvTable& table, const RecordedHome& home,
                        std::vector<SimulatedRow>& rows) {
    constexpr std::array kColumns{"load_w", "battery_kwh", "import_kwh", "export_kwh"};
    std::array<std::vector<double>, kColumns.size()> numbers;
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
        auto column = table.numbers(kColumns[i]);
        if (!column) return column.error();
        numbers[i] = std::move(*column);
    }
    const double w_per_kwh = 1000 / home.hours();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        SimulatedRow& row = rows[i];
        row.load_w = numbers[0][i];
        if (row.target.level == core::Level::Limited) row.target.limit = core::Watts{row.load_w};
        row.flows = {numbers[1][i], 0, numbers[2][i] * w_per_kwh, numbers[3][i] * w_per_kwh};
        row.flows.battery_w = net_load(home.pv_w[i], home.house_w[i], row.load_w) -
                              row.flows.import_w + row.flows.export_w;
    }
    return {};
}

template <class T>
void keep_range(std::vector<T>& all, std::ptrdiff_t first, std::ptrdiff_t last) {
    all.erase(all.begin() + last, all.end());
    all.erase(all.begin(), all.begin() + first);
}

}  // namespace

Result<HomeFile> read_home(const std::filesystem::path& path) {
    const auto table = CsvTable::read(path);
    if (!table) return table.error();
    auto times = table->times("timestamp");
    if (!times) return times.error();
    auto pv_w = table->numbers("pv_power_w");
    if (!pv_w) return pv_w.error();
    auto house_w = table->numbers("house_load_w");
    if (!house_w) return house_w.error();
    const auto row_ms = row_length(path.string(), *times);
    if (!row_ms) return row_ms.error();
    const auto stamps = table->cells("timestamp");
    HomeFile file{{*row_ms, std::move(*times), std::move(*pv_w), std::move(*house_w)}, {}};
    file.stamps.assign(stamps->begin(), stamps->end());
    return file;
}

void keep_only(HomeFile& file, std::optional<core::UnixTime> from,
               std::optional<core::UnixTime> to) {
    const auto& times = file.home.times;
    const auto place = [&](core::UnixTime t) {
        return std::ranges::lower_bound(times, t) - times.begin();
    };
    const std::ptrdiff_t first = from ? place(*from) : 0;
    const std::ptrdiff_t last = std::max(first, to ? place(*to) : std::ssize(times));
    keep_range(file.stamps, first, last);
    keep_range(file.home.pv_w, first, last);
    keep_range(file.home.house_w, first, last);
    keep_range(file.home.times, first, last);
}

Result<HeldSeries> read_series(const std::filesystem::path& path, std::string_view time_column,
                               std::string_view value_column) {
    const auto table = CsvTable::read(path);
    if (!table) return table.error();
    auto times = table->times(time_column);
    if (!times) return times.error();
    auto values = table->numbers(value_column);
    if (!values) return values.error();
    if (times->empty()) return Error{ErrorCode::BadInput, path.string() + ": no rows"};
    const std::int64_t last_ms =
        times->size() > 1 ? times->back() - (*times)[times->size() - 2] : kDayMs;
    return HeldSeries{std::move(*times), std::move(*values), last_ms};
}

Result<void> read_bitcoin(const std::filesystem::path& path, Tariff& tariff) {
    auto sats = read_series(path, "date", "sats_per_ths_day");
    if (!sats) return sats.error();
    auto eur = read_series(path, "date", "price_eur");
    if (!eur) return eur.error();
    tariff.sats_per_ths_day = std::move(*sats);
    tariff.btc_eur = std::move(*eur);
    return {};
}

HeldSeries perfect_forecast(const RecordedHome& home) {
    return {home.times, home.pv_w, home.row_ms};
}

HeldSeries forecast_from_history(const RecordedHome& home) {
    const HeldSeries recorded = perfect_forecast(home);
    std::vector<core::UnixTime> times;
    std::vector<double> means;
    for (const core::UnixTime time : home.times) {
        double sum = 0;
        int days = 0;
        for (int day = 1; day <= kHistoryDays; ++day) {
            const auto pv_w = recorded.at(time + -day * kDayMs);
            sum += pv_w.value_or(0);
            days += pv_w ? 1 : 0;
        }
        if (days == 0) continue;
        times.push_back(time);
        means.push_back(sum / days);
    }
    return {std::move(times), std::move(means), home.row_ms};
}

std::string schedule_text(const HomeFile& file, const std::vector<SimulatedRow>& rows) {
    std::string text{"timestamp,level,load_w,battery_kwh,import_kwh,export_kwh,decision_code\n"};
    text.reserve(rows.size() * 110);
    const double kwh_per_w = file.home.hours() / 1000;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const SimulatedRow& row = rows[i];
        text.append(file.stamps[i]).append(",").append(wire::word(row.target.level));
        for (const double number :
             {row.load_w, row.flows.stored_kwh, row.flows.import_w * kwh_per_w,
              row.flows.export_w * kwh_per_w}) {
            text.push_back(',');
            append_number(text, number);
        }
        text.append(",").append(core::name_of(row.code)).append("\n");
    }
    return text;
}

Result<void> write_schedule(const std::filesystem::path& path, const HomeFile& file,
                            const std::vector<SimulatedRow>& rows) {
    const std::string text = schedule_text(file, rows);
    std::ofstream out{path, std::ios::binary};
    out.write(text.data(), std::ssize(text));
    out.close();
    if (!out) return not_whole(path);
    return {};
}

Result<std::vector<SimulatedRow>> read_schedule(const std::filesystem::path& path,
                                                const RecordedHome& home) {
    const auto table = CsvTable::read(path);
    if (!table) return table.error();
    const auto times = table->times("timestamp");
    if (!times) return times.error();
    if (*times != home.times)
        return Error{ErrorCode::BadInput, path.string() + ": its rows are not those of the home"};
    std::vector<SimulatedRow> rows(times->size());
    if (const auto read = read_decisions(*table, path.string(), rows); !read) return read.error();
    if (const auto read = read_flows(*table, home, rows); !read) return read.error();
    return rows;
}

}  // namespace bitgrid::research
