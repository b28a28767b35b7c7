#include "research/compared.hpp"

#include <algorithm>

namespace bitgrid::research {
namespace {

// The first load of which it is not the same; none where it is of all.
template <class Part>
std::optional<std::size_t> other_load(const SimulatedRow& a, const SimulatedRow& b, Part part) {
    for (std::size_t l = 0; l < std::min(a.loads(), b.loads()); ++l)
        if (!(a.load(l).*part == b.load(l).*part)) return l;
    return std::nullopt;
}

}  // namespace

Compared compare(const std::vector<SimulatedRow>& a, const std::vector<SimulatedRow>& b) {
    Compared result;
    result.rows = std::min(a.size(), b.size());
    std::optional<std::size_t> first_code;
    for (std::size_t i = 0; i < result.rows; ++i) {
        const auto code = other_load(a[i], b[i], &SimulatedLoad::code);
        if (code) ++result.other_codes;
        if (code && !first_code && !result.first) {
            first_code = i;
            result.first_load = *code;
        }
        const auto level = other_load(a[i], b[i], &SimulatedLoad::target);
        if (!level) continue;
        ++result.other_levels;
        if (result.first) continue;
        result.first = i;
        result.first_load = *level;
    }
    if (!result.first) result.first = first_code;
    return result;
}

}  // namespace bitgrid::research
