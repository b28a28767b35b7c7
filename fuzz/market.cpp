// Any bytes as prices and as a PV forecast: what is taken is finite, in range and moves forward.
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "adapters/forecast/open_meteo_reply.hpp"
#include "adapters/price/energy_charts_reply.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

void check(const core::Result<std::vector<ports::Slot>>& slots, double min, double max) {
    if (!slots) return;
    demand(!slots->empty() && slots->size() <= 4000);
    for (std::size_t i = 0; i < slots->size(); ++i) {
        const ports::Slot& slot = (*slots)[i];
        demand(slot.value >= min && slot.value <= max && slot.start < slot.end);
        demand(i == 0 || (*slots)[i - 1].end <= slot.start);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    check(read_energy_charts(text), -50, 500);
    check(read_open_meteo(text, {10, 1, 8}), 0, 8);
    return 0;
}
