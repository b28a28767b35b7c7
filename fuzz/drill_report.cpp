// Any bytes as the report of a self-test: refused with words, or read, and then written and read
// the same again.
#include <cstdint>
#include <cstdlib>

#include "wire/bounded_json.hpp"
#include "wire/drill_json.hpp"

using namespace bitgrid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto json = wire::parse_json({reinterpret_cast<const char*>(data), size});
    if (!json) return 0;
    const auto drill = wire::drill_from_json(*json);
    if (!drill) {
        if (drill.error().what.empty()) std::abort();
        return 0;
    }
    if (drill->steps.size() > core::kMaxDrillSteps) std::abort();
    const auto again = wire::drill_from_json(wire::drill_json(*drill));
    if (!again || wire::drill_json(*again) != wire::drill_json(*drill)) std::abort();
    return 0;
}
