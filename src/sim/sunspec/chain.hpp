#pragma once
// Builds a SunSpec register chain: models one after the other, each point at its offset from the
// model's header. Points that nobody sets say "not implemented" in the way of their type. Pure.
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace bitgrid::sim {

inline constexpr std::uint16_t kSunSpecBase = 40000;
inline constexpr std::uint16_t kNoInt16 = 0x8000;
inline constexpr std::uint16_t kNoUint16 = 0xFFFF;

struct ModelPlace {
    std::uint16_t id{};
    std::uint16_t address{};  ///< of the model's header
};

class SunSpecChain {
public:
    SunSpecChain();

    /// Begins a model; offsets of the setters count from its header. `is_signed`: points that say
    /// 0x8000 when unset.
    void begin(std::uint16_t id, std::uint16_t length,
               std::initializer_list<std::uint16_t> is_signed = {});
    void u16(std::uint16_t offset, double value, int scale = 0);
    void i16(std::uint16_t offset, double value, int scale = 0);
    void u32(std::uint16_t offset, double value, int scale = 0);
    void scale(std::uint16_t offset, int power_of_ten);
    void text(std::uint16_t offset, std::uint16_t words, std::string_view);
    void end();

    const std::vector<std::uint16_t>& words() const { return words_; }
    const std::vector<ModelPlace>& places() const { return places_; }

private:
    std::uint16_t& word(std::uint16_t offset) { return words_[model_ + offset]; }

    std::vector<std::uint16_t> words_;
    std::vector<ModelPlace> places_;
    std::size_t model_{0};
};

}  // namespace bitgrid::sim
