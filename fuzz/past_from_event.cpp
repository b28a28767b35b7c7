// Any JSON as an event of the journal: made into rows that are whole, or refused with words.
#include "wire/past_from_event.hpp"

#include <cstdint>
#include <cstdlib>

#include "wire/bounded_json.hpp"
#include "wire/minutes_json.hpp"

using namespace bitgrid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto json = wire::parse_json({reinterpret_cast<const char*>(data), size});
    if (!json) return 0;
    const auto rows = wire::rows_of_decision(*json, 1);
    if (!rows && rows.error().what.empty()) std::abort();
    if (rows && (rows->decision.load_id != rows->state.load_id || rows->de.seq != 1)) std::abort();
    const auto value = wire::value_row(*json, 1);
    if (!value && value.error().what.empty()) std::abort();
    const auto minutes = wire::rows_of_minutes(*json, 1);
    if (!minutes && minutes.error().what.empty()) std::abort();
    if (minutes && (minutes->empty() || minutes->front().mean_over_s != 60)) std::abort();
    return 0;
}
