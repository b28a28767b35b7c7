#pragma once
// What the owner sets: the site, the rules, the loads. Each struct names its keys once, in
// describe(): the YAML and JSON readers, the schemas and the reference page are all made from
// there.
#include <optional>
#include <string>
#include <vector>

#include "core/units.hpp"

namespace bitgrid::core {

/// What a number may be; both ends are allowed.
struct Range {
    double min;
    double max;
};

inline constexpr std::size_t kMaxLoads = 8;

struct SiteConfig {
    std::string id{"home"};                  ///< in topics: lower-case letters, digits, `-`
    std::string name{"Home"};                ///< for people
    std::string time_zone{"Europe/Berlin"};  ///< for the face only; inside, everything is UTC
    bool has_battery{true};
    int block_minutes{10};           ///< 1 to 60; blocks are aligned to the epoch
    Seconds frozen_chip_after{300};  ///< a chip's temperature under load, unchanged
    Seconds frozen_power_after{
        900};  ///< power and SoC of the house, unchanged while they must move
    std::optional<Kilowatts> pv_peak;      ///< what the plant can give; null: not checked
    std::optional<Kilowatts> grid_max;     ///< what the house's fuse carries, both ways
    std::optional<Kilowatts> battery_max;  ///< what the battery can give or take

    std::int64_t block_ms() const { return std::int64_t{block_minutes} * 60'000; }
    friend bool operator==(const SiteConfig&, const SiteConfig&) = default;
};

template <class Visitor>
void describe(Visitor& v, SiteConfig& c) {
    v("id", c.id, "name in topics: lower-case letters, digits and -");
    v("name", c.name, "name for people");
    v("time_zone", c.time_zone, "IANA name, for the face only");
    v("has_battery", c.has_battery, "whether the house has a battery");
    v("block_minutes", c.block_minutes, Range{1, 60}, "length of a block");
    v("frozen_chip_after_s", c.frozen_chip_after, Range{60, 86'400},
      "a load's temperature that stands still for so long under load is not believed");
    v("frozen_power_after_s", c.frozen_power_after, Range{60, 86'400},
      "power or state of charge that stands still for so long while it must move is not believed");
    v("pv_peak_kw", c.pv_peak, Range{0.1, 1'000},
      "what the PV plant can give; more than 1.2 times that is not believed; null: not checked");
    v("grid_max_kw", c.grid_max, Range{0.1, 1'000},
      "what the house can draw or feed in; more than 1.2 times that is not believed; null");
    v("battery_max_kw", c.battery_max, Range{0.1, 1'000},
      "what the battery can give or take; more than 1.2 times that is not believed; null");
}

enum class Strategy : std::uint8_t { Surplus, SocBand };

struct RuleConfig {
    Strategy strategy{Strategy::Surplus};
    // R1, strategy surplus
    Kilowatts surplus_throttle_min{0.8};
    Kilowatts surplus_min{1.5};
    std::optional<CentPerKwh> price_max{CentPerKwh{25}};  ///< null: no price test
    bool battery_first{false};
    Percent battery_first_until{90};
    Watts battery_max_charge{5000};
    KilowattHours battery_capacity{10};
    double eta{0.95};  ///< one-way efficiency of the battery
    Watts battery_may_feed{0};
    // R1, strategy soc_band
    Percent soc_stop{50};
    Percent soc_super{90};
    Percent soc_super_stop{85};
    Percent soc_standard{80};
    Percent soc_standard_stop{75};
    Percent soc_eco_start{58};
    Watts pv_start{6000};
    // R2
    Percent soc_hard_min{50};
    Percent soc_soft_min{58};
    Watts max_grid_import{500};
    Watts grid_import_fast{2000};
    Seconds grid_import_fast_for{60};
    // R3
    Celsius max_chip_temp{85};
    Celsius t_resume{75};
    Seconds comm_timeout{60};
    Minutes safety_lockout{60};
    bool require_ack{false};
    Watts standby{30};
    Seconds stop_confirm{30};
    Seconds boot_grace{180};
    // R4
    Minutes forecast_lookahead{30};
    Kilowatts min_predicted_surplus{2.0};
    CentPerKwh price_spike_threshold{30};
    // R5
    int min_runtime_blocks{3};
    int min_pause_blocks{2};
    int deadband_hold_blocks{2};
    friend bool operator==(const RuleConfig&, const RuleConfig&) = default;
};

/// Limits that no configuration moves.
inline constexpr Celsius kHardMaxChipTemp{95};
inline constexpr Seconds kHardCommTimeout{300};

template <class Visitor>
void describe(Visitor& v, RuleConfig& c);  // in rule_config_fields.hpp

enum class LoadKind : std::uint8_t { Miner, Heater, Plug };

struct LoadConfig {
    std::string id{"miner"};    ///< in topics and keys: lower-case letters, digits, `_`
    std::string name{"Miner"};  ///< for people
    LoadKind kind{LoadKind::Miner};
    Watts full_w{1674};
    Watts eco_w{800};
    TerahashPerSecond full_ths{90};
    TerahashPerSecond eco_ths{43};
    bool has_temperature{true};  ///< R3 demands it while the load is expected on
    bool has_power{true};        ///< the load, or the plug before it, reports watts
    bool can_throttle{true};
    friend bool operator==(const LoadConfig&, const LoadConfig&) = default;
};

/// The surplus from which R1 lets this load run at all: one that knows only on and off needs full
/// power.
inline Kilowatts least_surplus(const RuleConfig& rules, const LoadConfig& load) {
    return load.can_throttle ? rules.surplus_throttle_min : rules.surplus_min;
}

template <class Visitor>
void describe(Visitor& v, LoadConfig& c) {
    v("id", c.id, "name in topics and keys: lower-case letters, digits and _");
    v("name", c.name, "name for people");
    v.choice("kind", c.kind, {"miner", "heater", "plug"}, "what it is");
    v("full_w", c.full_w, Range{0, 100'000}, "power at full level, W");
    v("eco_w", c.eco_w, Range{0, 100'000}, "power at eco level, W");
    v("full_ths", c.full_ths, Range{0, 1e6}, "hash rate at full level, TH/s");
    v("eco_ths", c.eco_ths, Range{0, 1e6}, "hash rate at eco level, TH/s");
    v("has_temperature", c.has_temperature, "whether it reports a temperature; R3 then demands it");
    v("has_power", c.has_power, "whether it or its plug reports watts");
    v("can_throttle", c.can_throttle, "whether it has an eco level");
}

/// Which way a surplus kWh should go, and what the ways are worth. Missing values make a path
/// unknown, never 0.
enum class Policy : std::uint8_t { ExportFirst, HeatFirst, HodlFirst, Adaptive };

struct PolicyConfig {
    Policy policy{Policy::HodlFirst};
    std::optional<CentPerKwh> feed_in;  ///< export: feed-in tariff
    std::optional<CentPerKwh>
        avoided_import;  ///< store: price of the later kWh that need not be bought
    std::optional<CentPerKwh> heat_value;  ///< heat: price of the heat replaced
    std::optional<Percent> heat_useful;    ///< heat: share of it that is useful now
    double round_trip_efficiency{0.9025};  ///< store: 0.95 each way
    Percent pool_fee{2};
    std::optional<double> btc_difficulty;
    std::optional<double> btc_price_eur;
    std::optional<double> btc_block_reward_sat;  ///< subsidy and fees of a block
    friend bool operator==(const PolicyConfig&, const PolicyConfig&) = default;
};

template <class Visitor>
void describe(Visitor& v, PolicyConfig& c) {
    v.choice("policy", c.policy, {"export_first", "heat_first", "hodl_first", "adaptive"},
             "which path goes first");
    v("feed_in_ct_kwh", c.feed_in, Range{-100, 1000}, "feed-in tariff; null: unknown");
    v("avoided_import_ct_kwh", c.avoided_import, Range{-100, 1000},
      "price of a kWh bought later; null: unknown");
    v("heat_value_ct_kwh", c.heat_value, Range{0, 1000},
      "price of the heat replaced; null: no heat path");
    v("heat_useful_pct", c.heat_useful, Range{0, 100}, "share of the heat that is useful now");
    v("round_trip_efficiency", c.round_trip_efficiency, Range{0.1, 1}, "of the battery, both ways");
    v("pool_fee_pct", c.pool_fee, Range{0, 100}, "fee of the pool");
    v("btc_difficulty", c.btc_difficulty, Range{1, 1e20}, "network difficulty; null: unknown");
    v("btc_price_eur", c.btc_price_eur, Range{0, 1e9}, "price of a bitcoin; null: unknown");
    v("btc_block_reward_sat", c.btc_block_reward_sat, Range{0, 1e10},
      "subsidy and fees of a block");
}

struct Config {
    SiteConfig site;
    RuleConfig rules;
    PolicyConfig policy;
    std::vector<LoadConfig> loads{LoadConfig{}};  ///< in order of preference, at most kMaxLoads
    friend bool operator==(const Config&, const Config&) = default;
};

}  // namespace bitgrid::core
