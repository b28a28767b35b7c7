#pragma once
// Tells the other processes of the house that the host lives on its UPS: work that can wait must
// wait then. A small file in the data folder, there only while it is so. Any thread; failures are
// without a word, because nothing but leisure depends on it.
#include <string>

#include "core/time.hpp"

namespace bitgrid::app {

/// How long a notice counts that nobody has renewed: who wrote it may have lost its power.
inline constexpr std::int64_t kNoticeHoldsMs = std::int64_t{5} * 60'000;

/// Writes the notice anew, or takes it away. Not synced: it means nothing after a power cut.
void publish_power(const std::string& data, bool is_on_battery, core::UnixTime now);

/// Why heavy work must wait, in words; empty: it need not.
std::string why_rest(const std::string& data, core::UnixTime now);

}  // namespace bitgrid::app
