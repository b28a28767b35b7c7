#pragma once
// Numbers as people read them: few digits, yet never so few that a value looks like the bound that
// it misses. A missing number (NaN) has words of its own. Pure.
#include <span>
#include <string>
#include <string_view>

#include "explain/locale.hpp"

namespace bitgrid::explain {

/// A measured value beside the bounds that it was compared with: rounded half up; one digit more
/// as long as it would look equal to a bound that it does not equal.
std::string measured(const Locale&, double value, std::string_view unit,
                     std::span<const double> bounds);

/// A value beside another one of its kind: one digit more as long as both would look equal.
std::string compared(const Locale&, double value, std::string_view unit, double other);

/// A threshold, exactly as it was set (to a thousandth).
std::string threshold(const Locale&, double value, std::string_view unit);

enum class Toward { Up, Down };
/// A value that is to be reached: rounded so that who reads it and reaches it has reached it.
std::string goal(const Locale&, double value, std::string_view unit, Toward);

/// Characters, not bytes.
std::size_t length_of(std::string_view utf8);
/// The first characters, and … in place of the rest.
std::string shortened(std::string_view utf8, std::size_t most);

}  // namespace bitgrid::explain
