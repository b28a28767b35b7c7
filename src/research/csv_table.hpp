#pragma once
// A CSV file, plain or gzip, read once and asked by the names of its columns. Bounded in bytes;
// what is wrong is named with file, line and column. Owns its text. Immutable once read.
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"

namespace bitgrid::research {

struct CsvBounds {
    std::size_t bytes{256u << 20};  ///< unpacked
    std::size_t columns{256};
};

class CsvTable {
public:
    static core::Result<CsvTable> read(const std::filesystem::path&, CsvBounds = {});
    /// `name` stands for the file in error messages.
    static core::Result<CsvTable> parse(std::string name, std::string text, CsvBounds = {});

    std::size_t rows() const { return lines_.size(); }
    bool has(std::string_view column) const;
    /// The cells as they are written, without quotes around them. They live as long as the table.
    core::Result<std::vector<std::string_view>> cells(std::string_view column) const;
    /// Finite numbers only.
    core::Result<std::vector<double>> numbers(std::string_view column) const;
    /// ISO 8601 in UTC, or days alone; each later than the one before it.
    core::Result<std::vector<core::UnixTime>> times(std::string_view column) const;

private:
    core::Result<std::size_t> column(std::string_view name) const;
    core::Error wrong(std::size_t row, std::string_view column, std::string_view what) const;
    core::Result<void> read_line(std::string_view line, int number, CsvBounds bounds);

    std::string name_;
    std::shared_ptr<const std::string> text_;
    std::vector<std::string_view> header_;
    std::vector<std::string_view> cells_;  ///< row by row, as many as the header has
    std::vector<int> lines_;               ///< of each row
};

}  // namespace bitgrid::research
