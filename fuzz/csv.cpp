// Any bytes as a CSV file: columns of equal length with finite numbers and rising times, or an
// error.
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "research/csv_table.hpp"

using bitgrid::research::CsvTable;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto table =
        CsvTable::parse("fuzz.csv", {reinterpret_cast<const char*>(data), size}, {65'536, 16});
    if (!table) return 0;
    const auto times = table->times("timestamp");
    if (times)
        for (std::size_t i = 1; i < times->size(); ++i)
            if ((*times)[i] <= (*times)[i - 1]) std::abort();
    for (const char* column : {"pv_power_w", "house_load_w"}) {
        const auto numbers = table->numbers(column);
        if (!numbers) continue;
        if (numbers->size() != table->rows()) std::abort();
        for (const double number : *numbers)
            if (!std::isfinite(number)) std::abort();
    }
    return 0;
}
