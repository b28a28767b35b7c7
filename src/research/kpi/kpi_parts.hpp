#pragma once
// What the figures of a stretch of time are made of: sums and counts that add up, so that those of
// ten years come from the sums of their days. kWh, ms, ct. Values without owners; pure.
#include <optional>
#include <string>
#include <vector>

#include "research/kpi/house_record.hpp"
#include "research/kpi/latencies.hpp"

namespace bitgrid::research {

/// A sum over the time in which it was known.
struct Sum {
    double total{0};
    std::int64_t known_ms{0};

    void add(double value, std::int64_t ms) {
        if (!is_known(value)) return;
        total += value;
        known_ms += ms;
    }
    std::optional<double> get() const { return known_ms > 0 ? std::optional{total} : std::nullopt; }
    Sum& operator+=(const Sum& more) {
        total += more.total;
        known_ms += more.known_ms;
        return *this;
    }
};

/// A change between on and off, kept at both ends of a stretch so that what spans two of them is
/// found when they are joined.
struct Change {
    core::BlockId block{};
    core::UnixTime time;
    bool is_on{false};
    bool is_by_rule{false};    ///< a stop that R5 should have held back for the least running time
    int min_runtime_blocks{};  ///< as configured when it was made
    friend bool operator==(const Change&, const Change&) = default;
};

enum class Warmth : std::uint8_t { Unknown, Cold, Warm };

struct LoadParts {
    std::string id;
    Sum energy_kwh;
    Sum extra_import_kwh;  ///< bought because it ran
    double judged_kwh{0};  ///< its energy where that is known
    Sum sats;
    double valued_kwh{0};         ///< its energy where the sats are known
    std::int64_t observed_ms{0};  ///< of the blocks that were decided for it
    int ticks{0};
    int held{0};  ///< ticks that R5 decided
    int starts{0};
    int stops{0};
    int flaps{0};  ///< changes that undo the one before within half an hour
    int early_stops{0};
    std::optional<Change> first;
    std::optional<Change> last;
    std::int64_t temp_known_ms{0};
    int warmings{0};
    Warmth first_warmth{Warmth::Unknown};
    Warmth last_warmth{Warmth::Unknown};
};

struct KpiParts {
    std::int64_t expected_ms{0};  ///< of the blocks that should have been decided
    std::int64_t decided_ms{0};   ///< of those with a decision
    std::int64_t traced_ms{0};    ///< of those with one for every load
    Sum pv_kwh, house_kwh, import_kwh, export_kwh;
    // Only blocks in which all of PV, house, grid and loads are known:
    Sum consumed_kwh;  ///< house and loads
    double whole_pv_kwh{0};
    double whole_import_kwh{0};
    double whole_export_kwh{0};
    double surplus_kwh{0};   ///< what would have been exported without the loads
    double captured_kwh{0};  ///< what of it was not
    std::array<Sum, core::kPathCount> value_ct;  ///< of the energy that went each way
    std::int64_t decisions{0};
    std::int64_t worded{0};  ///< decisions of a place that makes words
    std::int64_t explained{0};
    Latencies tick_delay;
    Latencies safety_reaction;
    std::int64_t watched_ms{0};  ///< of the time whose safety events are known
    int thermal_incidents{0};
    std::vector<LoadParts> loads;
};

/// The parts of two stretches, the later one second. Associative, up to the rounding of sums; an
/// empty KpiParts changes nothing.
KpiParts combine(KpiParts earlier, const KpiParts& later);

/// Counts a change and what it undoes. `before`: the one before it, where there is one.
void count_change(LoadParts&, const std::optional<Change>& before, const Change& change);

}  // namespace bitgrid::research
