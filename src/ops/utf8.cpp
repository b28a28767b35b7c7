#include "ops/utf8.hpp"

#include <cstdint>

namespace bitgrid::ops {
namespace {

struct Form {
    std::size_t length;       ///< bytes; 0: no character starts like this
    std::uint32_t lead_bits;  ///< of the first byte that carry the value
    std::uint32_t least;      ///< smaller values have a shorter form
};

Form form_of(unsigned char first) {
    if (first < 0x80) return {1, 0x7f, 1};
    if (first >= 0xc2 && first <= 0xdf) return {2, 0x1f, 0x80};
    if ((first & 0xf0) == 0xe0) return {3, 0x0f, 0x800};
    if (first >= 0xf0 && first <= 0xf4) return {4, 0x07, 0x10000};
    return {0, 0, 0};
}

}  // namespace

bool is_utf8(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto first = static_cast<unsigned char>(bytes.front());
        const Form form = form_of(first);
        if (form.length == 0 || form.length > bytes.size()) return false;
        std::uint32_t value = first & form.lead_bits;
        for (std::size_t i = 1; i < form.length; ++i) {
            const auto next = static_cast<unsigned char>(bytes[i]);
            if ((next & 0xc0) != 0x80) return false;
            value = (value << 6) | (next & 0x3fU);
        }
        const bool is_surrogate = value >= 0xd800 && value <= 0xdfff;
        if (value < form.least || value > 0x10ffff || is_surrogate) return false;
        bytes.remove_prefix(form.length);
    }
    return true;
}

}  // namespace bitgrid::ops
