#pragma once
// Snapshot of one moment: everything that the rules may look at, frozen while they judge.
#include "core/bounded_list.hpp"
#include "core/config.hpp"
#include "core/signals.hpp"
#include "core/time.hpp"

namespace bitgrid::core {

/// Signs: grid import and export >= 0 each; battery + = discharging; PV >= 0 (negative night values
/// count as 0).
struct SiteReadings {
    Reading<Watts> pv_power;
    Reading<Watts> grid_import;
    Reading<Watts> grid_export;  ///< missing counts as 0
    Reading<Watts> house_load;   ///< without the controlled loads; see derive_house_load()
    Reading<Percent> battery_soc;
    Reading<Watts> battery_power;
    Reading<CentPerKwh> price;       ///< for the block that begins
    Reading<CentPerKwh> price_peak;  ///< highest known from now to the end of the lookahead, the
                                     ///< present one included
    Reading<Kilowatts> pv_forecast;  ///< mean over the lookahead
    Reading<Seconds>
        fast_import_for;  ///< between blocks: how long net import has been above grid_import_fast_w
    friend bool operator==(const SiteReadings&, const SiteReadings&) = default;
};

struct LoadReadings {
    bool is_expected_on{
        false};  ///< commanded on at least boot_grace_s ago, or its power says that it runs
    bool is_unconfirmed{false};  ///< a command was not confirmed after its retries
    Reading<Seconds> off_for;    ///< time since it was commanded off; missing while it is on or was
                                 ///< never commanded
    Reading<Celsius> temp;       ///< hottest chip
    Reading<Seconds> heartbeat_age;
    Reading<Watts> power;
    Reading<TerahashPerSecond> hashrate;
    SignalSet distrusted;  ///< of its own signals; as EnergyState::distrusted
    friend bool operator==(const LoadReadings&, const LoadReadings&) = default;
};

struct EnergyState {
    UnixTime time{};
    bool is_shutting_down{false};  ///< UPS on battery, or the daemon is ending
    bool is_held_by_guard{
        false};  ///< the guard keeps every load off until we have proved ourselves
    SiteReadings site;
    SignalSet distrusted;  ///< signals of the site that deliver but cannot be right: frozen, or
                           ///< against what the rest of the house shows. Missing for a start; what
                           ///< runs goes on
    BoundedList<LoadReadings, kMaxLoads> loads;  ///< in the order of Config::loads
    friend bool operator==(const EnergyState&, const EnergyState&) = default;
};

/// `pv + import - export + battery - loads`, never below 0. Missing where a term that exists on the
/// site is missing; an absent export counts as 0, an absent load power as 0 only while that load is
/// off.
Reading<Watts> derive_house_load(const SiteConfig&, const EnergyState&);

/// Required signals of the site that are missing.
SignalSet missing_site_signals(const SiteConfig&, const EnergyState&);

/// Required signals of one load that are missing; none while it is not expected on.
SignalSet missing_load_signals(const LoadConfig&, const LoadReadings&);

/// What one load is judged without: required signals that are missing and, while it is off, those
/// that are not believed.
SignalSet unusable_signals(const Config&, const EnergyState&, std::size_t load, bool is_on);

/// Nothing may start: a required signal is missing.
bool is_degraded(const Config&, const EnergyState&);

}  // namespace bitgrid::core
