// Any bytes as the packed inputs of a sealed decision: read back to the same bytes, or refused.
// mutations: 20000
#include <cstdint>
#include <cstdlib>

#include "wire/packed.hpp"

using namespace bitgrid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    const auto moment = wire::unpack(bytes);
    if (!moment) {
        if (moment.error().what.empty()) std::abort();
        return 0;
    }
    if (wire::pack(*moment).bytes != bytes) std::abort();
    return 0;
}
