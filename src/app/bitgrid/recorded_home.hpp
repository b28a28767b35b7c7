#pragma once
// The recorded days of a data folder, journal and sealed files alike, as a home that other rules
// can live through: sun and house as they were measured, prices and forecasts as they were known.
#include <functional>
#include <string>

#include "app/bitgrid/home_run.hpp"
#include "app/bitgrid/past_days.hpp"
#include "research/kpi/recorded_days.hpp"

namespace bitgrid::app {

class RecordedHome {
public:
    /// Throws a Refusal where nothing is on record then, or where `home` names what only a file
    /// has: prices and forecasts.
    RecordedHome(const std::string& data_folder, const PastOptions&, const HomeOptions& home);

    /// What held at the end of the range.
    core::Config config() const { return reader_.config(); }
    /// A preset has rules only: site and loads are those that were there. Else the folder's.
    core::Config rules_named(const std::string& preset_or_folder) const;

    /// Reads the days; with `decision`, the canonical text of each decision, too. Throws a Refusal
    /// where too little is on record.
    void read(const std::function<void(const std::string& text)>& decision = {});

    /// The days that were read, under these rules, all of their loads.
    HomeRun run(core::Config rules) const;

private:
    PastReader reader_;
    research::Battery battery_;
    research::Tariff bitcoin_;
    research::RecordedDays days_;
};

}  // namespace bitgrid::app
