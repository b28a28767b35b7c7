// Any bytes as an answer of AxeOS.
#include "adapters/axeos/axeos_reply.hpp"

#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "wire/bounded_json.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto json = wire::parse_json({reinterpret_cast<const char*>(data), size}, {65'536, 16});
    if (!json) return 0;
    const auto frequencies = axeos::read_frequencies(*json);
    const auto mhz = axeos::offered(frequencies, 500);
    if (mhz && !(*mhz >= 1 && *mhz <= 2000)) std::abort();
    const auto info = axeos::read_info(*json);
    if (!info) return 0;
    for (const auto& value : {info->temp_c, info->power_w, info->hashrate_ths})
        if (value && !(std::isfinite(*value) && *value >= 0)) std::abort();
    return 0;
}
