#include "research/csv_table.hpp"

#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "wire/time_text.hpp"

namespace bitgrid::research {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;

struct CloseGzip {
    void operator()(gzFile_s* file) const { gzclose(file); }
};

// zlib passes files that are not packed through unchanged.
Result<std::string> read_whole(const std::filesystem::path& path, std::size_t most) {
    const std::unique_ptr<gzFile_s, CloseGzip> file{gzopen(path.c_str(), "rb")};
    if (!file) return Error{ErrorCode::NotFound, path.string() + ": cannot be opened"};
    gzbuffer(file.get(), 1u << 17);
    std::string text;
    std::string chunk(1u << 17, '\0');
    int n = 0;
    while ((n = gzread(file.get(), chunk.data(), static_cast<unsigned>(chunk.size()))) > 0) {
        text.append(chunk, 0, static_cast<std::size_t>(n));
        if (text.size() > most)
            return Error{ErrorCode::TooLarge,
                         path.string() + ": more than " + std::to_string(most) + " bytes"};
    }
    int problem = Z_OK;
    gzerror(file.get(), &problem);
    if (n < 0 || (problem != Z_OK && problem != Z_STREAM_END))
        return Error{ErrorCode::Damaged, path.string() + ": damaged or not readable"};
    return text;
}

// Takes one cell and its comma off the front of `rest`; false after the last.
bool take_cell(std::string_view& rest, bool& is_last, std::string_view& cell) {
    if (is_last) return false;
    std::size_t end = rest.find(',');
    if (rest.starts_with('"')) {
        const std::size_t close = rest.find('"', 1);
        if (close != std::string_view::npos) {
            cell = rest.substr(1, close - 1);
            end = rest.find(',', close);
        }
    }
    if (!rest.starts_with('"') || cell.data() != rest.data() + 1) cell = rest.substr(0, end);
    is_last = end == std::string_view::npos;
    if (!is_last) rest.remove_prefix(end + 1);
    return true;
}

// A day alone is its midnight.
Result<core::UnixTime> time_of(std::string_view text) {
    constexpr std::size_t kDaySize = 10;
    if (text.size() != kDaySize) return wire::parse_time(text);
    return wire::parse_time(std::string{text} + "T00:00Z");
}

}  // namespace

Result<CsvTable> CsvTable::read(const std::filesystem::path& path, CsvBounds bounds) {
    auto text = read_whole(path, bounds.bytes);
    if (!text) return text.error();
    return parse(path.string(), std::move(*text), bounds);
}

Result<CsvTable> CsvTable::parse(std::string name, std::string text, CsvBounds bounds) {
    CsvTable table;
    table.name_ = std::move(name);
    table.text_ = std::make_shared<const std::string>(std::move(text));
    std::string_view rest = *table.text_;
    if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
    int number = 0;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        ++number;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) continue;
        if (const auto done = table.read_line(line, number, bounds); !done) return done.error();
    }
    if (table.header_.empty())
        return Error{ErrorCode::BadInput,
                     table.name_ + ": empty, a line of column names is needed"};
    return table;
}

Result<void> CsvTable::read_line(std::string_view line, int number, CsvBounds bounds) {
    const bool is_header = header_.empty();
    std::vector<std::string_view>& into = is_header ? header_ : cells_;
    const std::size_t before = into.size();
    const std::size_t most = is_header ? bounds.columns : header_.size();
    bool is_last = false;
    std::string_view cell;
    while (take_cell(line, is_last, cell) && into.size() - before <= most) into.push_back(cell);
    const std::size_t got = into.size() - before;
    if (is_header ? got > most : got != most)
        return Error{ErrorCode::BadInput, name_ + ":" + std::to_string(number) + ": " +
                                              (got > most ? "too many" : "too few") + " columns, " +
                                              std::to_string(most) +
                                              (is_header ? " at most" : " are named")};
    if (!is_header) lines_.push_back(number);
    return {};
}

bool CsvTable::has(std::string_view name) const { return std::ranges::count(header_, name) > 0; }

Result<std::size_t> CsvTable::column(std::string_view name) const {
    const auto found = std::ranges::find(header_, name);
    if (found == header_.end())
        return Error{ErrorCode::BadInput,
                     name_ + ": column \"" + std::string{name} + "\" is missing"};
    return static_cast<std::size_t>(found - header_.begin());
}

Error CsvTable::wrong(std::size_t row, std::string_view column, std::string_view what) const {
    return {ErrorCode::BadInput, name_ + ":" + std::to_string(lines_[row]) + ": " +
                                     std::string{column} + ": " + std::string{what}};
}

Result<std::vector<std::string_view>> CsvTable::cells(std::string_view name) const {
    const auto at = column(name);
    if (!at) return at.error();
    std::vector<std::string_view> cells;
    cells.reserve(rows());
    for (std::size_t row = 0; row < rows(); ++row)
        cells.push_back(cells_[row * header_.size() + *at]);
    return cells;
}

Result<std::vector<double>> CsvTable::numbers(std::string_view name) const {
    const auto texts = cells(name);
    if (!texts) return texts.error();
    std::vector<double> numbers;
    numbers.reserve(rows());
    for (const std::string_view text : *texts) {
        double value = 0;
        const char* const end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, value);
        if (error != std::errc{} || stop != end || !std::isfinite(value))
            return wrong(numbers.size(), name,
                         "\"" + std::string{text.substr(0, 40)} + "\" is not a finite number");
        numbers.push_back(value);
    }
    return numbers;
}

Result<std::vector<core::UnixTime>> CsvTable::times(std::string_view name) const {
    const auto texts = cells(name);
    if (!texts) return texts.error();
    std::vector<core::UnixTime> times;
    times.reserve(rows());
    for (const std::string_view text : *texts) {
        const auto time = time_of(text);
        if (!time) return wrong(times.size(), name, time.error().what);
        if (!times.empty() && *time <= times.back())
            return wrong(times.size(), name, "not later than the row before it");
        times.push_back(*time);
    }
    return times;
}

}  // namespace bitgrid::research
