#pragma once
// What somebody wants to see tried: signals and thresholds with other values, as JSON. Checked
// here, whoever asks: the API, the command line.
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/case.hpp"
#include "core/result.hpp"
#include "core/suppose.hpp"

namespace bitgrid::research {

/// `{"decision_id": …, "load": …, "signals": {…}, "rules": {…}}`, each of them optional.
struct WhatIfRequest {
    std::string decision_id;  ///< the moment of this decision; empty: the next block
    std::string load;         ///< tell of this load alone; empty: of all that were judged
    nlohmann::json signals = nlohmann::json::object();  ///< by name: a number, or null for none
    nlohmann::json rules = nlohmann::json::object();    ///< by the keys of rules.yaml
};

/// BadInput names the field and what is allowed. At most 16 KiB.
core::Result<WhatIfRequest> what_if_request(std::string_view text);

/// Puts the signals and rules into the case. The changes in the order of the request, those that
/// follow after them: `[{"kind", "name", "unit", "from", "to", "follows"}]`. BadInput names the
/// key, the value and what is allowed; the case is then of no use.
core::Result<nlohmann::json> suppose(const WhatIfRequest&, core::Case&);

/// `battery_soc_pct`, `miner.temp_c`, `price_peak_ct_kwh`.
std::string name_of(core::ReadingPlace, const core::Config&);

}  // namespace bitgrid::research
