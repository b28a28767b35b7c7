#pragma once
// What a Shelly plug says: the second generation and later over RPC, the first over its own paths.
#include <optional>
#include <string>

#include "adapters/plug/plug_speech.hpp"
#include "adapters/web_reply.hpp"
#include "core/result.hpp"

namespace bitgrid::adapters::shelly {

struct SwitchStatus {
    bool is_on{false};
    std::optional<double> power_w;        ///< absent where the plug does not measure
    std::optional<double> timer_s;        ///< set time of the timer that turns it back
    std::optional<double> timer_began_s;  ///< by its own clock; not ours
    std::string errors;                   ///< in its own words, apart by blanks; empty: none
};

/// The result of Switch.GetStatus; pure. Damaged where `output` is missing or no yes or no.
core::Result<SwitchStatus> read_switch_status(const nlohmann::json&);

/// The result of a call; pure. RPC errors by number: Refused (bad argument, precondition),
/// NotFound, Unavailable (busy).
core::Result<nlohmann::json> read_result(const WebReply&);

/// An answer of the first generation; pure. Refused where it says no.
core::Result<nlohmann::json> read_gen1(const WebReply&);

/// One channel of `/status` of the first generation; pure. Damaged where the relay is missing.
core::Result<PlugStatus> read_gen1_status(const nlohmann::json&, std::size_t channel);

}  // namespace bitgrid::adapters::shelly
