#pragma once
// A recorded house as the simulation takes one: so that other rules can live through the same days.
// Pure.
#include "research/kpi/past_rows.hpp"
#include "research/simulate.hpp"

namespace bitgrid::research {

/// Gathers the blocks of one day after the other.
class RecordedDays {
public:
    explicit RecordedDays(KpiFacts facts) : facts_{std::move(facts)} {
        home_.row_ms = facts_.block_ms;
    }

    /// Blocks whose sun or house is not known are left out: a gap.
    void add(const PastRows&);

    const RecordedHome& home() const { return home_; }
    HeldSeries prices() const;
    /// What was forecast at each tick for the time behind it; holds until the next tick.
    HeldSeries forecast_w() const;
    std::optional<double> first_soc_pct() const { return first_soc_pct_; }

private:
    struct Series {
        std::vector<core::UnixTime> times;
        std::vector<double> values;
        void add(core::UnixTime time, std::optional<double> value);
    };
    KpiFacts facts_;
    RecordedHome home_;
    Series prices_;
    Series forecast_w_;
    std::optional<double> first_soc_pct_;
};

}  // namespace bitgrid::research
