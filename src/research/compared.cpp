#include "research/compared.hpp"

#include <algorithm>

namespace bitgrid::research {

Compared compare(const std::vector<SimulatedRow>& a, const std::vector<SimulatedRow>& b) {
    Compared result;
    result.rows = std::min(a.size(), b.size());
    std::optional<std::size_t> first_code;
    for (std::size_t i = 0; i < result.rows; ++i) {
        if (a[i].code != b[i].code) {
            ++result.other_codes;
            if (!first_code) first_code = i;
        }
        if (a[i].target == b[i].target) continue;
        ++result.other_levels;
        if (!result.first) result.first = i;
    }
    if (!result.first) result.first = first_code;
    return result;
}

}  // namespace bitgrid::research
