#pragma once
// Gather: the newest value of every signal, its age on a monotonic clock, and means over the
// running block.
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "core/energy_state.hpp"
#include "engine/block_mean.hpp"
#include "engine/series.hpp"
#include "ports/signals.hpp"

namespace bitgrid::engine {

/// What the actuation knows of a load when a state is frozen.
struct LoadControl {
    bool is_commanded_on{false};
    std::optional<core::MonoTime> on_since;   ///< commanded on
    std::optional<core::MonoTime> off_since;  ///< commanded off
    bool is_unconfirmed{false};
};

struct Moment {
    core::UnixTime wall;
    core::MonoTime mono;
};

/// Engine thread. Values of unknown loads are refused; absurd values are kept as such and judged
/// when frozen.
class SignalBoard {
public:
    explicit SignalBoard(const core::Config&);

    [[nodiscard]] bool put(const ports::Measurement&, core::MonoTime now);
    [[nodiscard]] bool alive(std::string_view load, core::MonoTime now);
    void put_prices(std::vector<ports::Slot>, core::UnixTime now);
    void put_forecast(std::vector<ports::Slot>, core::UnixTime issued, core::UnixTime now);

    /// Every value counts as never heard: nobody knows how old what comes in is.
    void forget(core::MonoTime now);

    /// The values of this moment.
    core::EnergyState freeze(Moment, const std::vector<LoadControl>&) const;
    /// What a tick judges: power as means over the block that closes now, the rest as of now.
    /// Begins a new block.
    core::EnergyState close_block(Moment, const std::vector<LoadControl>&);
    /// The minute that ends now, as close_block gives the block; the loads' powers are means, too.
    core::EnergyState close_minute(Moment, const std::vector<LoadControl>&);
    /// As close_block would give it if the block closed now, for previews.
    core::EnergyState preview_block(Moment, const std::vector<LoadControl>&) const;

    /// Whether a signal of the site was ever delivered.
    bool measures(core::Signal s) const {
        return site_[static_cast<std::size_t>(s)].value.has_value();
    }
    std::int64_t taken() const { return taken_; }  ///< values so far, refused ones left out
    const Series& prices() const { return prices_; }
    const Series& forecast() const { return forecast_; }

private:
    struct Latest {
        std::optional<double> value;
        core::MonoTime at{};
        double max_age_s{0};
    };
    struct Load {
        std::array<Latest, core::kSignalCount> latest{};
        std::optional<core::MonoTime> alive_at;
        std::optional<core::MonoTime> drawing_since;  ///< power above standby without a break
    };
    /// Of everything that flows, since the last close.
    struct Means {
        std::array<BlockMean, core::kSignalCount> site{};
        std::vector<BlockMean> load_power;
    };
    /// What they come to.
    struct Closed {
        std::array<std::optional<double>, core::kSignalCount> site{};
        std::vector<std::optional<double>> load_power;
    };

    template <class T>
    core::Reading<T> read(core::Signal, const Latest&, core::MonoTime now) const;
    core::LoadReadings read_load(std::size_t, Moment, const LoadControl&) const;
    void read_series(core::SiteReadings&, core::UnixTime) const;
    static Closed close(Means&, core::MonoTime, std::int64_t span_ms);
    void use_means(core::EnergyState&, const Closed&) const;
    Load* find(std::string_view id);

    const core::Config& config_;
    std::array<Latest, core::kSignalCount> site_{};
    std::vector<Load> loads_;
    Means block_;
    Means minute_;
    Series prices_;
    Series forecast_;
    core::UnixTime forecast_issued_{};
    std::int64_t taken_{0};
};

}  // namespace bitgrid::engine
