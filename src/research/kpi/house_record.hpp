#pragma once
// A block of a house as the figures are made from it, the same whether it was recorded, simulated
// or imported. Powers are means over the block, W, signs as in EnergyState; NaN: not known. Values
// without owners.
#include <limits>
#include <optional>

#include "core/bounded_list.hpp"
#include "core/codes.hpp"
#include "core/config.hpp"
#include "core/energy_path.hpp"
#include "core/time.hpp"

namespace bitgrid::research {

inline constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr bool is_known(double value) { return value - value == 0; }
constexpr double or_unknown(const std::optional<double>& value) { return value.value_or(kUnknown); }

struct LoadRecord {
    double power_w{kUnknown};
    double temp_c{kUnknown};  ///< at the block's end
};

struct HouseRecord {
    core::BlockId block{};
    double pv_w{kUnknown};
    double house_w{kUnknown};  ///< without the controlled loads
    double import_w{kUnknown};
    double export_w{kUnknown};
    double battery_w{kUnknown};     ///< + discharging
    double sats_per_kwh{kUnknown};  ///< of the first miner
    /// What a kWh was worth, in the order of core::Path.
    std::array<double, core::kPathCount> value_ct_kwh{kUnknown, kUnknown, kUnknown, kUnknown};
    core::BoundedList<LoadRecord, core::kMaxLoads> loads;  ///< in the order of KpiFacts::loads
};

/// One decision for one load.
struct DecisionRecord {
    std::size_t load{};  ///< index into KpiFacts::loads
    core::BlockId block{};
    core::UnixTime time;
    core::Code code{};
    bool was_on{false};
    bool is_on{false};
    bool is_tick{true};      ///< of the block's rhythm, not between blocks
    bool is_recorded{true};  ///< by a running controller: when it came and what it said count
    bool is_explained{false};
};

}  // namespace bitgrid::research
