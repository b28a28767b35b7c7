#pragma once
// What a rule returns: a vote, or nothing, and in both cases every comparison that it made.
#include <array>
#include <cstdint>
#include <string_view>

#include "core/bounded_list.hpp"
#include "core/codes.hpp"

namespace bitgrid::core {

/// Names of measured values that are compared. Signals keep their names; the rest is computed from
/// them.
enum class Measure : std::uint8_t {
    SurplusKw,
    BatterySocPct,
    PvPowerW,
    NetImportW,
    EnergyPrice,
    PricePeak,
    PvForecastKw,
    TempC,
    HeartbeatAgeS,
    MissingSignals,  ///< how many required signals are missing
    OffPowerW,       ///< drawn although commanded off
    EmergencyLatched,
    LockoutLeftS,
    Unacknowledged,
    Unconfirmed,  ///< commands that were not confirmed after their retries
    ShuttingDown,
    BlocksSinceChange,
    OverrideLeftS,
    FastImportS,  ///< how long net import has been above grid_import_fast_w
    PathValue,    ///< ct/kWh of the load's path against the preferred one
    GuardHolds,   ///< the guard keeps every load off
};

/// Names of what a value is compared with: keys of rules.yaml, or a word for a computed bound.
enum class Bound : std::uint8_t {
    SurplusThrottleMinKw,
    SurplusMinKw,
    PriceMaxCtKwh,
    SocStopPct,
    SocSuperPct,
    SocSuperStopPct,
    SocStandardPct,
    SocStandardStopPct,
    SocEcoStartPct,
    PvStartW,
    SocHardMinPct,
    SocSoftMinPct,
    MaxGridImportW,
    GridImportFastS,
    MaxChipTempC,
    TResumeC,
    CommTimeoutS,
    StandbyW,
    Zero,
    MinPredictedSurplusKw,
    PriceSpikeThresholdCt,
    MinRuntimeBlocks,
    MinPauseBlocks,
    DeadbandHoldBlocks,
    PreferredPath,
};

enum class Op : std::uint8_t { Less, LessEqual, Greater, GreaterEqual, Equal };

/// One comparison, written as the condition that lets the load run: `surplus_kw 0.42 >=
/// surplus_throttle_min_kw 0.8`.
struct Fact {
    Measure measure;
    Op op;
    bool holds;
    Bound bound_id;
    double value;  ///< in the unit of the measure
    double bound;  ///< same unit
    friend bool operator==(const Fact&, const Fact&) = default;
};

struct Vote {
    // Constructors, not an aggregate: that would clear the room of all facts with each vote.
    Vote() {}  // NOLINT(modernize-use-equals-default): as above
    explicit Vote(Rule r) : rule{r} {}

    Rule rule{Rule::R1};
    bool is_binding{false};  ///< false: the rule has nothing to say; `code` is then meaningless
    Code code{};
    BoundedList<Fact, 12> facts;

    void bind(Code c) {
        is_binding = true;
        code = c;
    }
    /// Records `value op bound` and says whether it holds. A NaN never holds.
    bool test(Measure, double value, Op, Bound, double bound);
    friend bool operator==(const Vote&, const Vote&) = default;
};

using Votes = std::array<Vote, kRuleCount>;  ///< always R1 … R5

std::string_view name_of(Measure);
std::string_view unit_of(Measure);
/// Smallest difference that is shown and counted, in the measure's unit.
double step_of(Measure);
std::string_view name_of(Op);  ///< `<`, `<=`, `>`, `>=`, `==`
std::string_view name_of(Bound);

inline bool compare(double value, Op op, double bound) {
    switch (op) {
        case Op::Less:
            return value < bound;
        case Op::LessEqual:
            return value <= bound;
        case Op::Greater:
            return value > bound;
        case Op::GreaterEqual:
            return value >= bound;
        case Op::Equal:
            return value == bound;
    }
    return false;
}

inline bool Vote::test(Measure measure, double value, Op op, Bound id, double bound) {
    const bool holds = compare(value, op, bound);
    facts.push_back({measure, op, holds, id, value, bound});
    return holds;
}

}  // namespace bitgrid::core
