#include "sim/sunspec/chain.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrid::sim {
namespace {
double scaled(double value, int scale) { return std::round(value / std::pow(10.0, scale)); }
}  // namespace

SunSpecChain::SunSpecChain() : words_{0x5375, 0x6E53} {}

void SunSpecChain::begin(std::uint16_t id, std::uint16_t length,
                         std::initializer_list<std::uint16_t> is_signed) {
    model_ = words_.size();
    places_.push_back({id, static_cast<std::uint16_t>(kSunSpecBase + model_)});
    words_.insert(words_.end(), {id, length});
    words_.resize(words_.size() + length, kNoUint16);
    for (const std::uint16_t offset : is_signed) word(offset) = kNoInt16;
}

void SunSpecChain::u16(std::uint16_t offset, double value, int scale) {
    word(offset) = std::isfinite(value)
                       ? static_cast<std::uint16_t>(std::clamp(scaled(value, scale), 0.0, 65534.0))
                       : kNoUint16;
}

void SunSpecChain::i16(std::uint16_t offset, double value, int scale) {
    word(offset) = kNoInt16;
    if (!std::isfinite(value)) return;
    const double clamped = std::clamp(scaled(value, scale), -32767.0, 32767.0);
    word(offset) = static_cast<std::uint16_t>(static_cast<std::int16_t>(clamped));
}

void SunSpecChain::u32(std::uint16_t offset, double value, int scale) {
    const double clamped = std::clamp(scaled(value, scale), 0.0, 4294967294.0);
    const auto raw = std::isfinite(value) ? static_cast<std::uint32_t>(clamped) : 0xFFFFFFFFU;
    word(offset) = static_cast<std::uint16_t>(raw >> 16);
    word(static_cast<std::uint16_t>(offset + 1)) = static_cast<std::uint16_t>(raw & 0xFFFF);
}

void SunSpecChain::scale(std::uint16_t offset, int power_of_ten) {
    word(offset) = static_cast<std::uint16_t>(static_cast<std::int16_t>(power_of_ten));
}

void SunSpecChain::text(std::uint16_t offset, std::uint16_t words, std::string_view text) {
    const auto letter = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    for (std::uint16_t i = 0; i < words; ++i)
        word(static_cast<std::uint16_t>(offset + i)) = static_cast<std::uint16_t>(
            (letter(std::size_t{2} * i) << 8) | letter(std::size_t{2} * i + 1));
}

void SunSpecChain::end() { words_.insert(words_.end(), {0xFFFF, 0}); }

}  // namespace bitgrid::sim
