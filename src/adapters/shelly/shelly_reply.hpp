#pragma once
// What a Shelly plug of the second generation and later says over RPC.
#include <optional>
#include <string>

#include "adapters/web_reply.hpp"
#include "core/result.hpp"

namespace bitgrid::adapters::shelly {

struct SwitchStatus {
    bool is_on{false};
    std::optional<double> power_w;  ///< absent where the plug does not measure
    std::optional<double> timer_s;  ///< set time of the timer that turns it back
    std::string errors;             ///< in its own words, apart by blanks; empty: none
};

/// The result of Switch.GetStatus; pure. Damaged where `output` is missing or no yes or no.
core::Result<SwitchStatus> read_switch_status(const nlohmann::json&);

/// The result of a call; pure. RPC errors by number: Refused (bad argument, precondition),
/// NotFound, Unavailable (busy).
core::Result<nlohmann::json> read_result(const WebReply&);

}  // namespace bitgrid::adapters::shelly
