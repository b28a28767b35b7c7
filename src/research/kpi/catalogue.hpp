#pragma once
// Every figure that a house is judged by, in one table: key, unit, version, formula, what it should
// be. A formula that changes gets a new version; a key never changes its meaning.
#include <optional>
#include <span>
#include <string_view>

namespace bitgrid::research {

enum class Kpi : std::uint8_t {
    GridImportKwh,
    GridExportKwh,
    PvKwh,
    HouseKwh,
    LoadKwh,
    SelfConsumptionPct,
    AutarkyPct,
    SurplusCapturedPct,
    LoadGridSharePct,
    LoadGridDirectPct,
    ImportChangePct,
    SwitchesPerDay,
    FlappingRatePct,
    MinRuntimeViolations,
    DeadbandHitRatePct,
    ExplainCoveragePct,
    ExplainLatencyMs,
    DecisionLatencyP50Ms,
    DecisionLatencyP99Ms,
    SafetyReactionP50Ms,
    SafetyReactionP99Ms,
    ThermalIncidents,
    UptimePct,
    BlocksTracedPct,
    MeasuredPct,
    SatsPerKwh,
    EnergyToSats,
    ValueExportCt,
    ValueStoreCt,
    ValueHeatCt,
    ValueHodlCt,
    Co2G,
    StartsPerDay,
    ThermalCyclesPerDay,
};
inline constexpr std::size_t kKpiCount = 34;

struct KpiTarget {
    bool is_least{};  ///< else: at most
    double value{};

    bool is_reached_by(double figure) const { return is_least ? figure >= value : figure <= value; }
};

enum class Scope : std::uint8_t { House, Load, Both };

struct KpiSpec {
    Kpi kpi;
    std::string_view key;
    std::string_view unit;
    int version;
    Scope scope;
    int digits;  ///< behind the point, for people
    std::string_view en;
    std::string_view de;
    std::string_view formula;  ///< in words, English
    std::optional<KpiTarget> target{};
};

std::span<const KpiSpec> kpi_catalogue();  ///< in the order of Kpi
const KpiSpec& spec_of(Kpi);

}  // namespace bitgrid::research
