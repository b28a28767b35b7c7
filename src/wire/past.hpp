#pragma once
// The past as rows: one struct per dataset of the cold store, the same whether they were read from
// Parquet, made of today's journal, of a simulated run or of a CSV. Names carry their units; signs
// as in EnergyState. Values without owners.
#include <cstdint>
#include <optional>
#include <string>

#include "core/time.hpp"
#include "wire/packed.hpp"

namespace bitgrid::wire {

/// Dataset `decisions`: what was decided for one load, without the numbers it was decided on.
struct DecisionRow {
    std::int64_t seq{};  ///< of the journal; 0: was never in one
    core::UnixTime time;
    core::BlockId block_id{};
    std::string load_id;
    std::string decision_id;
    std::string trigger;  ///< `BLOCK_TICK`, …
    std::string decision_code;
    std::string rule;
    std::string reason;
    std::string action;
    std::string level_before;  ///< `off`, `eco`, `full`, or `limited`
    std::string target_level;
    double target_w{};
    core::UnixTime valid_until;
    std::optional<double> surplus_kw;
    std::string missing;  ///< signals, with commas
    bool is_explained{};  ///< has rule, value and threshold, and words in every language
    std::string config_version;
    std::string rule_version;
    std::string command_id;  ///< empty: no command followed
    std::string mode;        ///< strategy soc_band; empty: none
    std::string proposal;    ///< what ASSIST offers; empty: nothing
    std::string votes;       ///< canonical JSON, every comparison of every rule
    Packed inputs;           ///< state and memory; empty: its configuration is not known any more
    friend bool operator==(const DecisionRow&, const DecisionRow&) = default;
};

/// The trigger of rows of `states` that no decision belongs to.
inline constexpr const char* kMinuteTrigger = "MINUTE";

/// Dataset `states`: what was known when it was decided, one row per decision; and one per minute
/// and load (trigger MINUTE), at the minute's end, `block_id` being the block in which it lies. At
/// a block's tick and at a minute's end the powers are means over what ended then; `load_power_w`
/// is one in minutes alone. Null: missing, or not to be used.
struct StateRow {
    std::int64_t seq{};
    core::UnixTime time;
    core::BlockId block_id{};
    std::string load_id;
    std::string trigger;
    std::optional<double> pv_power_w;
    std::optional<double> grid_import_w;
    std::optional<double> grid_export_w;
    std::optional<double> house_load_w;  ///< without the controlled loads
    std::optional<double> battery_soc_pct;
    std::optional<double> battery_power_w;  ///< + discharging
    std::optional<double> energy_price_ct_kwh;
    std::optional<double> price_peak_ct_kwh;
    std::optional<double> pv_forecast_kw;
    bool is_expected_on{};
    std::optional<double> load_power_w;
    std::optional<double> load_temp_c;
    std::optional<double> load_hashrate_ths;
    std::optional<double> load_heartbeat_age_s;
    std::optional<double> mean_over_s;  ///< null: values of a moment, or written before version 2
    friend bool operator==(const StateRow&, const StateRow&) = default;
};

/// Dataset `energy_to_value`: what a surplus kWh was worth on each path in a block; null: unknown.
struct ValueRow {
    std::int64_t seq{};
    core::UnixTime time;
    core::BlockId block_id{};
    std::string preferred;
    std::optional<double> export_ct_kwh;
    std::optional<double> store_ct_kwh;
    std::optional<double> heat_ct_kwh;
    std::optional<double> hodl_ct_kwh;
    std::optional<double> sats_per_kwh;
    friend bool operator==(const ValueRow&, const ValueRow&) = default;
};

/// Dataset `explain_sessions`: the words that a decision was explained with, one row per language.
struct WordsRow {
    std::int64_t seq{};
    core::UnixTime time;
    std::string decision_id;
    std::string load_id;
    std::string language;  ///< `de`, `en`
    std::string brief;
    std::string details;
    std::string counterfactual;
    friend bool operator==(const WordsRow&, const WordsRow&) = default;
};

/// Dataset `kpi`: the figures of what was sealed together, one row each; and one row with key
/// `parts`, from whose sums the figures of longer times are made.
struct KpiRow {
    core::UnixTime from;  ///< of the time that they are about
    core::UnixTime to;
    std::string key;
    std::string load_id;  ///< empty: of the house
    std::optional<double> value;
    std::string unit;
    std::int64_t version{};  ///< of the formula
    std::string parts;       ///< JSON, `kpi_parts/1`
    friend bool operator==(const KpiRow&, const KpiRow&) = default;
};

/// Dataset `events`: every row of the journal as it was hashed; the chain itself.
struct EventRow {
    std::int64_t seq{};
    core::UnixTime time;
    std::string type;
    std::string load_id;      ///< empty: of the house
    std::string decision_id;  ///< empty: no decision
    std::string code;
    std::string canonical;  ///< JSON, byte for byte
    std::string prev_hash;  ///< hex
    std::string hash;       ///< hex
    friend bool operator==(const EventRow&, const EventRow&) = default;
};

}  // namespace bitgrid::wire
