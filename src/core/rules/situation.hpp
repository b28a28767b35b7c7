#pragma once
// What one rule sees of one load: the frozen state, the load's memory, and what is left of the
// surplus.
#include "core/config.hpp"
#include "core/energy_path.hpp"
#include "core/energy_state.hpp"
#include "core/memory.hpp"
#include "core/vote.hpp"

namespace bitgrid::core {

struct Situation {
    const Config& config;
    const Memory& memory;
    const EnergyState& state;
    const EnergyPathDecision& path;
    std::size_t load;
    double surplus_kw;  ///< after the loads before this one; NaN where a term is missing
    SignalSet missing;  ///< of the site and of this load: unusable_signals()
    BlockId block;

    const RuleConfig& rules() const { return config.rules; }
    const LoadConfig& load_config() const { return config.loads[load]; }
    const LoadMemory& load_memory() const { return memory.loads[load]; }
    const LoadReadings& readings() const { return state.loads[load]; }
    const SiteReadings& site() const { return state.site; }
    bool is_on() const { return load_memory().target.is_on(); }
    bool is_degraded() const { return !missing.empty(); }
    /// The battery bands judge instead of the surplus.
    bool uses_soc_band() const {
        return config.site.has_battery && rules().strategy == Strategy::SocBand;
    }
};

}  // namespace bitgrid::core
