#include "engine/uuid.hpp"

#include <algorithm>

namespace bitgrid::engine {
namespace {

// SplitMix64: spreads a counter over 64 bits.
std::uint64_t mixed(std::uint64_t& state) {
    state += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

void put_hex(std::string& text, std::uint64_t value, int digits) {
    for (int i = digits - 1; i >= 0; --i)
        text.push_back("0123456789abcdef"[(value >> (4 * i)) & 0xF]);
}

}  // namespace

std::string UuidSource::next(core::UnixTime now) {
    // Within a millisecond, and where the wall clock goes back, the counter keeps the order.
    if (now.ms > last_ms_) {
        last_ms_ = now.ms;
        counter_ = 0;
    } else if (++counter_ > 0xFFF) {
        ++last_ms_;
        counter_ = 0;
    }
    const auto ms = static_cast<std::uint64_t>(last_ms_);
    const std::uint64_t tail = (mixed(state_) & 0x3FFFFFFFFFFFFFFFu) | 0x8000000000000000u;
    std::string text;
    put_hex(text, ms >> 16, 8);
    text.push_back('-');
    put_hex(text, ms & 0xFFFF, 4);
    text.push_back('-');
    put_hex(text, 0x7000u | counter_, 4);
    text.push_back('-');
    put_hex(text, tail >> 48, 4);
    text.push_back('-');
    put_hex(text, tail, 12);
    return text;
}

}  // namespace bitgrid::engine
