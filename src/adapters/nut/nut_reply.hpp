#pragma once
// Answers of NUT's upsd: one line each, `VAR <ups> <variable> "<value>"` or `ERR <word>`.
// Source: RFC 9271, sections 4.2.3 and 4.3.
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "ports/power.hpp"

namespace bitgrid::adapters::nut {

inline constexpr std::size_t kLongestLine = 512;

/// The value in the answer to `GET VAR <ups> <variable>`. Refused: upsd answered ERR, named in the
/// text. Damaged: anything else than the answer to this question.
core::Result<std::string> value_of(std::string_view line, std::string_view ups,
                                   std::string_view variable);

/// What upsd answers where a UPS does not have a variable.
bool is_not_supported(const core::Error&);

/// `ups.status`: words such as `OL CHRG`. Unknown words are passed over; Damaged where neither
/// mains (OL, BYPASS) nor battery (OB), off (OFF) nor the end (FSD) is named; Unavailable while the
/// driver is starting (WAIT).
core::Result<ports::PowerReading> read_status(std::string_view words);

/// A finite number within [0, most]; Damaged names the text.
core::Result<double> read_number(std::string_view text, double most);

}  // namespace bitgrid::adapters::nut
