#pragma once
// Sensors that stand still at a plausible value: unchanged for so long while physics says that they
// must move. What may stand still for ever is not watched: PV at night, an idle battery, a full or
// an empty one, a grid at nothing.
#include <array>
#include <optional>
#include <vector>

#include "core/energy_state.hpp"

namespace bitgrid::engine {

/// Engine thread. Times by a monotonic clock. A flag ends when the value moves, or is missing; it
/// touches no number.
class FrozenWatch {
public:
    explicit FrozenWatch(const core::Config&);

    /// Once a second. `measures_house`: its load is measured, not derived.
    void look(const core::EnergyState&, bool measures_house, core::MonoTime now);

    core::SignalSet site() const;
    core::SignalSet load(std::size_t i) const;

private:
    struct Track {
        std::optional<double> value;
        core::MonoTime since{};  ///< unchanged while it had to move
        bool is_frozen{false};

        /// `must_move`: physics says so now.
        void look(std::optional<double> now_is, bool must_move, double after_s, core::MonoTime now);
    };
    void look_at_soc(const core::SiteReadings&, core::MonoTime now);
    void look_at_load(std::size_t, const core::LoadReadings&, core::MonoTime now);

    const core::Config& config_;
    Track pv_, grid_, battery_, house_, soc_;
    double charged_wh_{0};  ///< into the battery since its state of charge last moved
    core::MonoTime looked_at_{};
    std::vector<Track> temps_;  ///< of the loads
};

}  // namespace bitgrid::engine
