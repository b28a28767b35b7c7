// Any JSON as the parts of a day's figures: read back without loss, or refused with words; and what
// is read makes figures.
#include <cstdint>
#include <cstdlib>

#include "research/kpi/kpi_parts_json.hpp"
#include "research/kpi/kpis.hpp"
#include "wire/bounded_json.hpp"

using namespace bitgrid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto json = wire::parse_json({reinterpret_cast<const char*>(data), size});
    if (!json) return 0;
    const auto parts = research::kpi_parts_from_json(*json);
    if (!parts) {
        if (parts.error().what.empty()) std::abort();
        return 0;
    }
    const auto again = research::kpi_parts_from_json(research::kpi_parts_json(*parts));
    if (!again) std::abort();
    if (research::kpis_of(*parts).size() != research::kpis_of(*again).size()) std::abort();
    return 0;
}
