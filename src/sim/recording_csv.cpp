#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <map>
#include <optional>

#include "sim/recording.hpp"

namespace bitgrid::sim {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::UnixTime;

// Plain files pass through zlib unchanged.
Result<std::string> read_whole(const std::filesystem::path& path) {
    const gzFile file = gzopen(path.c_str(), "rb");
    if (file == nullptr) return Error{ErrorCode::NotFound, path.string() + ": cannot be opened"};
    std::string text;
    char chunk[1 << 16];
    int n = 0;
    while ((n = gzread(file, chunk, sizeof chunk)) > 0)
        text.append(chunk, static_cast<std::size_t>(n));
    gzclose(file);
    if (n < 0) return Error{ErrorCode::Damaged, path.string() + ": damaged gzip file"};
    return text;
}

std::vector<std::string_view> split(std::string_view text, char by) {
    std::vector<std::string_view> parts;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(by, at), text.size());
        parts.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
    int value = 0;
    if (text.size() < at + count) return std::nullopt;
    const char* end = text.data() + at + count;
    const auto [stop, error] = std::from_chars(text.data() + at, end, value);
    if (error != std::errc{} || stop != end || value < 0) return std::nullopt;
    return value;
}

std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || stop != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

struct Table {
    UnixTime start{};
    std::int64_t row_ms{};
    std::map<std::string, std::vector<double>, std::less<>> columns;
};

class TableReader {
public:
    TableReader(std::string name, std::vector<std::string> wanted)
        : name_{std::move(name)}, wanted_{std::move(wanted)} {}

    Result<Table> read(std::string_view text) {
        for (std::string_view line : split(text, '\n')) {
            ++line_;
            if (line.ends_with('\r')) line.remove_suffix(1);
            if (line.empty()) continue;
            const auto done = places_.empty() ? head(line) : row(line);
            if (!done) return done.error();
        }
        if (times_.size() < 2) return wrong("at least two rows are needed");
        table_.start = times_.front();
        return std::move(table_);
    }

private:
    Error wrong(const std::string& what) const {
        return {ErrorCode::BadInput, name_ + ":" + std::to_string(line_) + ": " + what};
    }

    Result<void> head(std::string_view line) {
        const auto titles = split(line, ',');
        auto names = wanted_;
        names.insert(names.begin(), "timestamp");
        for (const auto& name : names) {
            const auto found = std::find(titles.begin(), titles.end(), name);
            if (found == titles.end()) return wrong("column " + name + " is missing");
            places_.push_back(static_cast<std::size_t>(found - titles.begin()));
        }
        return {};
    }

    Result<void> row(std::string_view line) {
        const auto cells = split(line, ',');
        if (*std::max_element(places_.begin(), places_.end()) >= cells.size())
            return wrong("too few columns");
        const auto time = parse_time(cells[places_[0]]);
        if (!time) return wrong(time.error().what);
        if (times_.size() == 1) table_.row_ms = *time - times_.front();
        if (!times_.empty() && (table_.row_ms <= 0 || *time - times_.back() != table_.row_ms))
            return wrong("rows must follow each other at equal distances");
        times_.push_back(*time);
        for (std::size_t i = 0; i < wanted_.size(); ++i) {
            const auto value = number(cells[places_[i + 1]]);
            if (!value) return wrong(wanted_[i] + " is not a number");
            table_.columns[wanted_[i]].push_back(*value);
        }
        return {};
    }

    std::string name_;
    std::vector<std::string> wanted_;
    std::vector<std::size_t> places_;
    std::vector<UnixTime> times_;
    Table table_;
    int line_{0};
};

Result<Table> read_table(const std::filesystem::path& path, std::vector<std::string> wanted) {
    const auto text = read_whole(path);
    if (!text) return text.error();
    return TableReader{path.string(), std::move(wanted)}.read(*text);
}

std::vector<double> not_below_zero(std::vector<double> values) {
    for (double& value : values) value = std::max(value, 0.0);
    return values;
}

}  // namespace

Result<UnixTime> parse_day(std::string_view text) {
    const auto y = digits(text, 0, 4);
    const auto m = digits(text, 5, 2);
    const auto d = digits(text, 8, 2);
    if (text.size() == 10 && text[4] == '-' && text[7] == '-' && y && m && d) {
        const std::chrono::year_month_day day{std::chrono::year{*y} /
                                              std::chrono::month{static_cast<unsigned>(*m)} /
                                              std::chrono::day{static_cast<unsigned>(*d)}};
        if (day.ok())
            return UnixTime{std::chrono::sys_days{day}.time_since_epoch().count() * 86'400'000LL};
    }
    return Error{ErrorCode::BadInput, "'" + std::string{text} + "' is no day (2024-05-21)"};
}

Result<UnixTime> parse_time(std::string_view text) {
    const Error error{ErrorCode::BadInput,
                      "'" + std::string{text} + "' is no time (2024-05-21T06:00Z)"};
    std::string_view rest = text;
    if (rest.ends_with('Z')) rest.remove_suffix(1);
    const auto day = parse_day(rest.substr(0, 10));
    const auto h = digits(rest, 11, 2);
    const auto min = digits(rest, 14, 2);
    const bool has_seconds = rest.size() == 19 && rest[16] == ':';
    const auto s = has_seconds ? digits(rest, 17, 2) : std::optional{0};
    if (!day || !h || !min || !s || (rest.size() != 16 && !has_seconds)) return error;
    if (rest[10] != 'T' || rest[13] != ':' || *h > 23 || *min > 59 || *s > 59) return error;
    return *day + (((*h * 60LL) + *min) * 60 + *s) * 1000;
}

Result<Recording> read_recording(const std::filesystem::path& path) {
    auto table = read_table(path, {"pv_power_w", "house_load_w"});
    if (!table) return table.error();
    return Recording{{table->start, table->row_ms, not_below_zero(table->columns["pv_power_w"])},
                     {table->start, table->row_ms, not_below_zero(table->columns["house_load_w"])}};
}

Result<Series> read_prices(const std::filesystem::path& path) {
    auto table = read_table(path, {"ct_per_kwh"});
    if (!table) return table.error();
    return Series{table->start, table->row_ms, std::move(table->columns["ct_per_kwh"])};
}

}  // namespace bitgrid::sim
