// Any bytes as a decision of the journal: replayed, or refused with words; and the same every time.
// mutations: 3000
#include <cstdint>
#include <cstdlib>

#include "research/replay.hpp"

using namespace bitgrid;

namespace {

// The loads of the simulated house.
core::Config house() {
    core::Config config;
    for (const char* id : {"miner", "bitaxe", "rod"}) {
        config.loads.push_back({});
        config.loads.back().id = id;
    }
    return config;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const core::Config config = house();
    const std::string_view row{reinterpret_cast<const char*>(data), size};
    const auto replayed = research::replay(row, config);
    if (!replayed) {
        if (replayed.error().what.empty()) std::abort();
        return 0;
    }
    if (replayed->is_same && !research::differences(*replayed).empty()) std::abort();
    const auto again = research::replay(row, config);
    if (!again || again->now != replayed->now) std::abort();
    return 0;
}
