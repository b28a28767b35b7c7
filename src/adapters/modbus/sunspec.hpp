#pragma once
// SunSpec without a wire: the walk along a device's chain of models, and what the models say.
// Watts and percent; "not implemented" in any of its ways is absent, never a number. Signs as the
// standard has them: inverter + = feeding, battery + = discharging; a meter's sign depends on the
// device. Pure and bounded; hostile words end the walk with an error.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace bitgrid::adapters::sunspec {

inline constexpr std::size_t kMostModels = 64;

struct ModelPlace {
    std::uint16_t id{};
    std::uint16_t address{};  ///< of the header: id, length, then `length` words
    std::uint16_t length{};
    std::size_t words() const { return std::size_t{length} + 2; }
};

/// Finds the chain at 40000, 0 or 50000 and walks its headers. Ask next(), give the words that were
/// read there to take(), or say refuse() where the device has no such registers.
class ChainWalk {
public:
    struct Read {
        std::uint16_t address{};
        std::uint16_t count{};
    };

    /// Empty: the walk is over, ask places().
    std::optional<Read> next() const;
    void take(std::span<const std::uint16_t>);
    void refuse();

    /// The models in order; NotFound where there is no chain, Damaged where it leads nowhere.
    core::Result<std::vector<ModelPlace>> places() const;

private:
    enum class Step : std::uint8_t { Mark, Header, Done };
    void try_next_base();
    void take_header(std::uint16_t id, std::uint16_t length);

    Step step_{Step::Mark};
    std::size_t base_{0};
    std::uint32_t address_{};
    std::vector<ModelPlace> places_;
    std::string damage_;
};

/// The words of one model, its header first; offsets count from the header, as in the standard.
/// Points beyond the end are absent.
class ModelWords {
public:
    explicit ModelWords(std::span<const std::uint16_t> words) : words_{words} {}

    std::uint16_t id() const { return words_.empty() ? std::uint16_t{0} : words_[0]; }
    std::optional<double> u16(std::size_t at) const;
    std::optional<double> i16(std::size_t at) const;
    std::optional<double> f32(std::size_t at) const;
    /// raw · 10^scale; absent where either is.
    std::optional<double> scaled_u16(std::size_t at, std::size_t scale_at) const;
    std::optional<double> scaled_i16(std::size_t at, std::size_t scale_at) const;
    std::string text(std::size_t at, std::size_t words) const;

private:
    std::optional<double> scaled(std::optional<double> raw, std::size_t scale_at) const;
    std::span<const std::uint16_t> words_;
};

struct Identity {
    std::string manufacturer, model, version, serial;
};
Identity read_common(const ModelWords&);  ///< model 1

enum class InverterState : std::uint8_t { Unknown, Off, Sleeping, Awake, Fault };
struct Inverter {
    std::optional<double> ac_w;
    InverterState state{InverterState::Unknown};
};
bool is_inverter(std::uint16_t id);  ///< 101-103, 111-113
Inverter read_inverter(const ModelWords&);

bool is_meter(std::uint16_t id);  ///< 201-204, 211-214
std::optional<double> read_meter_w(const ModelWords&);

std::optional<double> read_storage_soc(const ModelWords&);  ///< model 124

struct Battery {
    std::optional<double> soc_pct;
    std::optional<double> power_w;
};
Battery read_battery(const ModelWords&);  ///< model 802

/// Model 160. Hybrids report their battery as two more strings, told apart by their names.
struct Strings {
    bool has_battery{false};
    std::optional<double> pv_w;  ///< all strings that report; absent where none does
    std::optional<double> charge_w;
    std::optional<double> discharge_w;
};
Strings read_strings(const ModelWords&);

}  // namespace bitgrid::adapters::sunspec
