#pragma once
// The language between controller and guard: one line each way, fields separated by one space.
//
//   lease 1 <instance> <cycle> <ordered off 0|1> <goodbye 0|1> <config>
//   guard 1 <cycle> armed|holding <loads not off> <proof left ms> <same config 0|1>
//
// instance and config are 16 lower-case hex digits; numbers are decimal without sign or leading
// zeros. Anything else is BadInput: a line is taken whole or not at all.
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "ports/lease.hpp"

namespace bitgrid::adapters::guard_lease {

inline constexpr std::size_t kLongestLine = 128;  ///< bytes, without the end of the line

std::string line_of(const ports::Renewal&);
std::string line_of(const ports::LeaseAnswer&);

/// `line` without its end.
core::Result<ports::Renewal> read_renewal(std::string_view line);
core::Result<ports::LeaseAnswer> read_answer(std::string_view line);

/// Takes the next whole line out of what came in; nothing where none is whole yet. TooLarge where
/// none can become one any more.
core::Result<std::optional<std::string>> next_line(std::string& received);

}  // namespace bitgrid::adapters::guard_lease
