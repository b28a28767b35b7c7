#include "adapters/modbus/sunspec.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace bitgrid::adapters::sunspec {
namespace {

using core::Error;
using core::ErrorCode;

constexpr std::array<std::uint16_t, 3> kBases{40000, 0, 50000};
constexpr std::uint16_t kMark1 = 0x5375, kMark2 = 0x6E53, kEnd = 0xFFFF;
constexpr std::uint16_t kNoUint16 = 0xFFFF, kNoInt16 = 0x8000;
constexpr int kBiggestScale = 10;
constexpr std::size_t kMostStrings = 32, kFirstString = 10, kWordsPerString = 20;

bool is_float_model(std::uint16_t id) {
    return (id >= 111 && id <= 113) || (id >= 211 && id <= 214);
}

void add(std::optional<double>& sum, std::optional<double> part) {
    if (part) sum = sum.value_or(0) + *part;
}

}  // namespace

std::optional<ChainWalk::Read> ChainWalk::next() const {
    if (step_ == Step::Done) return std::nullopt;
    if (step_ == Step::Mark) return Read{kBases[base_], 2};
    return Read{static_cast<std::uint16_t>(address_), 2};
}

void ChainWalk::take(std::span<const std::uint16_t> words) {
    if (step_ == Step::Done) return;
    if (words.size() != 2) return refuse();
    if (step_ == Step::Header) return take_header(words[0], words[1]);
    if (words[0] != kMark1 || words[1] != kMark2) return try_next_base();
    step_ = Step::Header;
    address_ = std::uint32_t{kBases[base_]} + 2;
}

void ChainWalk::take_header(std::uint16_t id, std::uint16_t length) {
    if (id == kEnd) {
        step_ = Step::Done;
        return;
    }
    const std::uint32_t after = address_ + 2 + length;
    if (after + 1 > 0xFFFF || places_.size() == kMostModels) {
        damage_ = "SunSpec: model " + std::to_string(id) + " at " + std::to_string(address_) +
                  " with " + std::to_string(length) + " words leads out of the chain";
        step_ = Step::Done;
        return;
    }
    places_.push_back({id, static_cast<std::uint16_t>(address_), length});
    address_ = after;
}

void ChainWalk::refuse() {
    if (step_ == Step::Mark) return try_next_base();
    if (step_ == Step::Header) {
        damage_ = "SunSpec: the chain breaks off at " + std::to_string(address_);
        step_ = Step::Done;
    }
}

void ChainWalk::try_next_base() {
    if (++base_ == kBases.size()) step_ = Step::Done;
}

core::Result<std::vector<ModelPlace>> ChainWalk::places() const {
    if (!damage_.empty()) return Error{ErrorCode::Damaged, damage_};
    if (step_ != Step::Done) return Error{ErrorCode::Unavailable, "SunSpec: still searching"};
    if (places_.empty())
        return Error{ErrorCode::NotFound, "SunSpec: no models at 40000, 0 or 50000"};
    return places_;
}

std::optional<double> ModelWords::u16(std::size_t at) const {
    if (at >= words_.size() || words_[at] == kNoUint16) return std::nullopt;
    return words_[at];
}

std::optional<double> ModelWords::i16(std::size_t at) const {
    if (at >= words_.size() || words_[at] == kNoInt16) return std::nullopt;
    return static_cast<std::int16_t>(words_[at]);
}

std::optional<double> ModelWords::f32(std::size_t at) const {
    if (words_.size() < 2 || at > words_.size() - 2) return std::nullopt;
    const std::uint32_t bits = (std::uint32_t{words_[at]} << 16) | words_[at + 1];
    const auto value = static_cast<double>(std::bit_cast<float>(bits));
    return std::isfinite(value) ? std::optional{value} : std::nullopt;
}

std::optional<double> ModelWords::scaled(std::optional<double> raw, std::size_t scale_at) const {
    const auto scale = i16(scale_at);
    if (!raw || !scale || std::abs(*scale) > kBiggestScale) return std::nullopt;
    return *raw * std::pow(10.0, *scale);
}

std::optional<double> ModelWords::scaled_u16(std::size_t at, std::size_t scale_at) const {
    return scaled(u16(at), scale_at);
}

std::optional<double> ModelWords::scaled_i16(std::size_t at, std::size_t scale_at) const {
    return scaled(i16(at), scale_at);
}

std::string ModelWords::text(std::size_t at, std::size_t words) const {
    std::string out;
    for (std::size_t i = at; i < std::min(at + words, words_.size()); ++i)
        for (const int shift : {8, 0}) {
            const char c = static_cast<char>((words_[i] >> shift) & 0xFF);
            if (c == '\0') return out;
            out += c >= ' ' && c <= '~' ? c : '?';
        }
    return out;
}

Identity read_common(const ModelWords& m) {
    return {m.text(2, 16), m.text(18, 16), m.text(42, 8), m.text(50, 16)};
}

bool is_inverter(std::uint16_t id) { return (id >= 101 && id <= 103) || (id >= 111 && id <= 113); }

Inverter read_inverter(const ModelWords& m) {
    const bool is_float = is_float_model(m.id());
    Inverter inverter;
    inverter.ac_w = is_float ? m.f32(22) : m.scaled_i16(14, 15);
    const auto state = m.u16(is_float ? 48 : 38);
    if (!state) return inverter;
    if (*state == 1) inverter.state = InverterState::Off;
    else if (*state == 2) inverter.state = InverterState::Sleeping;
    else if (*state == 7) inverter.state = InverterState::Fault;
    else if (*state >= 3 && *state <= 8) inverter.state = InverterState::Awake;
    return inverter;
}

bool is_meter(std::uint16_t id) { return (id >= 201 && id <= 204) || (id >= 211 && id <= 214); }

std::optional<double> read_meter_w(const ModelWords& m) {
    return is_float_model(m.id()) ? m.f32(28) : m.scaled_i16(18, 22);
}

std::optional<double> read_storage_soc(const ModelWords& m) { return m.scaled_u16(8, 22); }

Battery read_battery(const ModelWords& m) { return {m.scaled_u16(11, 56), m.scaled_i16(47, 63)}; }

Strings read_strings(const ModelWords& m) {
    Strings strings;
    const auto count = static_cast<std::size_t>(m.u16(8).value_or(0));
    for (std::size_t i = 0; i < std::min(count, kMostStrings); ++i) {
        const std::size_t at = kFirstString + i * kWordsPerString;
        const auto watts = m.scaled_u16(at + 11, 4);
        const std::string name = m.text(at + 1, 8);
        const bool is_charge = name.starts_with("StCha");
        const bool is_discharge = name.starts_with("StDisCha");
        strings.has_battery = strings.has_battery || is_charge || is_discharge;
        add(is_charge      ? strings.charge_w
            : is_discharge ? strings.discharge_w
                           : strings.pv_w,
            watts);
    }
    return strings;
}

}  // namespace bitgrid::adapters::sunspec
