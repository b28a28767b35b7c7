// Any bytes as what `bitgrid sweep --vary` says: a bounded list of values, or refused with words.
#include <cstdint>
#include <cstdlib>

#include "research/sweep.hpp"

using namespace bitgrid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto axis = research::read_axis({reinterpret_cast<const char*>(data), size});
    if (!axis) {
        if (axis.error().what.empty()) std::abort();
        return 0;
    }
    if (axis->values.empty() || axis->values.size() > research::kMostValues) std::abort();
    const auto grid = research::Grid::make({}, {*axis});
    if (!grid && grid.error().what.empty()) std::abort();
    if (grid && grid->values(grid->size() - 1).size() != 1) std::abort();
    return 0;
}
