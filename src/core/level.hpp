#pragma once
// What a load is told to do: off, eco, full, or a number of watts.
#include <cstdint>

#include "core/units.hpp"

namespace bitgrid::core {

enum class Level : std::uint8_t { Off, Eco, Full, Limited };

/// The level that a decision leaves a load at, so that nobody has to guess what NOOP means.
struct Target {
    Level level{Level::Off};
    Watts limit{};  ///< only for Limited, else 0

    constexpr bool is_on() const { return level != Level::Off; }
    friend constexpr bool operator==(const Target&, const Target&) = default;
};

inline constexpr Target kOff{Level::Off, {}};
inline constexpr Target kEco{Level::Eco, {}};
inline constexpr Target kFull{Level::Full, {}};

}  // namespace bitgrid::core
